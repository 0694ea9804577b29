"""Forgetting: the erased word is nowhere afterwards, and nothing brings it back."""

import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import select

from memos_engine.cube import conversations, documents, items, messages
from memos_engine.cube.store import CubeStore
from memos_engine.cube.tables import ConversationRow, DocumentRow, ItemRow, TombstoneRow, UsedMemoryRow
from memos_engine.errors import CancelledError, DiskError, NotFoundError
from memos_engine.lifecycle.provenance import Provenance, Reading
from memos_engine.types import CancelToken, Kind, Progress, Recalled, Role, State, now

from .conftest import Desk, day, said

CANARY = "zanzibarquux"


def decrypted(store: CubeStore) -> bytes:
    """The database file with every page decrypted (free ones too), by SQLCipher's own page format."""
    import hashlib
    import hmac

    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    raw = store.database.read_bytes()
    salt, size, reserve = raw[:16], 4096, 80
    key = store.keys.database
    mac_key = hashlib.pbkdf2_hmac("sha512", key, bytes(byte ^ 0x3A for byte in salt), 2, 32)
    out = bytearray()
    for number in range(len(raw) // size):
        page = raw[number * size : (number + 1) * size]
        body = page[16 if number == 0 else 0 : size - reserve]
        iv, tag = page[size - reserve : size - reserve + 16], page[size - reserve + 16 : size]
        check = hmac.new(mac_key, body + iv + (number + 1).to_bytes(4, "little"), "sha512").digest()
        assert check == tag[:64], f"page {number} is not read right"
        decryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor()
        out += decryptor.update(body) + decryptor.finalize()
    return bytes(out)


def everywhere(desk: Desk) -> bytes:
    """All that lies in the home, decrypted where it is the database."""
    found = b""
    for store in desk.shelf.all_open():
        assert store.scrub()
        found += decrypted(store)
        found += b"".join(file.read_bytes() for file in store.folder.rglob("*") if file.is_file())
    return found.lower()


def plant(desk: Desk) -> dict[str, str]:
    """A word in a message, its memory with versions, a reply, a title, a draft, a document; ids by name."""
    words = f"I'm allergic to {CANARY} and I like tea."
    allergic = said(words, f"Allergic to {CANARY}", f"I'm allergic to {CANARY}")
    likes = said(words, "Likes tea", "I like tea", kind=Kind.PREFERENCE)
    message = desk.message(words, day("2026-01-01"), title=f"About {CANARY}")
    desk.lifecycle.absorb(desk.store, [allergic, likes], Provenance(day("2026-01-01"), message_id=message))
    memory = desk.by_text(f"Allergic to {CANARY}")
    reply = desk.message(f"Noted. Leave out {CANARY} then. Tea it is.", day("2026-01-01T00:01"), role=Role.ASSISTANT)
    other = desk.message(f"No {CANARY} for me. It is Tuesday.", day("2026-01-02"))
    desk.lifecycle.edit(memory.id, f"Very allergic to {CANARY}")
    desk.lifecycle.pin([memory.id], True)
    with desk.store.write() as session:
        row = conversations.by_id(session, "talk")
        row.draft = f"hello, I'm allergic to {CANARY}, so"
        conversations.save(session, row)
        messages.record_used(session, reply, [Recalled(desk.by_text(f"Very allergic to {CANARY}"), 0.5)])
    desk.retrieval.catch_up(desk.store.cube_id)
    return {"memory": memory.id, "message": message, "reply": reply, "other": other}


def test_the_preview_shows_the_source_and_what_else_says_the_same(desk: Desk) -> None:
    ids = plant(desk)
    preview = desk.preview([ids["memory"]])
    assert [memory.id for memory in preview.memories] == [ids["memory"]]
    seen = {(echo.kind, echo.id): echo for echo in preview.echoes}
    exact = seen.pop(("message", ids["message"]))
    assert exact.exact
    assert exact.text[exact.start : exact.end] == f"I'm allergic to {CANARY}"
    reply = seen.pop(("reply", ids["reply"]))
    assert reply.text[reply.start : reply.end] == f"Leave out {CANARY} then."
    other = seen.pop(("message", ids["other"]))
    assert other.text[other.start : other.end] == f"No {CANARY} for me."
    assert set(seen) == {("title", "talk")}
    assert not reply.exact


def test_forgetting_leaves_no_byte_of_it_and_keeps_the_rest(desk: Desk) -> None:
    ids = plant(desk)
    assert CANARY.encode() in everywhere(desk)
    preview = desk.preview([ids["memory"]])
    changes = desk.lifecycle.forget([ids["memory"]], preview.echoes)
    assert changes.operation is None
    assert changes.ids == (ids["memory"],)
    assert changes.conversations == ("talk",)
    assert CANARY.encode() not in everywhere(desk)
    desk.store.check()
    tea = desk.by_text("Likes tea")
    assert tea.sources[0].quote == "I like tea"
    assert desk.message_text(ids["message"]).endswith("and I like tea.")
    assert desk.message_text(ids["other"]).endswith("It is Tuesday.")
    assert desk.message_text(ids["reply"]).startswith("Noted.")
    with desk.store.read() as session:
        assert not session.exec(select(UsedMemoryRow)).all()
        assert session.exec(select(TombstoneRow)).all()


def test_what_is_not_ticked_stays(desk: Desk) -> None:
    ids = plant(desk)
    desk.lifecycle.forget([ids["memory"]])
    assert CANARY in desk.message_text(ids["other"])
    assert CANARY in desk.message_text(ids["reply"])
    assert CANARY not in desk.message_text(ids["message"])


def test_a_graph_snapshot_on_disk_forgets_too(desk: Desk) -> None:
    from memos_engine.retrieval.retrieval import Retrieval

    ids = plant(desk)
    small = Retrieval(desk.shelf, desk.retrieval._encoder, graph_from=1)
    small.tend(desk.store.cube_id)
    sealed = list(desk.store.blobs.iterdir())
    assert sealed
    before = [file.read_bytes() for file in sealed]
    from memos_engine.lifecycle.lifecycle import Lifecycle

    Lifecycle(desk.shelf, small).forget([ids["memory"]])
    assert [file.read_bytes() for file in desk.store.blobs.iterdir()] != before


def test_an_import_of_the_same_words_does_not_bring_it_back(desk: Desk) -> None:
    ids = plant(desk)
    words = f"I'm allergic to {CANARY} and I like tea."
    desk.lifecycle.forget([ids["memory"]])
    (kept,) = desk.lifecycle.without_forgotten(desk.store, [words])
    assert CANARY not in kept
    assert kept.endswith("and I like tea.")
    again = said(words, f"Allergic to {CANARY}", f"I'm allergic to {CANARY}")
    desk.tell(words, now(), again, actor="import", conversation="old")
    desk.tell(words, day("2025-01-01"), again, conversation="reread")
    reworded = replace(again, text=f"Cannot eat {CANARY}")
    desk.tell(words, now(), reworded, actor="import", conversation="older")
    assert [memory.text for memory in desk.memories(State.ACTIVATED)] == ["Likes tea"]
    desk.tell(words, now(), again, conversation="anew")
    assert f"Allergic to {CANARY}" in desk.current(), "what the person says anew is theirs to have remembered"


def test_what_was_inferred_and_merged_goes_with_it(desk: Desk) -> None:
    words = f"I moved to {CANARY}"
    lives = said(words, f"Lives in {CANARY}", slot="residence", value=CANARY)
    desk.tell(words, day("2026-01-01"), said(words, f"Moved to {CANARY}", kind=Kind.EVENT, inferred=[lives]))
    words = f"I moved to {CANARY} with Ana"
    desk.tell(words, day("2026-01-02"), said(words, f"Moved to {CANARY} with Ana", kind=Kind.EVENT))
    parent = desk.by_text(f"Moved to {CANARY} with Ana")
    assert desk.by_text(f"Moved to {CANARY}").state is State.MERGED
    preview = desk.preview([parent.id])
    assert [memory.text for memory in preview.inferred] == [f"Lives in {CANARY}"]
    desk.lifecycle.forget([parent.id])
    assert desk.memories() == []
    assert CANARY.encode() not in everywhere(desk)


def test_forgetting_the_current_value_leaves_the_older_one_as_history(desk: Desk) -> None:
    for town, time in (("Porto", "2020-01-01"), ("Ghent", "2021-01-01"), ("Rome", "2022-01-01")):
        words = f"I live in {town}"
        desk.tell(words, day(time), said(words, f"Lives in {town}", slot="residence", value=town))
    desk.lifecycle.forget([desk.by_text("Lives in Ghent").id])
    porto, rome = desk.by_text("Lives in Porto"), desk.by_text("Lives in Rome")
    assert porto.superseded_by == rome.id
    desk.lifecycle.forget([rome.id])
    porto = desk.by_text("Lives in Porto")
    assert porto.superseded_by is None
    assert porto.recorded_to is not None
    assert desk.current() == []


def test_a_passage_of_a_document_forgets_its_words_and_other_spans_stay_right(desk: Desk) -> None:
    text = f"I like rain. I own a {CANARY}. I live in Ghent."
    with desk.store.write() as session:
        document = documents.add(session, DocumentRow(id="", name="notes.md", digest="d"), [text]).id
        chunk = items.add(session, ItemRow(id="", kind=Kind.CHUNK, text=text, document_id=document))
        from memos_engine.cube import sources

        sources.add(session, chunk.id, start=0, end=len(text), time=now(), document_id=document, page=1)
    where = Provenance(now(), document_id=document, page=1)
    owns = said(text, f"Owns a {CANARY}", f"I own a {CANARY}")
    lives = said(text, "Lives in Ghent", "I live in Ghent")
    desk.lifecycle.absorb(desk.store, [owns, lives], where, actor="import")
    memory = desk.by_text(f"Owns a {CANARY}")
    (echo,) = [e for e in desk.preview([memory.id]).echoes if e.exact]
    assert echo.text[echo.start : echo.end] == f"I own a {CANARY}"
    desk.lifecycle.forget([memory.id], [echo])
    assert CANARY.encode() not in everywhere(desk)
    assert desk.by_text("Lives in Ghent").sources[0].quote == "I live in Ghent"
    assert [m.text.startswith("I like rain.") for m in desk.memories() if m.kind is Kind.CHUNK] == [True]


def test_a_verbatim_turn_is_forgotten_as_a_whole(desk: Desk) -> None:
    message = desk.message(f"the code word is {CANARY}", day("2026-01-01"))
    with desk.store.read() as session:
        turn = items.verbatim(session, message)
        assert turn is not None
    desk.lifecycle.forget([turn.id])
    assert CANARY.encode() not in everywhere(desk)
    with desk.store.read() as session:
        assert items.verbatim(session, message) is None
        assert messages.by_id(session, message).text


def test_many_are_forgotten_in_batches_with_progress_and_can_be_stopped(desk: Desk) -> None:
    with desk.store.write() as session:
        conversations.add(session, ConversationRow(id="many"))
        from memos_engine.cube.tables import MessageRow

        texts = [f"I own {CANARY} number {n}" for n in range(220)]
        rows = [
            MessageRow(id=f"m{n}", conversation_id="many", parent_id=f"m{n - 1}" if n else None, text=text, time=now())
            for n, text in enumerate(texts)
        ]
        messages.add_many(session, rows)
    readings = [
        Reading(Provenance(now(), message_id=f"m{n}"), [said(text, f"Owns {CANARY} number {n}")])
        for n, text in enumerate(texts)
    ]
    desk.lifecycle.absorb_many(desk.store, readings)
    ids = [memory.id for memory in desk.memories(State.ACTIVATED)]
    assert len(ids) == 220
    seen: list[Progress] = []
    cancel = CancelToken()

    def progress(at: Progress) -> None:
        seen.append(at)
        if at.done >= 200:
            cancel.cancel()

    changes = desk.lifecycle.forget(ids, progress=progress, cancel=cancel)
    assert [at.done for at in seen] == [100, 200]
    assert seen[0].total == 220
    assert len(changes.memories) == 200
    left = {memory.id for memory in desk.memories()}
    assert len(left) == 20
    assert left.isdisjoint(changes.ids)
    with pytest.raises(CancelledError):
        desk.lifecycle.forget(sorted(left), cancel=cancel)
    desk.lifecycle.forget(sorted(left))
    assert CANARY.encode() not in everywhere(desk)


def test_forgotten_ids_are_unknown_and_nothing_is_undone(desk: Desk) -> None:
    ids = plant(desk)
    desk.lifecycle.forget([ids["memory"]])
    for call in (desk.lifecycle.remove, desk.lifecycle.forget, desk.preview):
        with pytest.raises(NotFoundError):
            call([ids["memory"]])
    last = desk.lifecycle.last_operation()
    while last is not None:
        desk.lifecycle.undo()
        last = desk.lifecycle.last_operation()
    assert CANARY.encode() not in everywhere(desk) or CANARY in desk.message_text(ids["other"])
    assert ids["memory"] not in {memory.id for memory in desk.memories()}


def test_forgetting_survives_a_reopening(open_desk: Callable[[], Desk]) -> None:
    first = open_desk()
    ids = plant(first)
    first.lifecycle.forget([ids["memory"]], first.preview([ids["memory"]]).echoes)
    first.close()
    again = open_desk()
    assert CANARY.encode() not in everywhere(again)
    words = f"I'm allergic to {CANARY}"
    again.tell(words, now(), said(words, f"Allergic to {CANARY}"), actor="import", conversation="x")
    assert [memory.text for memory in again.memories(State.ACTIVATED)] == ["Likes tea"]


def test_ticked_memories_go_too_and_stale_ticks_do_no_harm(desk: Desk) -> None:
    ids = plant(desk)
    desk.tell("x", day("2026-03-01"), said("x", f"Cooks without {CANARY}"), conversation="cook")
    preview = desk.preview([ids["memory"]])
    assert [echo.text for echo in preview.echoes if echo.kind == "memory"] == [f"Cooks without {CANARY}"]
    desk.lifecycle.remove([desk.by_text(f"Cooks without {CANARY}").id])
    desk.lifecycle.empty_trash()
    desk.lifecycle.forget([ids["memory"]], preview.echoes)
    assert CANARY.encode() not in everywhere(desk)


def test_what_says_the_same_in_another_cube_is_shown_and_erased_there(desk: Desk) -> None:
    ids = plant(desk)
    work = desk.shelf.create("Work")
    desk.lifecycle.remember(f"No {CANARY} at the office", cube_id=work.cube_id)
    preview = desk.preview([ids["memory"]])
    (there,) = [echo for echo in preview.echoes if echo.cube_id == work.cube_id]
    assert there.kind == "memory"
    desk.lifecycle.forget([ids["memory"]], preview.echoes)
    assert CANARY.encode() not in everywhere(desk)


def test_forgetting_several_of_a_chain_at_once_points_past_all_of_them(desk: Desk) -> None:
    for number, town in enumerate(("Porto", "Ghent", "Rome", "Oslo")):
        words = f"I live in {town}"
        desk.tell(words, day(f"202{number}-01-01"), said(words, f"Lives in {town}", slot="residence", value=town))
    desk.lifecycle.forget([desk.by_text("Lives in Rome").id, desk.by_text("Lives in Ghent").id])
    assert desk.by_text("Lives in Porto").superseded_by == desk.by_text("Lives in Oslo").id


_DIES = """
import os, signal, sys
from pathlib import Path
from memos_engine.cube.store import CubeStore
from memos_engine.lifecycle.lifecycle import Lifecycle
from memos_engine.vault.keys import CubeKeys
from tests.lifecycle.victim import OneCube

keys = CubeKeys(*(bytes.fromhex(part) for part in sys.argv[3:6]))
store = CubeStore.open(Path(sys.argv[1]), sys.argv[2], keys)
store.scrub = lambda: os.kill(os.getpid(), signal.SIGKILL)
Lifecycle(OneCube(store), None).forget([sys.argv[6]])
"""


def test_a_kill_between_the_forgetting_and_its_scrub_is_made_up_for_at_the_next_opening(desk: Desk) -> None:
    words = f"I'm allergic to {CANARY} and I like tea"
    desk.tell(words, day("2026-01-01"), said(words, f"Allergic to {CANARY}", f"I'm allergic to {CANARY}"))
    memory = desk.by_text(f"Allergic to {CANARY}")
    desk.store.scrub()
    store = desk.store
    desk.shelf.close(store.cube_id)
    keys = [part.hex() for part in (store.keys.database, store.keys.blobs, store.keys.digest)]
    dies = [sys.executable, "-c", _DIES, str(store.folder), store.cube_id, *keys, memory.id]
    died = subprocess.run(dies, cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=120, check=False)
    assert died.returncode == -signal.SIGKILL, died.stderr
    assert CANARY.encode() in decrypted(store).lower(), "the log is not written back: the pages hold the word"
    again = desk.store
    assert again is not store
    assert desk.memories() == [], "the forgetting itself was durable"
    assert CANARY.encode() not in decrypted(again).lower()
    assert again.database.with_name("cube.db-wal").stat().st_size == 0
    assert again.header().unscrubbed == 0


def test_a_disk_that_refuses_the_scrub_does_not_deny_the_forgetting(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = plant(desk)
    store = desk.store

    def refuse(*_: object, **__: object) -> bool:
        raise DiskError("cube.db cannot be written.", "Check the disk.")

    with monkeypatch.context() as patch:
        patch.setattr(store, "_scrubbed", refuse)
        changes = desk.lifecycle.forget([ids["memory"]], desk.preview([ids["memory"]]).echoes)
        assert changes.ids == (ids["memory"],)
        assert changes.traces
        assert ids["memory"] not in {memory.id for memory in desk.memories()}
        desk.lifecycle.remember("Likes rain", cube_id=store.cube_id)
        assert store.header().unscrubbed > 0
    desk.lifecycle.remember("Likes snow", cube_id=store.cube_id)
    assert store.header().unscrubbed == 0, "the next write scrubs"
    assert CANARY.encode() not in everywhere(desk)
