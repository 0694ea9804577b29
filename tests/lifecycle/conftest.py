"""Encrypted cubes with a lifecycle over them: real keys, database, index and encoder."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from memos_engine.cube import conversations, items, messages
from memos_engine.cube.shelf import CubeShelf
from memos_engine.cube.store import CubeStore
from memos_engine.cube.tables import ConversationRow, MessageRow
from memos_engine.encoder import SentenceEncoder
from memos_engine.governance.gate import Gate
from memos_engine.lifecycle.lifecycle import Lifecycle
from memos_engine.lifecycle.provenance import Provenance
from memos_engine.resources import default_weights
from memos_engine.retrieval.retrieval import Retrieval
from memos_engine.types import (
    Caller,
    Candidate,
    ForgetPreview,
    Kind,
    Memory,
    MemoryCall,
    MemoryChanges,
    Purpose,
    Role,
    State,
)
from memos_engine.vault.vault import Vault

PASSPHRASE = "correct horse battery staple"


@pytest.fixture(scope="session")
def encoder() -> SentenceEncoder:
    return SentenceEncoder.open(default_weights("encoder").path)


class Desk:
    """One open home: what a test tells it, and what it then remembers."""

    def __init__(self, path: Path, encoder: SentenceEncoder, vault: Vault | None = None) -> None:
        self.open_again(path, encoder, vault or opened(path))
        if vault is not None or not self.vault.cube_ids():
            self.vault.set_default_cube(self.shelf.create("Me").cube_id)

    def open_again(self, path: Path, encoder: SentenceEncoder, vault: Vault) -> None:
        """The parts over what lies in the home."""
        self.vault = vault
        self.shelf = CubeShelf(path, self.vault)
        self.retrieval = Retrieval(self.shelf, lambda: encoder)
        self.lifecycle = Lifecycle(self.shelf, self.retrieval)
        self.gate = Gate(self.shelf, self.vault)

    @property
    def store(self) -> CubeStore:
        return self.shelf.default()

    def close(self) -> None:
        self.retrieval.close_all()
        self.shelf.close_all()

    def message(
        self,
        text: str,
        time: datetime,
        *,
        role: Role = Role.PERSON,
        conversation: str = "talk",
        title: str = "",
        store: CubeStore | None = None,
    ) -> str:
        """Keep a message; returns its id."""
        with (store or self.store).write() as session:
            if conversations.find(session, conversation) is None:
                conversations.add(session, ConversationRow(id=conversation, title=title))
            last = messages.thread(session, conversation)
            row = MessageRow(
                id="",
                conversation_id=conversation,
                parent_id=last[-1].id if last else None,
                role=role,
                text=text,
                time=time,
                unread=True,
            )
            return messages.add(session, row).id

    def tell(
        self,
        text: str,
        time: datetime,
        *candidates: Candidate,
        actor: str = "chat",
        ask: bool = False,
        conversation: str = "talk",
    ) -> MemoryChanges:
        """Say something, of which a reader made these candidates."""
        message_id = self.message(text, time, conversation=conversation)
        where = Provenance(time, message_id=message_id)
        return self.lifecycle.absorb(self.store, candidates, where, actor=actor, ask=ask)

    def preview(self, memory_ids: Sequence[str]) -> ForgetPreview:
        """What the window would show before it forgets."""
        call = MemoryCall(Caller.WINDOW, Purpose.BROWSE)
        return self.lifecycle.forget_preview(memory_ids, self.gate.admit(call))

    def recalled(self, query: str, *, store: CubeStore | None = None) -> list[str]:
        """Texts that a chat would get for an answer."""
        cube_id = (store or self.store).cube_id
        call = MemoryCall(Caller.CHAT, Purpose.ANSWER, query, (cube_id,), limit=100)
        return [found.memory.text for found in self.retrieval.recall(self.gate.admit(call))]

    def memories(self, *states: State, store: CubeStore | None = None) -> list[Memory]:
        """Everything but verbatim turns, oldest first."""
        store = store or self.store
        with store.read() as session:
            from sqlmodel import col, select

            from memos_engine.cube.tables import ItemRow

            rows = session.exec(select(ItemRow).where(col(ItemRow.kind) != Kind.MESSAGE).order_by(col(ItemRow.rowid)))
            found = items.to_memories(session, rows.all(), store.cube_id)
        return [memory for memory in found if not states or memory.state in states]

    def current(self) -> list[str]:
        """Texts of what is held to be true now, sorted."""
        return sorted(m.text for m in self.memories(State.ACTIVATED) if m.recorded_to is None)

    def by_text(self, text: str) -> Memory:
        """The one memory with this text."""
        (found,) = [memory for memory in self.memories() if memory.text == text]
        return found

    def message_text(self, message_id: str) -> str:
        with self.store.read() as session:
            return messages.by_id(session, message_id).text


@pytest.fixture
def open_desk(home: Path, encoder: SentenceEncoder) -> Iterator[Callable[[], Desk]]:
    """Opens the same home again and again."""
    desks: list[Desk] = []

    def open_it() -> Desk:
        desks.append(Desk(home, encoder))
        return desks[-1]

    yield open_it
    for desk in desks:
        desk.close()


@pytest.fixture(scope="session")
def open_vault(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Vault]:
    """One vault for the tests that never close it: making one takes its time on purpose."""
    path = tmp_path_factory.mktemp("shared") / "home"
    vault = opened(path)
    CubeShelf(path, vault).create("Empty")
    return path, vault


@pytest.fixture
def desk(open_vault: tuple[Path, Vault], encoder: SentenceEncoder) -> Iterator[Desk]:
    """A desk with a new cube as the default one, gone after the test."""
    path, vault = open_vault
    base = vault.default_cube()
    opened_desk = Desk(path, encoder, vault)
    made = opened_desk.store.cube_id
    yield opened_desk
    vault.set_default_cube(base)
    for cube_id in vault.cube_ids():
        if cube_id != base:
            opened_desk.shelf.destroy(cube_id)
    assert made not in vault.cube_ids()
    opened_desk.close()


def opened(path: Path) -> Vault:
    """The vault at `path`, made when there is none, unlocked."""
    vault = Vault(path)
    if path.exists():
        vault.unlock(passphrase=PASSPHRASE)
    else:
        vault.create(use_keyring=False, passphrase=PASSPHRASE)
    return vault


def day(text: str) -> datetime:
    """An aware time: "2026-11-24" or "2026-11-24T10:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def said(
    words: str,
    text: str,
    quote: str = "",
    *,
    slot: str = "",
    value: str = "",
    kind: Kind = Kind.FACT,
    inferred: Sequence[Candidate] = (),
    **rest: object,
) -> Candidate:
    """A candidate that quotes `quote` (default: all) of `words`."""
    quote = quote or words
    start = words.index(quote)
    return Candidate(
        text,
        kind,
        str(rest.pop("subject", "me")),
        quote,
        start,
        start + len(quote),
        slot=slot,
        value=value,
        inferred=tuple(inferred),
        **rest,  # type: ignore[arg-type]
    )
