"""What every page is given: the engine, the way to run its work, and the way to other pages."""

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from app.operations import Fault, Operations, fault_shower
from memos_engine.errors import LockedError
from memos_engine.memory_os import MemoryOS
from memos_engine.types import CubeInfo, MemoryChanges, Source


class Navigator(QObject):
    """Requests to show something, wherever it lies. The main window answers them."""

    page = Signal(str)
    """The name of a page: "chat", "memories", "models", "settings", "activity"."""
    conversation = Signal(str, str, int, int)
    """Conversation id, message id (or "") and the span in it to highlight (0, 0: none)."""
    memory = Signal(str)
    """A memory's id, shown in Memories."""
    done = Signal(MemoryChanges)
    """The person did something that can be undone: a note with its label and Undo is shown."""
    lock = Signal()
    save = Signal()
    """What is unsaved is to be kept now: the home is about to become another one."""
    replaced = Signal()
    """The home has become another one, or none: nothing of the old one may be written any more."""

    def open_source(self, source: Source) -> None:
        """Show the message that a memory came from, with its words highlighted."""
        if source.conversation_id and source.message_id:
            self.conversation.emit(source.conversation_id, source.message_id, source.start, source.end)


class CubeDirectory(QObject):
    """Names and colours of the cubes, known without asking the engine each time."""

    changed = Signal()

    def __init__(self, operations: Operations, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._operations = operations
        self._cubes: tuple[CubeInfo, ...] = ()
        self._order: list[str] = []
        operations.changed.connect(self._heard)

    def load(self) -> None:
        """Ask the engine for the cubes; `changed` fires when they are here."""
        engine = self._operations.engine
        self._operations.run(
            self, "List cubes", lambda _progress, _cancel: engine.cubes.list(), self._take, self._failed, key="cubes"
        )

    def _failed(self, fault: Fault) -> None:
        """Under lock there is nothing to list, and nothing wrong."""
        if fault.code != LockedError.code:
            fault_shower(self)(fault)

    def _take(self, cubes: tuple[CubeInfo, ...]) -> None:
        oldest_first = sorted(cubes, key=lambda cube: (cube.created is None, cube.created, cube.id))
        self._order += [cube.id for cube in oldest_first if cube.id not in self._order]
        if cubes != self._cubes:
            self._cubes = cubes
            self.changed.emit()

    def _heard(self, changes: MemoryChanges) -> None:
        if changes.cubes or changes.elsewhere:
            self.load()

    def clear(self) -> None:
        """Forget the names: the vault is locked."""
        self._cubes = ()
        self._order = []

    def all(self) -> tuple[CubeInfo, ...]:
        """The cubes, the default first."""
        return self._cubes

    def name(self, cube_id: str) -> str:
        """A cube's name; empty while unknown."""
        return next((cube.name for cube in self._cubes if cube.id == cube_id), "")

    def index(self, cube_id: str) -> int:
        """Which of the cube colours is this cube's: by age, so that it stays as long as the window is open."""
        return self._order.index(cube_id) if cube_id in self._order else 0


@dataclass(frozen=True)
class AppContext:
    """The single argument of every page."""

    engine: MemoryOS
    operations: Operations
    navigator: Navigator
    cubes: CubeDirectory
