"""The cubes: list, make, rename, lock, open to chats, destroy."""

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QCheckBox, QLabel, QMenu

from app.context import AppContext
from app.operations import Fault
from app.settings.dialogs import AskPassphraseDialog
from app.settings.rows import Row, Section
from app.theme import theme
from app.widgets.buttons import Button, IconButton
from app.widgets.dialogs import NameDialog, TypedConfirmation
from app.widgets.region import number
from memos_engine.types import CubeInfo, Protector


class CubeRow(Row):
    """One cube: what it holds, whether chats may read it, and what can be done with it."""

    def __init__(self, section: "CubesSection", cube: CubeInfo, last: bool) -> None:
        self.cube = cube
        self._section = section
        reads = QCheckBox("Chats may read")
        reads.setChecked(cube.chats_may_read)
        reads.setEnabled(cube.usable)
        reads.setAccessibleName(f"Chats may read {cube.name}")
        reads.clicked.connect(lambda on: section.change(self, "Set who reads", "set_chats_may_read", bool(on)))
        more = IconButton(
            "more", f"What can be done with {cube.name}", lambda: self.menu(last).popup(self._below(more))
        )
        super().__init__(cube.name, _contents(cube), [reads, more])
        self._more = more
        if cube.damaged:
            self.show_problem(f"{cube.damaged} Restore a backup, or destroy this cube; the others can be used.")
        self.add_words("cube")

    @staticmethod
    def _below(button: IconButton) -> Any:
        return button.mapToGlobal(button.rect().bottomLeft())

    def menu(self, last: bool) -> QMenu:
        """Rename, default, lock or unlock, destroy."""
        section, cube = self._section, self.cube
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)

        def add(icon: str, text: str, do: Callable[[], Any], on: bool = True) -> None:
            action = menu.addAction(theme().icon(icon), text)
            action.triggered.connect(lambda: do())
            action.setEnabled(on)

        add("edit", "Rename…", partial(section.rename, self), cube.usable)
        add(
            "check",
            "Make it the default",
            partial(section.change, self, "Set the default", "set_default"),
            not cube.default and cube.usable,
        )
        if cube.locked:
            add("unlock", "Unlock…", partial(section.unlock, self))
        else:
            add("lock", "Lock", partial(section.change, self, "Lock a cube", "lock"), cube.usable)
        menu.addSeparator()
        add("delete", "Destroy…", partial(section.ask_destroy, self), not last)
        return menu


def _contents(cube: CubeInfo) -> str:
    if cube.locked:
        return "Locked. Nothing in it is read, found or shown."
    if cube.damaged:
        return "Set aside. Nothing in it is read, changed or shown."
    counts = f"{number(cube.items)} memories · {number(cube.messages)} messages · {number(cube.conversations)} chats"
    return f"Default · {counts}" if cube.default else counts


class CubesSection(Section):
    """All cubes, and a way to make one."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(
            "cubes",
            "Cubes",
            "A cube keeps memories and chats apart, under a key of its own. It can be locked or destroyed as a whole.",
        )
        self._context = context
        self._words: tuple[str, ...] = ()
        context.cubes.changed.connect(self._show)
        self._show()

    def refresh(self) -> None:
        """Ask for the cubes again."""
        self._context.cubes.load()

    def _show(self) -> None:
        self.clear()
        cubes = self._context.cubes.all()
        for cube in cubes:
            row = CubeRow(self, cube, len(cubes) == 1)
            row.mark(_dot(self._context.cubes.index(cube.id)))
            self.add(row)
        new = Row("New cube", "For work, health, another person …", [Button("Make…", self._create)])
        new.add_words("create make cube")
        self._new = new
        self.add(new)
        self.search(self._words)

    def search(self, words: Any) -> bool:
        """Remembered, because the rows are made anew with every change."""
        self._words = tuple(words)
        return super().search(words)

    def change(self, row: Row, label: str, method: str, *arguments: Any) -> None:
        """Call a method of the cubes service for the row's cube."""
        cube = row.cube.id if isinstance(row, CubeRow) else ""
        call = getattr(self._context.engine.cubes, method)
        self._run(row, label, lambda: call(cube, *arguments))

    def _run(self, row: Row, label: str, work: Callable[[], Any]) -> None:
        def refused(fault: Fault) -> None:
            row.show_problem(f"{fault.message} {fault.hint}".strip())

        self._context.operations.run(
            row, label, lambda _progress, _cancel: work(), lambda _: self.refresh(), refused, long=True
        )

    def _create(self) -> None:
        dialog = NameDialog(
            self, "New cube", "Its memories and chats are kept apart from those of other cubes.", "Make"
        )

        def make() -> None:
            name = dialog.name
            self._run(self._new, "Make a cube", lambda: self._context.engine.cubes.create(name))

        dialog.ask(make)

    def rename(self, row: CubeRow) -> None:
        """Ask for another name."""
        dialog = NameDialog(self, "Rename the cube", "Nothing else of it changes.", "Rename", row.cube.name)
        dialog.ask(lambda: self.change(row, "Rename a cube", "rename", dialog.name))

    def unlock(self, row: CubeRow) -> None:
        """Ask for the passphrase where there is one, and open it."""

        def ask(protectors: tuple[Protector, ...]) -> None:
            if Protector.PASSPHRASE not in protectors:
                self.change(row, "Unlock a cube", "unlock")
                return
            dialog = AskPassphraseDialog(self, f"Unlock {row.cube.name}", "Chats and searches reach it again.")
            dialog.ask(lambda: self.change(row, "Unlock a cube", "unlock", dialog.passphrase))

        access = self._context.engine.access
        self._context.operations.run(row, "Read the protectors", lambda _p, _c: access.info().protectors, ask)

    def ask_destroy(self, row: CubeRow) -> None:
        """Ask for its name to be typed, then destroy it."""
        cube = row.cube
        text = (
            f"{_contents(cube)}\nIts key is destroyed first, so that no copy of its files can be read again."
            " Backups that you made keep theirs. This cannot be undone."
        )
        dialog = TypedConfirmation(self, f"Destroy {cube.name}?", text, "Destroy", cube.name)
        dialog.ask(lambda: self.change(row, "Destroy a cube", "destroy"))


def _dot(index: int) -> QLabel:
    """A dot in the cube's colour."""
    picture = QPixmap(theme().icon_size(10) * 2)
    picture.setDevicePixelRatio(2)
    picture.fill("transparent")
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme().cube_colour(index))
    painter.drawEllipse(QRectF(0, 0, picture.width() / 2, picture.height() / 2))
    painter.end()
    dot = QLabel()
    dot.setPixmap(picture)
    return dot
