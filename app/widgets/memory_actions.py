"""What a person can do to memories, the same from every page: each is one operation with an undo note."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu, QWidget

from app.context import AppContext
from app.theme import theme
from app.widgets.dialogs import NameDialog
from app.widgets.forget_dialog import ForgetDialog
from app.widgets.memory_editor import MemoryEditor
from memos_engine.types import (
    CLEAR,
    CancelToken,
    ForgetPreview,
    Kind,
    Memory,
    MemoryChanges,
    NewTime,
    ProgressCallback,
    State,
)

MANY = 20
"""Memories above which a change stands in the list of long work."""


LABELS = ("Pin", "Unpin", "Move", "Remove", "Restore", "Confirm", "Forget")
"""Labels of what may be done to many memories at once."""


def _change(
    context: AppContext, parent: QWidget, label: str, work: Callable[[], MemoryChanges], *, many: bool = False
) -> None:
    context.operations.run(parent, label, lambda _progress, _cancel: work(), context.navigator.done.emit, listed=many)


def pin(context: AppContext, parent: QWidget, ids: Sequence[str], pinned: bool) -> None:
    """Pin to the top, or not."""
    _change(
        context,
        parent,
        "Pin" if pinned else "Unpin",
        lambda: context.engine.memories.pin(ids, pinned),
        many=len(ids) > MANY,
    )


def move(context: AppContext, parent: QWidget, ids: Sequence[str], cube_id: str) -> None:
    """To another cube."""
    _change(context, parent, "Move", lambda: context.engine.memories.move(ids, cube_id), many=len(ids) > MANY)


def move_to_new(context: AppContext, parent: QWidget, ids: Sequence[str]) -> None:
    """Ask for a name, make a cube of it, and move them there."""
    dialog = NameDialog(parent.window(), "New cube", "The memories move there.", "Make and move")

    def work() -> MemoryChanges:
        return context.engine.memories.move(ids, context.engine.cubes.create(dialog.name).id)

    dialog.accepted.connect(lambda: _change(context, parent, "Move", work, many=len(ids) > MANY))
    dialog.open()


def remove(context: AppContext, parent: QWidget, ids: Sequence[str]) -> None:
    """To the trash."""
    _change(context, parent, "Remove", lambda: context.engine.memories.remove(ids), many=len(ids) > MANY)


def restore(context: AppContext, parent: QWidget, ids: Sequence[str]) -> None:
    """Back from the trash."""
    _change(context, parent, "Restore", lambda: context.engine.memories.restore(ids), many=len(ids) > MANY)


def confirm(context: AppContext, parent: QWidget, ids: Sequence[str]) -> None:
    """The person's word that it is so."""
    _change(context, parent, "Confirm", lambda: context.engine.memories.confirm(ids), many=len(ids) > MANY)


def accept(context: AppContext, parent: QWidget, ids: Sequence[str]) -> None:
    """Remember what was proposed."""
    _change(context, parent, "Remember", lambda: context.engine.memories.confirm(ids))


def refuse(context: AppContext, parent: QWidget, ids: Sequence[str]) -> None:
    """Do not remember what was proposed."""
    _change(context, parent, "Do not remember", lambda: context.engine.memories.remove(ids))


def undo(context: AppContext, parent: QWidget, operation: str | None = None) -> None:
    """Take back the given (default: the last) operation."""
    _change(context, parent, "Undo", lambda: context.engine.memories.undo(operation))


def edit_text(context: AppContext, parent: QWidget, memory_id: str, text: str) -> None:
    """Other words for it."""
    _change(context, parent, "Edit", lambda: context.engine.memories.edit(memory_id, text))


def add(context: AppContext, parent: QWidget) -> None:
    """Ask for a memory by the person's own hand, and keep it."""

    def keep(text: str, kind: Kind, since: datetime | None, _until: None, tags: tuple[str, ...]) -> None:
        cube_id = dialog.cube_id
        _change(
            context,
            parent,
            "Add",
            lambda: context.engine.memories.remember(text, cube_id=cube_id, kind=kind, valid_from=since, tags=tags),
        )

    dialog = MemoryEditor(None, parent.window(), [cube for cube in context.cubes.all() if cube.usable])
    dialog.kept.connect(keep)
    dialog.open()


def edit(context: AppContext, parent: QWidget, memory: Memory) -> None:
    """Ask for new words, kind and time, and keep them."""

    def keep(text: str, kind: Kind, since: datetime | None, until: datetime | None, tags: tuple[str, ...]) -> None:
        _change(
            context,
            parent,
            "Edit",
            lambda: context.engine.memories.edit(
                memory.id,
                text if text != memory.text else None,
                kind=kind if kind is not memory.kind else None,
                valid_from=_edited(since, memory.valid_from),
                valid_to=_edited(until, memory.valid_to),
                tags=tags if tags != memory.tags else None,
            ),
        )

    dialog = MemoryEditor(memory, parent.window())
    dialog.kept.connect(keep)
    dialog.open()


def _edited(time: datetime | None, was: datetime | None) -> NewTime:
    if time == was:
        return None
    return CLEAR if time is None else time


def forget(context: AppContext, parent: QWidget, ids: Sequence[str]) -> None:
    """Show what would be erased and what else says the same, then erase what was agreed to."""

    def ask(preview: ForgetPreview) -> None:
        dialog = ForgetDialog(preview, context.cubes, parent.window())
        dialog.agreed.connect(lambda: erase(preview, dialog))
        dialog.open()

    def erase(preview: ForgetPreview, dialog: ForgetDialog) -> None:
        also = dialog.ticked()
        chosen = [memory.id for memory in preview.memories]

        def work(progress: ProgressCallback, cancel: CancelToken) -> MemoryChanges:
            return context.engine.memories.forget(chosen, also, progress=progress, cancel=cancel)

        context.operations.run(parent, "Forget", work, context.navigator.done.emit, listed=True)

    context.operations.run(
        parent,
        "Look what forgetting erases",
        lambda _progress, _cancel: context.engine.memories.forget_preview(ids),
        ask,
    )


def offer_cubes(context: AppContext, parent: QWidget, memories: Sequence[Memory], menu: QMenu) -> None:
    """Fill `menu` with the cubes that the memories can move to, a new one last; not the one where all of them lie."""
    ids = [memory.id for memory in memories]
    here = {memory.cube_id for memory in memories}
    for cube in context.cubes.all():
        if cube.usable and {cube.id} != here:
            to = partial(move, context, parent, ids, cube.id)
            menu.addAction(theme().icon("cube"), cube.name).triggered.connect(lambda _checked=False, to=to: to())
    menu.addSeparator()
    new = menu.addAction(theme().icon("add"), "New cube…")
    new.triggered.connect(lambda _checked=False: move_to_new(context, parent, ids))


def show_menu(
    context: AppContext,
    parent: QWidget,
    memories: Sequence[Memory],
    place: QPoint,
    why: Callable[[], None] | None = None,
    without: Callable[[], None] | None = None,
) -> QMenu:
    """The one context menu of memories: why, and the answer without it (where there is an answer), source, edit, pin,
    move, forget."""
    menu = QMenu(parent)
    one = memories[0] if len(memories) == 1 else None
    ids = [memory.id for memory in memories]

    def add(icon: str, text: str, do: Callable[[], None]) -> None:
        menu.addAction(theme().icon(icon), text).triggered.connect(lambda _checked=False: do())

    if why is not None:
        add("why", "Why this?", why)
    if without is not None:
        add("again", "Ask again without it…", without)
    if one is not None:
        only = one
        source = next((source for source in only.sources if source.message_id), None)
        if source is not None:
            found = source
            add("source", "Open its source", lambda: context.navigator.open_source(found))
        add("memories", "Show in Memories", lambda: context.navigator.memory.emit(only.id))
        menu.addSeparator()
        add("edit", "Edit…", lambda: edit(context, parent, only))
    if not all(memory.confirmed for memory in memories):
        add("check", "Confirm", lambda: confirm(context, parent, ids))
    pinned = all(memory.pinned for memory in memories)
    add("unpin" if pinned else "pin", "Unpin" if pinned else "Pin", lambda: pin(context, parent, ids, not pinned))
    offer_cubes(context, parent, memories, menu.addMenu(theme().icon("move"), "Move to"))
    menu.addSeparator()
    if all(memory.state is State.ARCHIVED for memory in memories):
        add("restore", "Restore", lambda: restore(context, parent, ids))
    else:
        add("delete", "Remove to the trash", lambda: remove(context, parent, ids))
    add("forget", "Forget for good…", lambda: forget(context, parent, ids))
    menu.aboutToHide.connect(menu.deleteLater)
    menu.popup(place)
    return menu
