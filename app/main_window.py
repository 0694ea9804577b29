"""The window: a gate before the vault is open, and the pages behind it."""

import logging
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from app.commands import Command, ShortcutsDialog, open_menu_of_focus
from app.context import AppContext, CubeDirectory, Navigator
from app.first_run.first_run_page import FirstRunPage
from app.first_run.form import GatePage
from app.first_run.unlock_page import UnlockPage
from app.idle import IdleWatch
from app.operations import Fault, Operations
from app.page import Page
from app.palette.command_palette import CommandPalette
from app.palette.search_palette import SearchPalette
from app.rail import ENTRIES, Rail
from app.theme import theme
from app.theme.icons_ahead import IconsAhead
from app.widgets import memory_actions
from app.widgets.banner import Banner
from app.widgets.buttons import Button
from app.widgets.discard import discard
from app.widgets.toast import Toast, done
from app.window_state import WindowState
from memos_engine.memory_os import MemoryOS
from memos_engine.types import (
    CancelToken,
    JobInfo,
    JobState,
    MemoryChanges,
    ProgressCallback,
    Protector,
    VaultInfo,
    VaultState,
)

if TYPE_CHECKING:
    from app.chat.page import ChatPage
    from app.memories.page import MemoriesPage

log = logging.getLogger("memos.app")

TITLE = "MemOS"
"""Never anything of the content: titles of windows end up in logs and screenshots of others."""

PAGES = {
    "chat": ("app.chat.page", "ChatPage"),
    "memories": ("app.memories.page", "MemoriesPage"),
    "models": ("app.models.page", "ModelsPage"),
    "settings": ("app.settings.page", "SettingsPage"),
    "activity": ("app.activity.page", "ActivityPage"),
}
"""Module and class of each page, imported when it is first shown."""

KEEP_PLACE_MS = 800
JOBS_EVERY_MS = 1_500


def _import_pages() -> None:
    """Import what later pages need, off the GUI thread, so that the first visit of a page does not wait for it."""
    for name in PAGES:
        page_kind(name)


def page_kind(name: str) -> type[Page]:
    """The class of a page; its module is imported here if nothing did so yet."""
    module, made = PAGES[name]
    kind: type[Page] = getattr(import_module(module), made)
    return kind


def _install(owner: QWidget, commands: list[Command]) -> None:
    """Give `owner` the shortcuts of its commands, which work while it is in view."""
    for command in commands:
        if command.keys and command.do is not None and not command.local:
            action = QAction(command.title, owner)
            action.setShortcuts([QKeySequence(keys) for keys in command.keys])
            action.triggered.connect(lambda _checked=False, do=command.do: do())
            owner.addAction(action)


class MainWindow(QMainWindow):
    """One window on one open home. `usable` fires when the person can begin to work (or to set up, or to unlock)."""

    usable = Signal()

    def __init__(self, engine: MemoryOS) -> None:
        super().__init__()
        self.engine = engine
        self.setWindowTitle(TITLE)
        theme().dress(self)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.operations = Operations(engine, self)
        self.navigator = Navigator(self)
        self.cubes = CubeDirectory(self.operations, self)
        self.context = AppContext(engine, self.operations, self.navigator, self.cubes)
        self.pages: dict[str, Page] = {}
        self.gate: GatePage | None = None
        self.info: VaultInfo | None = None
        self._state = WindowState(engine.settings.text("appearance.window"))
        self._idle = IdleWatch(engine.settings, self)
        self.usable.connect(IconsAhead(self).start)
        self._place = self._timer(KEEP_PLACE_MS, self._keep_place, once=True)
        self._jobs = self._timer(JOBS_EVERY_MS, self._count_jobs)
        self._background_jobs = 0
        self._told_damaged: set[str] = set()
        self._offered: str | None = None
        """The operation that the note in view offers to undo."""
        self._build()
        _install(self, self.commands())
        self._connect()
        if not self._state.restore_window(self):
            self.resize(QSize(theme().px(1180), theme().px(760)))

    def _timer(self, interval: int, on_time: Callable[[], None], *, once: bool = False) -> QTimer:
        timer = QTimer(self)
        timer.setInterval(interval)
        timer.setSingleShot(once)
        timer.timeout.connect(on_time)
        return timer

    def _build(self) -> None:
        self.rail = Rail()
        self.rail.hide()
        self.page_stack = QStackedWidget()
        self.banner = Banner()
        waiting = QLabel("Opening…")
        waiting.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._waiting = waiting
        self.page_stack.addWidget(waiting)
        right = QWidget()
        column = QVBoxLayout(right)
        theme().space(column)
        column.addWidget(self.banner)
        column.addWidget(self.page_stack, 1)
        body = QWidget()
        row = QHBoxLayout(body)
        theme().space(row)
        row.addWidget(self.rail)
        row.addWidget(right, 1)
        self.setCentralWidget(body)
        self.toast = Toast(body)

    def _connect(self) -> None:
        self.rail.chosen.connect(self.show_page)
        self.rail.lock_wanted.connect(self.lock)
        self.navigator.page.connect(self.show_page)
        self.navigator.conversation.connect(self._open_conversation)
        self.navigator.memory.connect(self._open_memory)
        self.navigator.lock.connect(self.lock)
        self.navigator.save.connect(self._save_pages)
        self.navigator.replaced.connect(self._drop_and_lock)
        self.navigator.done.connect(self._offer_undo)
        self.cubes.changed.connect(self._tell_damage)
        self._idle.idle.connect(self.lock)
        self.operations.tasks_changed.connect(self._show_work)
        self.operations.changed.connect(self._withdraw_undo)
        theme().zoom_chosen.connect(self._keep_zoom)

    # --- commands ---------------------------------------------------------------------------------------------------

    def commands(self) -> list[Command]:
        """What can be done in the window whatever page is in view."""
        pages = [
            Command(f"Go to {entry.title}", partial(self.show_page, entry.name), (entry.shortcut,), entry.icon)
            for entry in ENTRIES
        ]
        return [
            *pages,
            Command("New chat", self._new_chat, ("Ctrl+N",), "new_chat", "Chat"),
            Command("New temporary chat", self._new_temporary_chat, ("Ctrl+Shift+N",), "temporary", "Chat"),
            Command("Search chats and memories", self.search, ("Ctrl+K",), "search"),
            Command("Command palette", self.palette_of_commands, ("Ctrl+Shift+P",), "more"),
            Command("Menu of what has the focus", open_menu_of_focus, ("Shift+F10",)),
            Command("Undo the last change of memory", self._undo_last, ("Ctrl+Shift+Z",), "undo", "Memories"),
            Command("Lock", self.lock, ("Ctrl+L",), "lock"),
            Command("Larger", lambda: theme().step_zoom(1), ("Ctrl++", "Ctrl+="), "add", "View"),
            Command("Smaller", lambda: theme().step_zoom(-1), ("Ctrl+-",), "", "View"),
            Command("Normal size", lambda: theme().step_zoom(0), ("Ctrl+0",), "", "View"),
            Command("Keyboard shortcuts", self.show_shortcuts, ("F1", "Ctrl+?"), "info"),
            Command("Quit", self.close, ("Ctrl+Q",), "close"),
        ]

    def all_commands(self) -> list[Command]:
        """The window's commands and those of the page in view."""
        page = self.page_stack.currentWidget()
        return [*(page.commands() if isinstance(page, Page) else []), *self.commands()]

    def show_shortcuts(self) -> None:
        """The list of shortcuts, those of the page in view first."""
        shown = self.page_stack.currentWidget()
        kinds = [page_kind(name) for name in PAGES]
        kinds.sort(key=lambda kind: type(shown) is not kind)
        pages = [command.told for kind in kinds for command in kind.COMMANDS]
        ShortcutsDialog([*pages, *self.commands()], self).open()

    def palette_of_commands(self) -> None:
        """Choose a command by its name."""
        if self.is_open:
            CommandPalette(self.all_commands(), self).open()

    def search(self) -> None:
        """Ctrl+K: look in all chats and memories."""
        if self.is_open:
            SearchPalette(self.context, self).open()

    def _undo_last(self) -> None:
        if self.is_open:
            memory_actions.undo(self.context, self)

    def _new_chat(self) -> None:
        if self.is_open:
            self._chat().new_chat()

    def _new_temporary_chat(self) -> None:
        if self.is_open:
            self._chat().new_temporary_chat()

    # --- gate -------------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Look at the vault and show what comes first."""
        access = self.engine.access
        if self.engine.settings.problem:
            self.banner.say(self.engine.settings.problem)
        self.operations.run(self, "Read the chat’s code", lambda _progress, _cancel: page_kind("chat"))
        self.operations.run(self, "Look at the vault", lambda _progress, _cancel: access.info(), self._meet, key="gate")

    def _meet(self, info: VaultInfo) -> None:
        self.info = info
        if info.state is VaultState.OPEN:
            self._enter()
        elif info.state is VaultState.NEW:
            first = FirstRunPage(self.operations, info)
            first.finished.connect(self.begin)
            self._show_gate(first)
            self.usable.emit()
        else:
            unlock = self._show_unlock(info)
            if Protector.KEYRING in info.protectors:
                unlock.try_keyring()
            else:
                self.usable.emit()

    def _show_unlock(self, info: VaultInfo) -> UnlockPage:
        unlock = UnlockPage(self.operations, info)
        unlock.unlocked.connect(self._enter)
        unlock.replaced.connect(self.begin)
        self._show_gate(unlock)
        return unlock

    def _show_gate(self, gate: GatePage) -> None:
        self._drop_gate()
        self.gate = gate
        self.rail.hide()
        self.page_stack.addWidget(gate)
        self.page_stack.setCurrentWidget(gate)
        gate.setFocus()

    def _drop_gate(self) -> None:
        if self.gate is not None:
            self.page_stack.removeWidget(self.gate)
            discard(self.gate)
            self.gate = None

    @property
    def is_open(self) -> bool:
        """Whether the vault is open and the pages are there."""
        return bool(self.pages)

    def _enter(self) -> None:
        """Open the pages once the code of the first one is there: reading it takes a third of a second."""
        self.operations.run(
            self, "Read the chat’s code", lambda _progress, _cancel: page_kind("chat"), lambda _kind: self._open_pages()
        )

    def _open_pages(self) -> None:
        self.cubes.load()
        self.rail.show()
        self._chat()
        self._drop_gate()
        self._jobs.start()
        self._idle.touch()
        self._explain_lock()
        self.operations.run(self, "Read the other pages’ code", lambda _progress, _cancel: _import_pages())
        self._chat().list.loaded.connect(self.usable, Qt.ConnectionType.SingleShotConnection)

    def _explain_lock(self) -> None:
        by_keyring_alone = self.info is not None and Protector.PASSPHRASE not in self.info.protectors
        far = "Opens again with your login’s keyring: protects as far as your login does." if by_keyring_alone else ""
        self.rail.explain_lock(f"Lock (Ctrl+L). {far}".strip())

    def lock(self) -> None:
        """Save, stop what runs, drop every page with its content, lock the vault."""
        self._save_pages()
        self._drop_and_lock()

    def _drop_and_lock(self) -> None:
        if not self.is_open:
            return
        self._leave_pages()
        access, wait_kept = self.engine.access, self.operations.wait_kept
        self.page_stack.setCurrentWidget(self._waiting)

        def lock_and_look(_progress: ProgressCallback, _cancel: CancelToken) -> VaultInfo:
            wait_kept()
            access.lock()
            return access.info()

        self.operations.run(
            self,
            "Lock",
            lock_and_look,
            self._locked,
            key="gate",
            long=True,
        )

    def _save_pages(self) -> None:
        for page in self.pages.values():
            page.save()

    def _leave_pages(self) -> None:
        for popup in self.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
            if popup.isWindow():
                popup.close()
                discard(popup)
        self.toast.hide()
        self._jobs.stop()
        for page in self.pages.values():
            page.leave()
        self.operations.cancel_all()
        for page in self.pages.values():
            self._state.take_panes(page)
            self.page_stack.removeWidget(page)
            discard(page)
        self.pages = {}
        self.cubes.clear()
        self._told_damaged.clear()
        self.rail.hide()

    def _locked(self, info: VaultInfo) -> None:
        self.info = info
        if info.state is VaultState.LOCKED:
            self._show_unlock(info)
        else:
            self._meet(info)

    # --- pages ------------------------------------------------------------------------------------------------------

    def show_page(self, name: str) -> None:
        """Bring a page into view, made if it is not there yet."""
        if self.gate is None and not self.rail.isVisibleTo(self):
            return
        page = self.pages.get(name) or self._make(name)
        self.rail.mark(name)
        self.page_stack.setCurrentWidget(page)
        page.entered()

    def _make(self, name: str) -> Page:
        page = page_kind(name)(self.context)
        self.pages[name] = page
        self.page_stack.addWidget(page)
        self._state.restore_panes(page)
        _install(page, page.commands())
        return page

    def _open_conversation(self, conversation_id: str, message_id: str, start: int, end: int) -> None:
        self._chat().open_conversation(conversation_id, message_id, start, end)

    def _open_memory(self, memory_id: str) -> None:
        self.show_page("memories")
        cast("MemoriesPage", self.pages["memories"]).open_memory(memory_id)

    def _chat(self) -> "ChatPage":
        """The chat page, in view."""
        self.show_page("chat")
        return cast("ChatPage", self.pages["chat"])

    # --- work, undo, faults -----------------------------------------------------------------------------------------

    def _count_jobs(self) -> None:
        jobs = self.engine.jobs
        self.operations.run(
            self, "List jobs", lambda _progress, _cancel: jobs.list(), self._take_jobs, lambda _fault: None, key="jobs"
        )

    def _take_jobs(self, jobs: tuple[JobInfo, ...]) -> None:
        under_way = {JobState.WAITING, JobState.RUNNING, JobState.PAUSED}
        self._background_jobs = sum(job.state in under_way for job in jobs)
        self._show_work()

    def _show_work(self) -> None:
        self.rail.show_work(self._background_jobs + len(self.operations.tasks))

    def _offer_undo(self, changes: MemoryChanges) -> None:
        if not changes.label:
            return
        self._offered = operation = changes.operation
        if operation is None:
            self.toast.say(done(changes.label))
        else:
            self.toast.say(done(changes.label), "Undo", lambda: memory_actions.undo(self.context, self, operation))

    def _withdraw_undo(self, changes: MemoryChanges) -> None:
        """What was taken back by another way is not offered any more."""
        if changes.undoes is not None and changes.undoes == self._offered:
            self._offered = None
            self.toast.hide()

    def _tell_damage(self) -> None:
        """Say once that a cube was set aside, with the way to what can be done about it."""
        news = [cube for cube in self.cubes.all() if cube.damaged and cube.id not in self._told_damaged]
        if not news:
            return
        self._told_damaged |= {cube.id for cube in news}
        names = " and ".join(f"“{cube.name}”" for cube in news)
        self.banner.say(
            f"{'The cube' if len(news) == 1 else 'The cubes'} {names} cannot be opened, and the others go on without.",
            f"{news[0].damaged} Restore a backup, or destroy what is damaged.",
            Button("Open Settings", lambda: self.show_page("settings")),
            icon="warning",
        )

    def show_fault(self, fault: Fault) -> None:
        """A failure of the window's own work."""
        log.info("shown: %s", fault.code)
        self.banner.show_fault(fault)

    # --- place, zoom, end -------------------------------------------------------------------------------------------

    def _keep_zoom(self, zoom: float) -> None:
        settings, changed = self.engine.settings, MemoryChanges(settings=("appearance.zoom",))
        self.operations.run(
            self,
            "Keep the zoom",
            lambda _progress, _cancel: settings.set("appearance.zoom", zoom),
            lambda _kept: self.operations.changed.emit(changed),
            key="zoom",
        )

    def _keep_place(self, *, keeps: bool = False) -> None:
        place, settings = self._state.take(self), self.engine.settings
        self.operations.run(
            self,
            "Keep the place",
            lambda _progress, _cancel: settings.set("appearance.window", place),
            key="place",
            keeps=keeps,
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Note the new size, a while after the last change."""
        super().resizeEvent(event)
        self._place.start()

    def come_forward(self) -> None:
        """A second window was asked for: show this one."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Save what is unsaved and end; the engine closes after the window is gone, which is out of sight by then."""
        self._place.stop()
        self.hide()
        self._keep_place(keeps=True)
        if self.is_open:
            self._save_pages()
            self._leave_pages()
        self.operations.close()
        event.accept()
