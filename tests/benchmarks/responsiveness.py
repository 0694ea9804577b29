"""The longest and the 99th percentile of stalls of the window's event loop while the engine works hard.

    memos bench responsiveness [--items 10000] [--forgotten 2000]

A timer of 5 ms runs on the GUI thread; a stall is the time by which a tick comes late. Phases: the model loads; a
reply streams into the thread; items are imported; they are listed; the vector index is made anew without its snapshot,
and read from it; many are selected in Memories and forgotten. In all that is long, one types and searches. Opening the
window comes before it can be used: it has a row of its own and is not in the figures. Everything is the real window on
a real home, offscreen.
"""

import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, cast

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from _report import finish, options
from PySide6.QtCore import QEventLoop, QItemSelection, QItemSelectionModel, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.__main__ import prepare
from app.collector import Collector
from app.main_window import MainWindow
from app.palette.search_palette import SearchPalette
from app.theme import theme
from app.widgets.forget_dialog import ForgetDialog
from memos_engine.memory_os import MemoryOS
from memos_engine.retrieval.near import discard_snapshot
from memos_engine.types import Kind

if TYPE_CHECKING:
    from app.memories.page import MemoriesPage

TICK_MS = 5
OPENING = "window opens (not counted)"
_WORDS = (
    "garden",
    "river",
    "lamp",
    "violin",
    "bread",
    "train",
    "window",
    "winter",
    "letter",
    "island",
    "blue",
    "quiet",
)
_START = datetime(2025, 1, 1, tzinfo=UTC)


class Stalls:
    """How late the ticks of a timer on the GUI thread come, in milliseconds, by phase."""

    def __init__(self) -> None:
        self.phases: dict[str, list[float]] = {}
        self._now: list[float] = []
        self._last = time.perf_counter()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def begin(self, phase: str) -> None:
        """What follows belongs to `phase`."""
        sys.stderr.write(f"{phase}\n")
        self._now = self.phases.setdefault(phase, [])
        self._last = time.perf_counter()
        self._timer.start(TICK_MS)

    def _tick(self) -> None:
        now = time.perf_counter()
        self._now.append(max(0.0, (now - self._last) * 1000 - TICK_MS))
        self._last = now

    def end(self) -> None:
        """Stop measuring."""
        self._timer.stop()

    @staticmethod
    def p99(stalls: Sequence[float]) -> float:
        """The 99th percentile."""
        return sorted(stalls)[int(len(stalls) * 0.99)] if stalls else 0.0


def wait(until: Callable[[], bool], limit_s: float = 600.0) -> None:
    """Let the event loop run until something is true."""
    loop, timer, started = QEventLoop(), QTimer(), time.perf_counter()

    def look() -> None:
        if until():
            loop.quit()
        elif time.perf_counter() - started > limit_s:
            raise TimeoutError("a phase did not end")

    timer.timeout.connect(look)
    timer.start(20)
    loop.exec()


def transcript(file: Path, items: int) -> None:
    """A file of messages, as `memos ingest` takes them."""
    dice = random.Random(11)
    with file.open("w", encoding="utf-8") as stream:
        for number in range(items):
            words = " ".join(dice.choices(_WORDS, k=9))
            line = {
                "id": f"L{number}",
                "conversation": f"c{number // 50}",
                "speaker": "me" if number % 2 else "Ana",
                "time": (_START + timedelta(minutes=number)).isoformat(),
                "text": f"Number {number}: {words}.",
            }
            stream.write(json.dumps(line) + "\n")


def measure(items: int, forgotten: int) -> Stalls:
    """Run all phases; returns the stalls of each."""
    app = QApplication.instance() or QApplication(sys.argv[:1])
    stalls = Stalls()
    with tempfile.TemporaryDirectory() as folder:
        engine = MemoryOS.open(Path(folder) / "home")
        engine.access.initialise(use_keyring=False, passphrase="a benchmark, not a secret")
        prepare()
        collector = Collector()
        theme().follow(engine.settings)
        window = MainWindow(engine)
        window.show()
        stalls.begin(OPENING)
        window.begin()
        wait(lambda: window.is_open)
        pause(50)
        stalls.begin("model loads")
        wait(lambda: engine._home.host.current is not None and not window.operations.tasks)
        stalls.begin("reply streams")
        _chat(window)
        stalls.end()
        file = Path(folder) / "messages.jsonl"
        transcript(file, items)
        searches = _import(window, file, stalls)
        stalls.begin("list and search afterwards")
        window.show_page("memories")
        window.pages["memories"].filters.show_kind(Kind.MESSAGE)  # type: ignore[attr-defined]
        _type_and_search(window, lambda: False, most=8)
        searches += _rebuild_index(window, stalls)
        searches += _forget(window, min(forgotten, items), stalls)
        stalls.end()
        window.close()
        engine.close()
        collector.close()
    app.processEvents()
    sys.stderr.write(f"{searches} searches beside long work\n")
    return stalls


def _chat(window: MainWindow) -> None:
    pane = window.pages["chat"].pane  # type: ignore[attr-defined]
    for text in ("I moved to Ghent in March and I'm allergic to peanuts.", "Tell me a long story about a river."):
        pane.composer.set_text(text)
        QTest.keyClick(pane.composer.field, Qt.Key.Key_Return)
        wait(lambda: pane._turns.is_busy)
        wait(lambda: not pane._turns.is_busy and not pane._turns.queue)


def _import(window: MainWindow, file: Path, stalls: Stalls) -> int:
    """Returns how often one searched meanwhile, as of the next two."""
    imports = window.engine.imports
    stalls.begin("import, typing and searching")
    task = window.operations.run(
        window,
        "Import",
        lambda progress, cancel: imports.ingest([file], read=False, progress=progress, cancel=cancel),
        listed=True,
    )
    return _type_and_search(window, lambda: not task.running)


def _rebuild_index(window: MainWindow, stalls: Stalls) -> int:
    """What a home with a large cube does whose snapshot is lost, and then one whose snapshot is there."""
    home, searches = window.engine._home, 0
    home.retrieval._graph_from = 1_000  # as if the cube were large: else it has no index but its vectors
    (store,) = home.shelf.all_open()
    discard_snapshot(store.blobs)
    for phase in ("index made anew", "index read from its snapshot"):
        stalls.begin(phase)
        home.retrieval.close(store.cube_id)
        task = window.operations.run(
            window,
            "Tend the index",
            lambda progress, cancel: home.retrieval.tend(store.cube_id, progress, cancel),
            listed=True,
        )
        searches += _type_and_search(window, lambda: not task.running)  # noqa: B023 - called within the round
    return searches


def _forget(window: MainWindow, count: int, stalls: Stalls) -> int:
    """Select them in Memories, look at what the question shows, agree, and type on in the chat."""
    page, stretch = cast("MemoriesPage", window.pages["memories"]), QItemSelection()
    rows, before = page.list.rows, page.list.rows.rowCount()
    stalls.begin("many selected and asked about")
    stretch.select(rows.index(0), rows.index(count - 1))
    page.list.selectionModel().select(stretch, QItemSelectionModel.SelectionFlag.ClearAndSelect)
    page.forget_selected()
    wait(lambda: window.findChild(ForgetDialog) is not None)
    dialog = window.findChild(ForgetDialog)
    pause(100)
    stalls.begin("many forgotten, typing and searching")
    dialog._agree()
    searches = _type_and_search(window, lambda: not window.operations.tasks)
    wait(lambda: rows.rowCount() == before - count)
    return searches


def _type_and_search(window: MainWindow, until: Callable[[], bool], most: int = 10_000) -> int:
    """Type into the chat and search by Ctrl+K over and over; returns how often it searched."""
    pane = window.pages["chat"].pane  # type: ignore[attr-defined]
    dice, count = random.Random(3), 0
    while not until() and count < most:
        pane.composer.field.insertPlainText(dice.choice(_WORDS) + " ")
        window.search()
        palette = window.findChild(SearchPalette)
        if palette is not None:
            for letter in dice.choice(_WORDS):
                palette.field.insert(letter)
                pause(40)
            pause(150)
            palette.close()
        pause(50)
        count += 1
    pane.composer.clear()
    return count


def pause(milliseconds: int) -> None:
    """Let the event loop run for a while."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print the table, and the figures as the last line."""
    parser = options("responsiveness", __doc__)
    parser.add_argument("--items", type=int, default=10_000, help="how many messages are imported")
    parser.add_argument("--forgotten", type=int, default=2_000, help="how many of them are forgotten at once")
    chosen = parser.parse_args(argv)
    stalls = measure(chosen.items, chosen.forgotten)
    rows = [
        {
            "phase": phase,
            "ticks": len(found),
            "longest_ms": round(max(found, default=0.0), 1),
            "p99_ms": round(Stalls.p99(found), 1),
        }
        for phase, found in stalls.phases.items()
    ]
    everything = [stall for phase, found in stalls.phases.items() if phase != OPENING for stall in found]
    figures = {"longest_stall_ms": round(max(everything), 1), "p99_stall_ms": round(Stalls.p99(everything), 1)}
    finish("responsiveness", rows, figures, only_json=chosen.json)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
