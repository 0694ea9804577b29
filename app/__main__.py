"""`python -m app`: the window; where there is no display, the same chat in the terminal."""

import argparse
import gc
import os
import sys
import time
from pathlib import Path

from app import display
from memos_engine.logs import keep_content_out_of_crashes

STARTED = time.perf_counter()


def arguments(argv: list[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser("memos-desktop", description="A chat with a local model that remembers you.")
    parser.add_argument("--home", type=Path, default=None, help="folder of your memories (or MEMOS_HOME)")
    parser.add_argument(
        "--report-ready", action="store_true", help="print a line with the seconds until the window is usable"
    )
    return parser.parse_args(argv)


def chat_in_terminal(home: Path | None) -> None:
    """Become `memos chat` on the same home."""
    given = ["--home", str(home)] if home else []
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "memos_engine", *given, "chat"])


def main(argv: list[str] | None = None) -> int:
    """Start; returns the exit code."""
    keep_content_out_of_crashes()
    options = arguments(sys.argv[1:] if argv is None else argv)
    given_home = options.home or (Path(os.environ["MEMOS_HOME"]) if os.environ.get("MEMOS_HOME") else None)
    if not display.is_there():
        if dead := display.named():
            sys.stderr.write(f"The display {dead} does not answer: here is the same chat, in the terminal.\n")
        chat_in_terminal(given_home)
    return run_window(given_home, report_ready=options.report_ready)


def run_window(home: Path | None, *, report_ready: bool) -> int:
    """Open the home and its window, and stay until it closes; a second window raises the first and ends with 0."""
    from PySide6.QtCore import Qt, QTimer
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance() or QApplication(sys.argv[:1])
    if not isinstance(app, QApplication):
        raise RuntimeError("Another kind of Qt application runs.")
    app.setApplicationName("memos")
    app.setApplicationDisplayName("MemOS")
    app.setDesktopFileName("memos-desktop")
    from app.collector import Collector
    from app.main_window import MainWindow
    from app.single_instance import SingleInstance, raise_first
    from app.theme import theme
    from app.widgets import region
    from memos_engine.errors import MemosError
    from memos_engine.memory_os import MemoryOS

    try:
        engine = MemoryOS.open(home)
    except MemosError as error:
        return show_and_end(error)
    if raise_first(engine.home):
        engine.close()
        return 0
    instance = SingleInstance(engine.home)
    theme().follow(engine.settings)
    region.follow(engine.settings)
    window = MainWindow(engine)
    instance.raised.connect(window.come_forward)
    if report_ready:
        window.usable.connect(lambda: QTimer.singleShot(0, report), Qt.ConnectionType.SingleShotConnection)
    prepare()
    collector = Collector()
    window.show()
    window.begin()
    code = app.exec()
    collector.close()
    instance.close()
    engine.close()
    return code


def prepare() -> None:
    """Keep other threads from holding up the GUI thread for long.

    It gets the interpreter within a fifth of a millisecond instead of five, since one event may ask for it a hundred
    times, with a thread of the engine taking it each time between; and the objects of the start, which live as long as
    the program, are left out of the garbage collections that would stall it.
    """
    sys.setswitchinterval(0.0002)
    gc.collect()
    gc.freeze()


def report() -> None:
    """The line of `--report-ready`."""
    sys.stdout.write(f"ready {time.perf_counter() - STARTED:.3f}\n")
    sys.stdout.flush()


def show_and_end(error: Exception) -> int:
    """A home that cannot be opened at all: say why."""
    from PySide6.QtWidgets import QMessageBox

    box = QMessageBox(QMessageBox.Icon.Critical, "MemOS", getattr(error, "message", str(error)))
    box.setInformativeText(getattr(error, "hint", ""))
    box.exec()
    return 1


if __name__ == "__main__":
    sys.exit(main())
