"""A dialog to read texts in: licences, logs."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QListWidget, QPlainTextEdit, QSplitter, QVBoxLayout, QWidget

from app.context import AppContext
from app.theme import Size, theme
from app.widgets.buttons import Button, closing_row
from app.widgets.discard import discard_when_finished
from app.widgets.text import Text
from memos_engine.types import Licence


class ReaderDialog(QDialog):
    """Names on the left, the text of the chosen one on the right."""

    def __init__(self, parent: QWidget, title: str, entries: dict[str, str], empty: str) -> None:
        super().__init__(parent.window())
        discard_when_finished(self)
        self.setWindowTitle(title)
        self.resize(theme().px(860), theme().px(560))
        self._entries = entries
        self.names = QListWidget()
        self.names.setAccessibleName(title)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setFont(theme().fixed_font())
        self.text.setAccessibleName("Text")
        self.text.document().setDocumentMargin(theme().px(12))
        self.text.setPlaceholderText(empty)
        self.names.currentTextChanged.connect(self._show)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self.names)
        split.addWidget(self.text)
        split.setStretchFactor(0, 1)
        split.setStretchFactor(1, 2)
        split.setSizes([10_000, 20_000])
        close = Button("Close", self.accept)
        close.setDefault(True)
        whole = QVBoxLayout(self)
        theme().space(whole, 16, 12)
        whole.addWidget(Text(title, Size.TITLE))
        whole.addWidget(split, 1)
        whole.addLayout(closing_row(close))
        # Items that are added before the style sheet is known keep the height that they had without it.
        self.names.ensurePolished()
        self.names.addItems(list(entries))
        self.names.setCurrentRow(0)

    def _show(self, name: str) -> None:
        self.text.setPlainText(self._entries.get(name, ""))


def show_licences(context: AppContext, parent: QWidget) -> None:
    """Show the licences of the program, of the weights and of the libraries."""

    def show(licences: tuple[Licence, ...]) -> None:
        ReaderDialog(parent, "Licences", _licence_entries(licences), "").open()

    models = context.engine.models
    context.operations.run(parent, "List licences", lambda _p, _c: models.licences(), show, long=True)


def _licence_entries(licences: tuple[Licence, ...]) -> dict[str, str]:
    return {
        f"{entry.name} {entry.version}".strip(): f"{entry.name}\n{entry.licence}\n\n{entry.text}".strip()
        for entry in licences
    }
