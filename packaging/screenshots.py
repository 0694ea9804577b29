"""Take the README's pictures from the running program: a temporary home, a small invented life, the real engine.

    python packaging/screenshots.py [FOLDER]      (default: resources/screenshots)

Writes chat.png, memories.png, and the same in dark: chat-dark.png, memories-dark.png. Needs no screen.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication

from app.chat.page import ChatPage
from app.main_window import MainWindow
from app.theme import theme
from memos_engine.memory_os import MemoryOS
from memos_engine.types import MemoryFilter

ROOT = Path(__file__).parents[1]
LIFE = (
    ("Moving", "I moved from Porto to Utrecht in March and I'm allergic to peanuts."),
    ("Work", "I work as a carpenter at a shipyard. I prefer short answers."),
    ("Family", "My sister Ana lives in Lisbon and she has two cats."),
    ("Sundays", "I play the violin every Sunday and I don't drink coffee."),
    ("Moving again", "I moved again, to Ghent."),
)
SAID = ("What am I allergic to?", "I bought a sailing boat in May.")
SIZE = QSize(1180, 760)
WAIT_S = 120.0


def wait(app: QApplication, until: Callable[[], bool]) -> None:
    """Let the window work until something is true."""
    end = time.monotonic() + WAIT_S
    while not until():
        app.processEvents()
        time.sleep(0.005)
        if time.monotonic() > end:
            raise TimeoutError("the window did not get there")


def settle(app: QApplication, seconds: float = 1.0) -> None:
    """Let the window work for a while: what comes back from other threads is drawn by then."""
    end = time.monotonic() + seconds
    wait(app, lambda: time.monotonic() > end)


def live(engine: MemoryOS) -> None:
    """Tell the life, each part in a chat of its own."""
    engine.settings.set("chat.max_tokens", 60)
    engine.settings.set("chat.temperature", 0)
    for title, words in LIFE:
        chat = engine.chats.create()
        engine.chats.send(chat.id, words)
        engine.chats.rename(chat.id, title)
    added = engine.memories.remember("Library card is in the blue drawer")
    engine.memories.pin(added.ids, True)


def take(app: QApplication, engine: MemoryOS, folder: Path) -> list[Path]:
    """Ask, and picture both pages in light and dark."""
    theme().follow(engine.settings)
    window = MainWindow(engine)
    window.resize(SIZE)
    window.show()
    window.begin()
    wait(app, lambda: window.is_open and not window.operations.tasks)
    chat = window.pages["chat"]
    assert isinstance(chat, ChatPage)
    pane = chat.pane
    for words in SAID:
        pane.composer.set_text(words)
        pane.composer.send.click()
        wait(app, lambda: pane._turns.is_busy)
        wait(app, lambda: not pane._turns.is_busy)
    settle(app)
    shown = next(memory.id for memory in engine.memories.browse(MemoryFilter()).memories if "Lives in" in memory.text)
    written = []
    for scheme in ("light", "dark"):
        engine.settings.set("appearance.theme", scheme)
        for page in ("chat", "memories"):
            if page == "memories":
                window.navigator.memory.emit(shown)
            else:
                window.show_page(page)
            settle(app)
            file = folder / f"{page}{'-dark' if scheme == 'dark' else ''}.png"
            window.grab().save(str(file))
            written.append(file)
    window.close()
    return written


def main() -> int:
    """Take the pictures; prints where they are."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "resources" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication(sys.argv[:1])
    with tempfile.TemporaryDirectory() as home:
        engine = MemoryOS.open(Path(home) / "home", housekeeping=False)
        engine.access.initialise(use_keyring=False, passphrase="a picture, not a secret")
        try:
            live(engine)
            for file in take(app, engine, folder):
                print(file)
        finally:
            engine.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
