"""What every page of the rail is."""

from typing import Any, ClassVar

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.commands import Command, PageCommand
from app.context import AppContext
from app.operations import Fault
from app.theme import theme
from app.widgets.banner import Banner
from memos_engine.types import MemoryChanges


class Page(QWidget):
    """A page: made when first shown, told what changed, destroyed with its content when the vault is locked.

    Put the content into `self.column`; faults of its work appear in `self.banner` above it. Parents of
    `context.operations.run` calls are the page or a widget on it.
    """

    COMMANDS: ClassVar[tuple[PageCommand[Any], ...]] = ()
    """What can be done on a page of this kind."""

    NAME: ClassVar[str] = ""
    """What screen readers call it."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self.context = context
        self.setAccessibleName(self.NAME)
        self.setProperty("ground", "surface")
        self.banner = Banner()
        self.column = QVBoxLayout(self)
        theme().space(self.column)
        self.column.addWidget(self.banner)
        context.operations.changed.connect(self.refresh)

    def refresh(self, changes: MemoryChanges) -> None:
        """The engine changed; show it where it concerns this page."""

    def entered(self) -> None:
        """It comes into view: load what is stale, put the focus where work begins."""

    def commands(self) -> list[Command]:
        """What can be done here, for the palette and the list of shortcuts."""
        return [command.of(self) for command in self.COMMANDS]

    def save(self) -> None:
        """Keep what is unsaved, by work that `keeps`: who locks the vault or closes the window waits for that."""

    def leave(self) -> None:
        """It is about to go, after `save` where there is still something to save into: start nothing new."""

    def show_fault(self, fault: Fault) -> None:
        """Show a failure above the content."""
        self.banner.show_fault(fault)
