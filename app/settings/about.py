"""About: version, network, licences, and the logs."""

from pathlib import Path

from app.context import AppContext
from app.settings.rows import Row, Section
from app.widgets.buttons import Button
from app.widgets.reader_dialog import ReaderDialog, show_licences
from memos_engine import __version__

LOG_TAIL = 200_000
"""Bytes of a log that are shown: its end."""


def read_logs(home: Path) -> dict[str, str]:
    """The end of each log file of the home, newest file first. Logs hold no memory text."""
    files = sorted((home / "logs").glob("*.log*"), key=lambda file: file.stat().st_mtime, reverse=True)
    logs = {}
    for file in files:
        with file.open("rb") as stream:
            stream.seek(max(0, file.stat().st_size - LOG_TAIL))
            logs[file.name] = stream.read().decode("utf-8", "replace")
    return logs


def about_section(context: AppContext) -> Section:
    """Version, network, licences, logs."""
    section = Section("about", "About")
    engine, operations = context.engine, context.operations
    section.add(
        Row(
            f"MemOS Desktop {__version__}",
            f"A chat that remembers, on this machine. Everything is kept in {engine.home}",
        )
    )
    section.add(
        Row(
            "Network",
            "This program makes no connection. A link that you click opens in your browser, after showing its address.",
        )
    )

    def show_logs(logs: dict[str, str]) -> None:
        ReaderDialog(section, "Logs", logs, "Nothing was logged yet.").open()

    licences = Button("Show…", lambda: show_licences(context, section))
    licences.setAccessibleName("Show licences")
    section.add(Row("Licences", "Of this program, of the models and of the libraries that it stands on.", [licences]))
    logs = Button(
        "Show…", lambda: operations.run(section, "Read the logs", lambda _p, _c: read_logs(engine.home), show_logs)
    )
    logs.setAccessibleName("Show logs")
    section.add(Row("Logs", "What the program did and where it failed. No words of yours are in them.", [logs]))
    return section
