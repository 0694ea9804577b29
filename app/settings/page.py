"""The settings page: sections on the left, their rows on the right, one search over all."""

from functools import partial

from PySide6.QtCore import QSize, Qt
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

READABLE_WIDTH = 720
"""Widest a row gets, in device-independent pixels at zoom 1: longer lines are hard to follow."""


class SettingsPage(Page):
    """Everything that a person may set, and what they may do with the home as a whole."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context, "Settings")
        self.sections = self._make_sections()
        self._build()
        self.list.setCurrentRow(0)
        theme().changed.connect(self._show_values)

    def _make_sections(self) -> list[Section]:
        made = []
        for name in SECTION_TITLES:
            section = declared_section(self.context, name)
            if name == "security":
                add_security_rows(section, self.context)
            made.append(section)
        return [*made, CubesSection(self.context), CopiesSection(self.context), about_section(self.context)]

    def _build(self) -> None:
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search settings")
        self.search.setAccessibleName("Search settings")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._show)
        self.list = QListWidget()
        self.list.setAccessibleName("Groups of settings")
        for section in self.sections:
            self.list.addItem(QListWidgetItem(section.title))
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
        for section in self.sections:
            column.addWidget(section)
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
        self.list.setCurrentRow([section.name for section in self.sections].index(name))

    def _show(self) -> None:
        words = self.search.text().casefold().split()
        chosen = self.list.currentRow()
        found = False
        for index, section in enumerate(self.sections):
            matched = section.search(words)
            section.setVisible(matched if words else index == chosen)
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
        for section in self.sections:
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
            Command(f"Settings: {section.title}", partial(self.open_section, section.name)) for section in self.sections
        ]
