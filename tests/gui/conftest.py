"""A window's parts on a home with everything real in it."""

import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.context import AppContext, CubeDirectory, Navigator
from app.main_window import MainWindow
from app.operations import Operations
from app.theme import theme
from memos_engine.language.pipeline import LanguagePipeline
from memos_engine.memory_os import MemoryOS

PASSPHRASE = "correct horse battery staple"


@pytest.fixture(scope="session")
def pipeline() -> LanguagePipeline:
    """The one parser of all tests: it takes two seconds to load, and holds nothing of a home."""
    return LanguagePipeline()


@pytest.fixture(scope="session", autouse=True)
def nothing_on_the_clipboard(qapp: QApplication) -> Iterator[None]:
    """The offscreen platform keeps what was copied in a C++ static, which outlives the interpreter: a QMimeData that
    Python made must be gone before, or the process dies in its exit handlers."""
    yield
    QGuiApplication.clipboard().clear()


@pytest.fixture(autouse=True)
def collected_here() -> Iterator[None]:
    """As in the program: cycles with Qt objects in them are collected on the GUI thread only."""
    thresholds = gc.get_threshold()
    gc.set_threshold(0)
    yield
    gc.collect()
    gc.set_threshold(*thresholds)


@pytest.fixture
def engine(home: Path, pipeline: LanguagePipeline) -> Iterator[MemoryOS]:
    """An open home with one cube ("Me"), behind a passphrase, and nothing in it."""
    engine = MemoryOS.open(home, housekeeping=False)
    vars(engine._home)["pipeline"] = pipeline
    engine.access.initialise(use_keyring=False, passphrase=PASSPHRASE)
    yield engine
    engine.close()


@pytest.fixture
def context(engine: MemoryOS, qapp: QApplication, qtbot: QtBot) -> Iterator[AppContext]:
    """What every page is given."""
    theme().refresh()
    operations = Operations(engine)
    cubes = CubeDirectory(operations)
    with qtbot.waitSignal(cubes.changed):
        cubes.load()
    yield AppContext(engine, operations, Navigator(), cubes)
    operations.close()


@pytest.fixture
def show(context: AppContext, qtbot: QtBot) -> Iterator[Callable[[Any], Any]]:
    """Shows a page as the window would; it goes before the engine does."""
    shown: list[Any] = []

    def show_page(page: Any) -> Any:
        shown.append(page)
        theme().dress(page)
        page.resize(1180, 760)
        page.show()
        qtbot.waitExposed(page)
        page.entered()
        return page

    yield show_page
    for page in shown:
        page.save()
        page.leave()
        page.close()
        page.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture(scope="session")
def shared_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MemoryOS]:
    """One open home with the default model loaded, for the tests of the window: replies are short and the same."""
    engine = MemoryOS.open(tmp_path_factory.mktemp("shared") / "home", housekeeping=False)
    engine.access.initialise(use_keyring=False, passphrase=PASSPHRASE)
    engine.settings.set("chat.max_tokens", 24)
    engine.settings.set("chat.temperature", 0)
    engine.models.load()
    yield engine
    engine.close()


@pytest.fixture
def window(shared_engine: MemoryOS, qapp: QApplication, qtbot: QtBot) -> Iterator[MainWindow]:
    """The whole window, open, on the shared home."""
    theme().refresh()
    made = MainWindow(shared_engine)
    made.show()
    made.begin()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    qtbot.waitUntil(lambda: made.is_open, timeout=20_000)
    qtbot.waitUntil(lambda: not made.operations.tasks, timeout=20_000)
    yield made
    made.close()
    made.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
