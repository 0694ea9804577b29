"""Imports of conversations and documents, on the real encoder, parser and database."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from memos_engine.errors import CancelledError, NotFoundError
from memos_engine.memory_os import MemoryOS
from memos_engine.types import Caller, CancelToken, Kind, MemoryCall, MemoryFilter, Progress, Purpose, Role


def line(number: int, text: str, **changes: Any) -> dict[str, Any]:
    entry = {
        "id": f"D{number}",
        "conversation": "c1",
        "speaker": "me",
        "time": f"2023-05-08T13:{number % 60:02}:00",
        "text": text,
    }
    return entry | changes


def transcript(folder: Path, lines: Sequence[dict[str, Any] | str], name: str = "talk.jsonl") -> Path:
    file = folder / name
    file.write_text("\n".join(entry if isinstance(entry, str) else json.dumps(entry) for entry in lines))
    return file


def found(memory: MemoryOS, query: str, limit: int = 5) -> list[str]:
    call = MemoryCall(Caller.COMMAND, Purpose.SEARCH, query, limit=limit)
    return [item.memory.text for item in memory.recall.recall(call)]


def test_a_conversation_is_searchable_on_return_and_read_afterwards(memory: MemoryOS, tmp_path: Path) -> None:
    file = transcript(
        tmp_path,
        [
            line(1, "I am allergic to peanuts."),
            line(2, "Noted, I am an assistant.", speaker="assistant"),
            line(3, "I moved to Rome last year.", speaker="Ana"),
        ],
    )
    report = memory.imports.ingest([file])
    assert (report.added, report.updated, report.skipped, report.failed) == (3, 0, 0, ())
    assert "I am allergic to peanuts." in found(memory, "peanut allergy")
    assert memory.jobs.wait_idle(60)
    assert memory.status().waiting_to_read == 0
    memories = memory.memories.browse(MemoryFilter()).memories
    told = {(item.subject, item.text) for item in memories}
    assert ("me", "Allergic to peanuts") in told
    assert any(subject == "Ana" for subject, _ in told)
    assert not any("assistant" in text for _, text in told)
    (conversation,) = memory.chats.conversations()
    assert (conversation.title, conversation.imported) == ("c1", True)
    assert [message.role for message in memory.chats.thread(conversation.id)] == [
        Role.PERSON,
        Role.ASSISTANT,
        Role.SPEAKER,
    ]
    source = memory.memories.get(next(item.id for item in memories if item.text == "Allergic to peanuts")).sources[0]
    assert (source.message_id, source.quote) == ("D1", "I am allergic to peanuts")


def test_the_same_again_is_skipped_and_other_text_is_a_new_version(memory: MemoryOS, tmp_path: Path) -> None:
    memory.imports.ingest([transcript(tmp_path, [line(1, "I live in Ghent."), line(2, "I like tea.")])])
    assert memory.jobs.wait_idle(60)
    report = memory.imports.ingest(
        [transcript(tmp_path, [line(1, "I live in Bruges."), line(2, "I like tea."), line(3, "I play chess.")])]
    )
    assert (report.added, report.updated, report.skipped) == (1, 1, 1)
    assert memory.jobs.wait_idle(60)
    texts = [item.text for item in memory.memories.browse(MemoryFilter()).memories]
    assert any("Bruges" in text for text in texts)
    assert not any("Ghent" in text for text in texts)
    assert "Lives in Bruges" in found(memory, "Where do I live? Bruges")
    assert "I live in Ghent." not in found(memory, "Ghent")
    (conversation,) = memory.chats.conversations()
    assert [message.text for message in memory.chats.thread(conversation.id)] == [
        "I live in Bruges.",
        "I like tea.",
        "I play chess.",
    ]


def test_a_broken_line_is_named_and_nothing_of_its_file_is_taken(memory: MemoryOS, tmp_path: Path) -> None:
    broken = transcript(tmp_path, [line(1, "One."), "{oops", line(3, "Three.", time="0000-01-01")], "broken.jsonl")
    whole = transcript(tmp_path, [line(9, "I keep bees.", conversation="c2")], "whole.jsonl")
    report = memory.imports.ingest([broken, whole])
    assert report.added == 1
    assert [(fault.file, fault.line) for fault in report.failed] == [("broken.jsonl", 2), ("broken.jsonl", 3)]
    assert [held.title for held in memory.chats.conversations()] == ["c2"]


def test_an_id_of_another_conversation_or_of_an_own_message_is_refused(memory: MemoryOS, tmp_path: Path) -> None:
    memory.settings.set("memory.remembering", "paused")
    own = memory.chats.send(memory.chats.create().id, "Hello.").question.id
    memory.imports.ingest([transcript(tmp_path, [line(1, "One.")])])
    report = memory.imports.ingest(
        [transcript(tmp_path, [line(1, "Two.", conversation="c2"), line(2, "Hi.", id=own)], "other.jsonl")]
    )
    assert [fault.line for fault in report.failed] == [1, 2]
    assert report.added == 0


def test_a_message_is_in_one_cube(memory: MemoryOS, tmp_path: Path) -> None:
    file = transcript(tmp_path, [line(1, "One."), line(2, "Two.")])
    memory.imports.ingest([file], read=False)
    (first,) = memory.cubes.list()
    work = memory.cubes.create("Work")
    report = memory.imports.ingest([file], cube_id=work.id, read=False)
    assert report.added == 0
    assert [(fault.line, first.name in fault.message) for fault in report.failed] == [(1, True)]
    assert memory.chats.locate("D1").cube_id != work.id


@pytest.mark.parametrize("text", ["Sentence number {}.", "Another wording of {}."], ids=["longer", "reworded"])
def test_a_chat_that_is_deleted_while_an_import_goes_on_with_it_ends_the_import(
    memory: MemoryOS, tmp_path: Path, text: str
) -> None:
    memory.imports.ingest([transcript(tmp_path, [line(1, "Sentence number 1.")])], read=False)
    (held,) = memory.chats.conversations()
    more = transcript(tmp_path, [line(number, text.format(number)) for number in range(1, 600)], "more.jsonl")

    def delete(now: Progress) -> None:
        if now.done and memory.chats.conversations():
            memory.chats.delete(held.id, forget_learned=True)

    with pytest.raises(NotFoundError, match="deleted while"):
        memory.imports.ingest([more], read=False, progress=delete)
    assert memory.chats.conversations() == ()
    assert found(memory, "Sentence number 3") == []
    assert memory.imports.ingest([more], read=False).added == 599


def test_documents_become_passages_with_page_and_span(memory: MemoryOS, tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    (folder / ".hidden").mkdir(parents=True)
    (folder / ".hidden" / "secret.md").write_text("Hidden.")
    (folder / "garden.md").write_text("# Garden\n\nThe tomatoes stand beside the zucchini.\n\n# Shed\n\nRakes.")
    (folder / "song.mp3").write_bytes(b"ID3")
    (folder / "empty.txt").write_bytes(b"")
    assert [file.name for file in memory.imports.plan([folder]).files] == ["empty.txt", "garden.md"]
    report = memory.imports.ingest([folder, tmp_path / "notes" / "song.mp3"])
    assert report.added == 1
    assert {fault.file for fault in report.failed} == {"empty.txt", "song.mp3"}
    call = MemoryCall(Caller.COMMAND, Purpose.SEARCH, "zucchini", kinds=(Kind.CHUNK,))
    (best, *_) = memory.recall.recall(call)
    source = memory.memories.get(best.memory.id).sources[0]
    assert (source.file, source.page, source.quote) == ("garden.md", 1, best.memory.text)
    again = memory.imports.ingest([folder / "garden.md"])
    assert (again.added, again.skipped) == (0, 1)


def test_a_documents_first_person_is_its_authors(memory: MemoryOS, tmp_path: Path) -> None:
    file = tmp_path / "diary.txt"
    file.write_text("I am allergic to walnuts.")
    memory.imports.ingest([file], author="Ana")
    assert memory.jobs.wait_idle(60)
    told = [(item.subject, item.text) for item in memory.memories.browse(MemoryFilter(kinds=(Kind.FACT,))).memories]
    assert [subject for subject, _ in told] == ["Ana"]


def test_a_document_of_unknown_author_makes_no_memories(memory: MemoryOS, tmp_path: Path) -> None:
    file = tmp_path / "diary.txt"
    file.write_text("I am allergic to walnuts.")
    memory.imports.ingest([file])
    assert memory.jobs.wait_idle(60)
    assert memory.memories.browse(MemoryFilter(kinds=(Kind.FACT,))).total == 0


def test_without_reading_everything_is_searchable_and_nothing_waits(memory: MemoryOS, tmp_path: Path) -> None:
    memory.imports.ingest([transcript(tmp_path, [line(1, "I am allergic to peanuts.")])], read=False)
    assert memory.status().waiting_to_read == 0
    assert memory.memories.browse(MemoryFilter()).total == 0
    assert found(memory, "peanuts") == ["I am allergic to peanuts."]


def test_a_cancelled_import_leaves_nothing(memory: MemoryOS, tmp_path: Path) -> None:
    file = transcript(tmp_path, [line(number, f"Sentence number {number}.") for number in range(600)])
    cancel = CancelToken()

    def stop(now: Progress) -> None:
        if now.done:
            cancel.cancel()

    with pytest.raises(CancelledError):
        memory.imports.ingest([file], progress=stop, cancel=cancel)
    assert memory.chats.conversations() == ()
    assert found(memory, "Sentence number 3") == []
    assert memory.imports.ingest([file], read=False).added == 600


def test_a_chat_goes_on_while_an_import_runs_and_sees_nothing_of_it(memory: MemoryOS, tmp_path: Path) -> None:
    memory.settings.set("memory.remembering", "paused")
    file = transcript(tmp_path, [line(number, f"The zeppelin has number {number}.") for number in range(500)])
    started, saw = threading.Event(), []

    def notice(now: Progress) -> None:
        if now.done and not started.is_set():
            started.set()
            saw.append(found(memory, "zeppelin"))
            saw.append(memory.chats.send(memory.chats.create().id, "A zebra is not in the file.").used)

    report = memory.imports.ingest([file], progress=notice)
    assert report.added == 500
    assert saw == [[], ()]
    assert len(found(memory, "zeppelin", limit=50)) == 50
    assert "A zebra is not in the file." in {hit.text for hit in memory.recall.search("zebra")}
    (best, *_) = memory.recall.recall(MemoryCall(Caller.COMMAND, Purpose.SEARCH, "the airship"))
    assert best.why.get("dense"), "vectors that were staged while others came are found"


def test_an_import_killed_half_way_leaves_nothing_and_can_be_done_again(homes: Any, tmp_path: Path) -> None:
    homes.open()
    homes.close()
    file = transcript(tmp_path, [line(number, f"Sentence number {number}.") for number in range(2000)])
    script = """
import sys
from pathlib import Path
from memos_engine.memory_os import MemoryOS
memory = MemoryOS.open(Path(sys.argv[1]), housekeeping=False)
memory.access.unlock(passphrase=sys.argv[2])
memory.imports.ingest([Path(sys.argv[3])], progress=lambda now: now.done and print(now.done, flush=True))
"""
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(homes.path), homes.passphrase, str(file)], stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.readline()
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    memory = homes.open()
    assert memory.chats.conversations() == ()
    assert found(memory, "Sentence number 3") == []
    assert not list(homes.path.rglob("import-*.lock"))


def test_a_path_that_is_not_there_is_an_error_before_anything_happens(memory: MemoryOS, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        memory.imports.ingest([tmp_path / "none.md"])


def test_eighty_messages_a_second_are_searchable(memory: MemoryOS, tmp_path: Path) -> None:
    words = "We talked for a while about the weather in the north and what to cook on Sunday".split()  # noqa: SIM905
    texts = [" ".join([*words[number % 7 :], f"and of matter {number}."]) for number in range(400)]
    file = transcript(tmp_path, [line(number, text) for number, text in enumerate(texts)])
    memory.imports.ingest(
        [transcript(tmp_path, [line(1, "Warm up.", id="w", conversation="w")], "w.jsonl")], read=False
    )
    began = time.monotonic()
    memory.imports.ingest([file], read=False)
    rate = 400 / (time.monotonic() - began)
    assert rate > 40, "half of what the speed benchmark asks for, on a busy machine"


def test_what_was_forgotten_bit_by_bit_does_not_come_back_with_the_file(memory: MemoryOS, tmp_path: Path) -> None:
    words = "I am allergic to peanuts. My sister is called Wilhelmina."
    file = transcript(tmp_path, [line(1, words), line(2, "I like tea.")])
    memory.imports.ingest([file])
    assert memory.jobs.wait_idle(60)
    (talk,) = memory.chats.conversations()
    for word in ("peanuts", "Wilhelmina"):
        told = [item.id for item in memory.memories.browse(MemoryFilter(query=word)).memories]
        assert told
        memory.memories.forget(told)
    kept = memory.chats.thread(talk.id)[0].text
    assert "peanuts" not in kept
    assert "Wilhelmina" not in kept
    report = memory.imports.ingest([file])
    assert (report.added, report.updated, report.skipped) == (0, 0, 2)
    assert memory.chats.thread(talk.id)[0].text == kept
