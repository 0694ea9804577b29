"""Faults of many kinds, each with the words of a memory in its exception: `faults.py HOME`. It ends by one itself."""

import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from sqlalchemy.exc import DBAPIError

from memos_engine.cube.tables import MessageRow
from memos_engine.logs import keep_content_out_of_crashes, record_fault
from memos_engine.memory_os import MemoryOS
from memos_engine.services.home import OpenHome
from memos_engine.types import MemoryFilter


class BrokenReader:
    """Fails at each text, quoting it."""

    def read(self, text: str, **_: Any) -> NoReturn:
        """Fails."""
        raise ArithmeticError(f"cannot read {text}")


def failing(kind: type[Exception], words: str) -> Callable[..., None]:
    """A call that fails, quoting the words."""

    def fail(*_: Any) -> None:
        raise kind(words)

    return fail


def main() -> None:
    """One fault after the other."""
    keep_content_out_of_crashes()
    memory = MemoryOS.open(Path(sys.argv[1]), housekeeping=False)
    memory.access.initialise(use_keyring=False, passphrase="a passphrase that is no canary")
    memory.settings.set("chat.max_tokens", 16)
    memory.memories.remember("Plughxyzzy is the safe word of Zorblattina")
    words = memory.memories.browse(MemoryFilter()).memories[0].text
    end = memory.subscribe(failing(LookupError, words))
    conversation = memory.chats.create()
    end()
    memory._home.queue.submit("Read", failing(BufferError, words))
    assert memory.jobs.wait_idle(30)
    with suppress(DBAPIError):
        try:
            with memory._home.shelf.default().write() as session:
                session.add(MessageRow(id="m", text=words))
        except DBAPIError as error:
            record_fault(error)
            raise
    OpenHome.reader = BrokenReader()  # type: ignore[assignment, method-assign]
    memory.chats.send(conversation.id, "Zorblattina keeps plughxyzzy to herself.")
    thread = threading.Thread(target=failing(EOFError, words))
    thread.start()
    thread.join()
    raise RuntimeError(words)


if __name__ == "__main__":
    main()
