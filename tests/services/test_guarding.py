"""Secrets in what is imported, read or not: the person finds them, and no chat volunteers them."""

import json
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlmodel import col

from memos_engine.cube import items
from memos_engine.cube.store import CubeStore
from memos_engine.cube.tables import Header, ItemRow, MessageRow
from memos_engine.errors import DiskError
from memos_engine.lifecycle import guarding
from memos_engine.memory_os import MemoryOS
from memos_engine.services.chat_turn import ChatTurn
from memos_engine.types import Caller, CancelToken, HitKind, Kind, MemoryCall, MemoryFilter, Purpose, no_progress

from .conftest import Homes

SECRET = "hunter2xyz"
MANUAL = f"The house manual.\nBins go out on Tuesday.\nThe wifi password is {SECRET}.\nThe heating is in the hall."


def answered(memory: MemoryOS, query: str) -> str:
    """All that an answer to a chat could have before it."""
    found = memory.recall.recall(MemoryCall(Caller.CHAT, Purpose.ANSWER, query, limit=50))
    return "\n".join(item.memory.text for item in found)


def manual(folder: Path, text: str = MANUAL) -> Path:
    file = folder / "manual.md"
    file.write_text(text)
    return file


def talk(folder: Path, text: str, speaker: str = "me") -> Path:
    file = folder / "talk.jsonl"
    entry = {"id": "D1", "conversation": "c", "speaker": speaker, "time": "2026-03-03T14:05:00", "text": text}
    file.write_text(json.dumps(entry))
    return file


@pytest.mark.parametrize("read", [True, False])
@pytest.mark.parametrize("author", ["", "me"])
def test_a_passage_with_a_secret_is_found_by_the_person_and_volunteered_by_no_chat(
    memory: MemoryOS, tmp_path: Path, read: bool, author: str
) -> None:
    memory.imports.ingest([manual(tmp_path)], read=read, author=author)
    assert SECRET not in answered(memory, "What is the wifi password?")
    assert memory.jobs.wait_idle(60)
    assert SECRET not in answered(memory, "What is the wifi password?")
    assert "Tuesday" in answered(memory, "When do the bins go out?"), "the rest of the document is there"
    (listed,) = memory.memories.browse(MemoryFilter(query=SECRET)).memories
    assert (listed.kind, listed.sensitivity) == (Kind.CHUNK, ("secret",))
    assert any(SECRET in hit.text for hit in memory.recall.search("wifi password") if hit.kind is HitKind.MEMORY)
    reply = memory.chats.send(memory.chats.create().id, "What is the wifi password?")
    assert SECRET not in "".join(used.memory.text for used in reply.used) + reply.message.text


def test_the_person_may_ask_to_remember_it(memory: MemoryOS, tmp_path: Path) -> None:
    memory.imports.ingest([manual(tmp_path)], read=False)
    memory.chats.send(memory.chats.create().id, f"Remember that the wifi password is {SECRET}.")
    assert SECRET in answered(memory, "What is the wifi password?")


@pytest.mark.parametrize("speaker", ["me", "Ana"])
def test_an_imported_message_that_nobody_has_read_is_not_quoted_with_its_secret(
    memory: MemoryOS, tmp_path: Path, speaker: str
) -> None:
    memory.imports.ingest([talk(tmp_path, f"The wifi password is {SECRET}.", speaker)], read=False)
    assert SECRET not in answered(memory, "What is the wifi password?")
    assert any(SECRET in hit.text for hit in memory.recall.search("wifi password"))


def test_a_new_version_is_quoted_or_not_by_what_it_says_and_so_is_the_old_one_that_returns(
    memory: MemoryOS, tmp_path: Path
) -> None:
    memory.imports.ingest([talk(tmp_path, "The wifi is called Attic.")], read=False)
    report = memory.imports.ingest([talk(tmp_path, f"The wifi password is {SECRET}.")], read=False)
    assert SECRET not in answered(memory, "What is the wifi password?")
    assert report.changes.operation is not None
    memory.memories.undo(report.changes.operation)
    assert "Attic" in answered(memory, "What is the wifi called?")
    memory.imports.ingest([talk(tmp_path, f"The wifi password is {SECRET}.")], read=False)
    memory.imports.ingest([talk(tmp_path, "The wifi is called Cellar.")], read=True)
    assert memory.jobs.wait_idle(60)
    assert "Cellar" in answered(memory, "What is the wifi called?")


def test_what_is_read_later_stays_out_of_answers_too(memory: MemoryOS, tmp_path: Path) -> None:
    memory.imports.ingest([manual(tmp_path), talk(tmp_path, f"My bank pin is 48213. {MANUAL}")], read=False)
    memory.imports.ingest(
        [manual(tmp_path, MANUAL + "\nI live in Rome."), talk(tmp_path, f"My bank pin is 48213! {MANUAL}")],
        read=True,
        author="me",
    )
    assert memory.jobs.wait_idle(60)
    for question in ("What is the wifi password?", "What is my bank pin?"):
        assert SECRET not in answered(memory, question)
        assert "48213" not in answered(memory, question)


def test_a_secret_in_what_was_pasted_into_a_chat_is_not_quoted_later(memory: MemoryOS) -> None:
    memory.chats.send(memory.chats.create().id, f'Why does it fail?\n```\npassword = "{SECRET}"\n```')
    assert SECRET not in answered(memory, "What is the password?")


def test_a_secret_of_a_turn_that_was_cut_before_it_was_read_is_not_quoted_meanwhile(
    memory: MemoryOS, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as cut:
        cut.setattr(ChatTurn, "_answer", raise_full)
        with pytest.raises(DiskError):
            memory.chats.send(memory.chats.create().id, f"My wifi password is {SECRET}.")
    assert memory.status().waiting_to_read == 1
    assert SECRET not in answered(memory, "What is my wifi password?")


def test_texts_of_an_older_format_are_looked_through_once(memory: MemoryOS, tmp_path: Path) -> None:
    memory.imports.ingest([manual(tmp_path), talk(tmp_path, f"My wifi password is {SECRET}.")], read=False)
    asked = memory.chats.send(memory.chats.create().id, "Remember that my locker password is swordfish9.")
    store = memory._home.shelf.default()
    as_before(store)
    assert SECRET in answered(memory, "What is the wifi password?")
    guarding.look_through(store, no_progress, CancelToken())
    assert SECRET not in answered(memory, "What is the wifi password?")
    assert "Tuesday" in answered(memory, "When do the bins go out?")
    assert "swordfish9" in answered(memory, "What is my locker password?")
    assert store.header().unguarded == 0
    assert asked.changes.memories


@pytest.mark.parametrize("housekeeping", [True, False])
def test_a_home_of_an_older_format_is_looked_through_when_it_is_opened(
    homes: Homes, tmp_path: Path, housekeeping: bool
) -> None:
    memory = homes.open()
    memory.imports.ingest([manual(tmp_path)], read=False)
    as_before(memory._home.shelf.default())
    homes.close()
    memory = homes.open(housekeeping=housekeeping)
    assert memory.jobs.wait_idle(60)
    assert SECRET not in answered(memory, "What is the wifi password?")


def test_a_disk_that_is_full_when_older_texts_are_looked_through_does_not_close_the_home(
    homes: Homes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = homes.open()
    memory.imports.ingest([manual(tmp_path)], read=False)
    as_before(memory._home.shelf.default())
    homes.close()
    with monkeypatch.context() as full:
        full.setattr(guarding, "_look_at_some", raise_full)
        homes.open()
    homes.close()
    assert SECRET not in answered(homes.open(), "What is the wifi password?")


def raise_full(*_: object) -> None:
    raise DiskError("The disk is full.", "Make room.")


def as_before(store: CubeStore) -> None:
    """The cube as it stands after the step to the present format."""
    with store.write() as session:
        session.connection().execute(update(MessageRow).values(quotable=True))
        chunks = update(ItemRow).where(col(ItemRow.kind) == Kind.CHUNK)
        session.connection().execute(chunks.values(spent_from=None, sensitivity=[], updated=items.change_time(session)))
        session.connection().execute(update(Header).values(unguarded=10_000))
