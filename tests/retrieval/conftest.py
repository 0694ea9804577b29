"""A home with an open vault, and new cubes in it that a test fills: real keys, database and encoder."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from memos_engine.cube import conversations, items, messages, sources
from memos_engine.cube.shelf import CubeShelf
from memos_engine.cube.store import CubeStore
from memos_engine.cube.tables import ConversationRow, ItemRow, MessageRow
from memos_engine.encoder import SentenceEncoder
from memos_engine.governance.gate import Gate
from memos_engine.resources import default_weights
from memos_engine.retrieval.retrieval import Retrieval
from memos_engine.types import Caller, Kind, MemoryCall, Origin, Purpose, Recalled, Role
from memos_engine.vault.vault import Vault

PASSPHRASE = "correct horse battery staple"
START = datetime(2025, 3, 1, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def encoder() -> SentenceEncoder:
    return SentenceEncoder.open(default_weights("encoder").path)


@pytest.fixture(scope="session")
def vault(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Vault]:
    path = tmp_path_factory.mktemp("retrieval") / "home"
    made = Vault(path)
    made.create(use_keyring=False, passphrase=PASSPHRASE)
    return path, made


class Library:
    """One cube and the search over it."""

    def __init__(self, path: Path, vault: Vault, encoder: SentenceEncoder, graph_from: int) -> None:
        self.path = path
        self.vault = vault
        self.encoder = encoder
        self.shelf = CubeShelf(path, vault)
        self.store: CubeStore = self.shelf.create("Test")
        self.gate = Gate(self.shelf, vault)
        self.retrieval = Retrieval(self.shelf, lambda: self.encoder, graph_from=graph_from)

    @property
    def cube_id(self) -> str:
        return self.store.cube_id

    def say(
        self,
        *texts: str,
        speaker: str = "me",
        conversation: str = "c1",
        time: datetime = START,
        store: CubeStore | None = None,
    ) -> list[str]:
        """Turns of a conversation, a minute apart; returns their message ids."""
        said = []
        with (store or self.store).write() as session:
            if conversations.find(session, conversation) is None:
                conversations.add(session, ConversationRow(id=conversation, title=conversation))
            thread = messages.thread(session, conversation)
            parent = thread[-1].id if thread else None
            for number, text in enumerate(texts):
                row = MessageRow(
                    id="",
                    conversation_id=conversation,
                    parent_id=parent,
                    role=Role.PERSON if speaker == "me" else Role.SPEAKER,
                    speaker=speaker,
                    text=text,
                    time=time + timedelta(minutes=number),
                )
                parent = messages.add(session, row).id
                said.append(parent)
        return said

    def learn(self, text: str, message_ids: Sequence[str] = (), **fields: object) -> str:
        """A memory made from messages; returns its id."""
        with self.store.write() as session:
            row = ItemRow(id="", kind=Kind.FACT, origin=Origin.WORDS, text=text, **fields)  # type: ignore[arg-type]
            items.add(session, row)
            for message_id in message_ids:
                whole = messages.by_id(session, message_id)
                sources.add(session, row.id, start=0, end=len(whole.text), time=whole.time, message_id=message_id)
            return row.id

    def change(self, item_id: str, **fields: object) -> None:
        """Change columns of an item."""
        with self.store.write() as session:
            row = items.by_id(session, item_id)
            for name, value in fields.items():
                setattr(row, name, value)
            items.save(session, row)

    def recall(
        self, query: str, *, caller: Caller = Caller.COMMAND, purpose: Purpose = Purpose.SEARCH, **call: object
    ) -> list[Recalled]:
        """What a call finds in this cube."""
        asked = MemoryCall(caller, purpose, query, (self.cube_id,), **call)  # type: ignore[arg-type]
        return self.retrieval.recall(self.gate.admit(asked))

    def texts(self, query: str, **call: object) -> list[str]:
        return [found.memory.text for found in self.recall(query, **call)]  # type: ignore[arg-type]

    def answer(self, query: str, **call: object) -> list[str]:
        """What a chat would get for an answer."""
        return self.texts(query, caller=Caller.CHAT, purpose=Purpose.ANSWER, **call)


@pytest.fixture
def make_library(vault: tuple[Path, Vault], encoder: SentenceEncoder) -> Iterator[Callable[..., Library]]:
    made: list[Library] = []

    def make(graph_from: int = 50_000) -> Library:
        made.append(Library(*vault, encoder, graph_from))
        return made[-1]

    yield make
    for library in made:
        library.retrieval.close_all()
        library.shelf.close_all()


@pytest.fixture
def library(make_library: Callable[..., Library]) -> Library:
    return make_library()
