"""The settings page: sections on the left, their rows on the right, one search over all."""

from functools import partial

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.commands import Command
from app.context import AppContext
from app.page import Page
from app.settings.about import about_section
from app.settings.copies import CopiesSection
from app.settings.cubes import CubesSection
from app.settings.declared import SettingRow, declared_section
from app.settings.rows import Section
from app.settings.security import add_security_rows
from app.theme import theme
from app.widgets.empty_state import EmptyState
from memos_engine.settings import SECTION_TITLES
from memos_engine.types import MemoryChanges

TITLES = {**SECTION_TITLES, "cubes": "Cubes", "copies": "Backup and export", "about": "About"}
"""Sections of the page: those of the declarations, then what can be done with the home as a whole."""

READABLE_WIDTH = 720
"""Widest a row gets, in device-independent pixels at zoom 1: longer lines are hard to follow."""


class SettingsPage(Page):
    """Everything that a person may set, and what they may do with the home as a whole."""

    NAME = "Settings"

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._built: dict[str, Section] = {}
        self._build()
        self.list.setCurrentRow(0)
        theme().changed.connect(self._show_values)
        QTimer.singleShot(0, self, self._build_next)

    def _section(self, name: str) -> Section:
        """A section, built when it is first wanted."""
        if name not in self._built:
            section = self._make_section(name)
            place = sum(other in self._built for other in list(TITLES)[: list(TITLES).index(name)])
            self._sections_column.insertWidget(place, section)
            section.setVisible(False)
            self._built[name] = section
        return self._built[name]

    def _make_section(self, name: str) -> Section:
        match name:
            case "cubes":
                return CubesSection(self.context)
            case "copies":
                return CopiesSection(self.context)
            case "about":
                return about_section(self.context)
        section = declared_section(self.context, name)
        if name == "security":
            add_security_rows(section, self.context)
        return section

    def _build_next(self) -> None:
        """Build the other sections one by one, between what the person does: all at once would be felt."""
        for name in TITLES:
            if name not in self._built:
                self._section(name)
                QTimer.singleShot(0, self, self._build_next)
                return

    @property
    def sections(self) -> list[Section]:
        """All sections, in the order of the list."""
        return [self._section(name) for name in TITLES]

    def _build(self) -> None:
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search settings")
        self.search.setAccessibleName("Search settings")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._show)
        self.list = QListWidget()
        self.list.setAccessibleName("Groups of settings")
        for title in TITLES.values():
            self.list.addItem(QListWidgetItem(title))
        self.list.currentRowChanged.connect(self._show)
        left = QVBoxLayout()
        theme().space(left, (12, 12, 8, 12), 8)
        left.addWidget(self.search)
        left.addWidget(self.list, 1)
        self._left = QWidget()
        self._left.setLayout(left)

        self._nothing = EmptyState("search", "No setting found", "Try another word, or clear the search.")
        self._column = QWidget()
        self._column.setProperty("ground", "surface")
        column = QVBoxLayout(self._column)
        theme().space(column, (24, 24, 24, 24), 24)
        self._sections_column = QVBoxLayout()
        theme().space(self._sections_column, gap=24)
        column.addLayout(self._sections_column)
        column.addWidget(self._nothing)
        column.addStretch(1)
        centred = QWidget()
        centred.setProperty("ground", "surface")
        row = QHBoxLayout(centred)
        theme().space(row)
        row.addWidget(self._column, 1)
        row.addStretch(0)
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setAccessibleName("Rows of settings")
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(centred)

        whole = QHBoxLayout()
        theme().space(whole)
        whole.addWidget(self._left)
        whole.addWidget(self._scroll, 1)
        self.column.addLayout(whole, 1)
        self._widths()

    def _widths(self) -> None:
        self._left.setFixedWidth(theme().px(220))
        self._column.setMaximumWidth(theme().px(READABLE_WIDTH))
        for row in range(self.list.count()):
            self.list.item(row).setSizeHint(QSize(theme().px(80), theme().px(32)))

    def open_section(self, name: str) -> None:
        """Show one section, by its name."""
        self.search.clear()
        self.list.setCurrentRow(list(TITLES).index(name))

    def _show(self) -> None:
        words = self.search.text().casefold().split()
        chosen = self.list.currentRow()
        self._section(list(TITLES)[chosen])
        found = False
        for name in TITLES if words else list(self._built):
            section = self._section(name)
            matched = section.search(words)
            section.setVisible(matched if words else name == list(TITLES)[chosen])
            found = found or matched
        self._nothing.setVisible(not found)
        self.list.item(chosen).setSelected(not words)
        self._scroll.verticalScrollBar().setValue(0)

    def refresh(self, changes: MemoryChanges) -> None:
        """A setting was changed elsewhere."""
        if changes.settings or changes.elsewhere:
            self._show_values()

    def _show_values(self) -> None:
        self._widths()
        for section in self._built.values():
            for row in section.rows:
                if isinstance(row, SettingRow):
                    row.refresh()

    def entered(self) -> None:
        """Values and cubes may have changed meanwhile."""
        self._show_values()
        self.context.cubes.load()
        self.search.setFocus()

    def commands(self) -> list[Command]:
        """Each group of settings."""
        return [
            Command(f"Settings: {title}", partial(self.open_section, name), group="Settings")
            for name, title in TITLES.items()
        ]
