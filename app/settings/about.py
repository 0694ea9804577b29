"""About: version, network, licences, and the logs."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QListWidget, QPlainTextEdit, QSplitter, QVBoxLayout, QWidget

from app.context import AppContext
from app.settings.rows import Row, Section
from app.theme import Size, theme
from app.widgets.buttons import Button
from app.widgets.text import Text
from memos_engine.types import Licence

LOG_TAIL = 200_000
"""Bytes of a log that are shown: its end."""


class ReaderDialog(QDialog):
    """Names on the left, the text of the chosen one on the right."""

    def __init__(self, parent: QWidget, title: str, entries: dict[str, str], empty: str) -> None:
        super().__init__(parent.window())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.resize(theme().px(860), theme().px(560))
        self._entries = entries
        self.names = QListWidget()
        self.names.setAccessibleName(title)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setFont(theme().fixed_font())
        self.text.setAccessibleName("Text")
        self.text.setPlaceholderText(empty)
        self.names.addItems(list(entries))
        self.names.currentTextChanged.connect(self._show)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self.names)
        split.addWidget(self.text)
        split.setStretchFactor(1, 1)
        split.setSizes([theme().px(280), theme().px(580)])
        close = Button("Close", self.accept)
        close.setDefault(True)
        below = QHBoxLayout()
        below.addStretch(1)
        below.addWidget(close)
        whole = QVBoxLayout(self)
        theme().space(whole, 16, 12)
        whole.addWidget(Text(title, Size.TITLE))
        whole.addWidget(split, 1)
        whole.addLayout(below)
        self.names.setCurrentRow(0)

    def _show(self, name: str) -> None:
        self.text.setPlainText(self._entries.get(name, ""))


def read_logs(home: Path) -> dict[str, str]:
    """The end of each log file of the home, newest file first. Logs hold no memory text."""
    files = sorted((home / "logs").glob("*.log*"), key=lambda file: file.stat().st_mtime, reverse=True)
    logs = {}
    for file in files:
        with file.open("rb") as stream:
            stream.seek(max(0, file.stat().st_size - LOG_TAIL))
            logs[file.name] = stream.read().decode("utf-8", "replace")
    return logs


def _licence_entries(licences: tuple[Licence, ...]) -> dict[str, str]:
    return {
        f"{entry.name} {entry.version}".strip(): f"{entry.name}\n{entry.licence}\n\n{entry.text}".strip()
        for entry in licences
    }


def about_section(context: AppContext) -> Section:
    """Version, network, licences, logs."""
    section = Section("about", "About")
    engine, operations = context.engine, context.operations
    section.add(Row("MemOS Desktop", f"A chat that remembers, on this machine. Everything is kept in {engine.home}"))
    section.add(
        Row(
            "Network",
            "This program makes no connection. A link that you click opens in your browser, after showing its address.",
        )
    )

    def show_licences(licences: tuple[Licence, ...]) -> None:
        ReaderDialog(section, "Licences", _licence_entries(licences), "").open()

    def show_logs(logs: dict[str, str]) -> None:
        ReaderDialog(section, "Logs", logs, "Nothing was logged yet.").open()

    licences = Button(
        "Show…",
        lambda: operations.run(
            section, "List licences", lambda _p, _c: engine.models.licences(), show_licences, long=True
        ),
    )
    licences.setAccessibleName("Show licences")
    section.add(Row("Licences", "Of this program, of the models and of the libraries that it stands on.", [licences]))
    logs = Button(
        "Show…", lambda: operations.run(section, "Read the logs", lambda _p, _c: read_logs(engine.home), show_logs)
    )
    logs.setAccessibleName("Show logs")
    section.add(Row("Logs", "What the program did and where it failed. No words of yours are in them.", [logs]))
    return section
