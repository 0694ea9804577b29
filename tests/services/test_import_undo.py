"""An import is one operation: undo takes back all that it brought and changed, and what was read from it."""

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from memos_engine.errors import InputError, NotFoundError
from memos_engine.lifecycle import imported
from memos_engine.memory_os import MemoryOS
from memos_engine.services import import_undo
from memos_engine.services.recall import command_call
from memos_engine.types import CancelToken, JobState, Kind, LeftOut, MemoryFilter, State

EVERY_STATE = tuple(state for state in State if state is not State.FORGOTTEN)


def talk(folder: Path, *texts: str, name: str = "talk.jsonl", first: int = 1, conversation: str = "c1") -> Path:
    file = folder / name
    lines = [
        {
            "id": f"D{number}",
            "conversation": conversation,
            "speaker": "me",
            "time": f"2023-05-08T13:{number % 60:02}:00",
            "text": text,
        }
        for number, text in enumerate(texts, first)
    ]
    file.write_text("\n".join(map(json.dumps, lines)))
    return file


def ingested(memory: MemoryOS, *files: Path, **how: Any) -> Any:
    report = memory.imports.ingest(files, **how)
    assert not report.failed
    assert memory.jobs.wait_idle(120)
    return report


def texts(memory: MemoryOS, *kinds: Kind, states: tuple[State, ...] = (State.ACTIVATED,)) -> set[str]:
    return {item.text for item in memory.memories.browse(MemoryFilter(kinds=kinds, states=states)).memories}


def found(memory: MemoryOS, query: str) -> list[str]:
    return [each.memory.text for each in memory.recall.recall(command_call(query))]


def rows(memory: MemoryOS) -> dict[str, int]:
    """How many rows the tables of the default cube have that an import fills."""
    tables = ("item", "message", "conversation", "document", "page", "import", "source", "vector")
    with memory._home.shelf.default().read() as session:
        counted = (session.connection().exec_driver_sql(f"SELECT count(*) FROM {table}") for table in tables)
        return dict(zip(tables, (each.scalar_one() for each in counted), strict=True))


def test_an_import_is_named_by_the_files_that_brought_something(memory: MemoryOS, tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("a.md", "b.md", "copy.md", "broken.pdf")]
    for path, text in zip(paths, ("# A\n\nTea.", "# B\n\nMilk.", "# B\n\nMilk.", "no PDF"), strict=True):
        path.write_text(text)
    report = memory.imports.ingest(paths, read=False)
    assert (report.added, report.skipped, len(report.failed)) == (2, 1, 1)
    last = memory.memories.last_operation()
    assert last is not None
    assert report.changes.label == last.label == "Import 2 files"


def test_undo_after_an_import_takes_all_of_it_back(memory: MemoryOS, tmp_path: Path) -> None:
    memory.memories.remember("I play the cello")
    before = rows(memory)
    notes = tmp_path / "notes.md"
    notes.write_text("# Notes\n\nI am allergic to walnuts.")
    report = ingested(memory, talk(tmp_path, "I live in Ghent.", "I like tea."), notes, author="me")
    assert {"Lives in Ghent", "Allergic to walnuts"} <= texts(memory)
    last = memory.memories.last_operation()
    assert last is not None
    assert (last.operation, last.label) == (report.changes.operation, "Import 2 files")
    undone = memory.memories.undo()
    assert undone.label == "Undo: Import 2 files"
    assert texts(memory, states=EVERY_STATE) == {"I play the cello"}
    assert memory.chats.conversations() == ()
    assert found(memory, "Ghent walnuts tea") == ["I play the cello"] or found(memory, "Ghent walnuts tea") == []
    assert rows(memory) == before
    assert memory.memories.last_operation().label == "Remember 1 memory"
    again = ingested(memory, tmp_path / "talk.jsonl", notes, author="me")
    assert (again.added, again.skipped) == (3, 0)
    assert {"Lives in Ghent", "Allergic to walnuts"} <= texts(memory)


def test_an_import_is_undone_by_its_id_though_more_was_remembered_since(memory: MemoryOS, tmp_path: Path) -> None:
    report = ingested(memory, talk(tmp_path, "I live in Ghent.", "I like tea."))
    memory.memories.remember("I play the cello")
    assert memory.memories.last_operation().label == "Remember 1 memory"
    memory.memories.undo(report.changes.operation)
    assert texts(memory, states=EVERY_STATE) == {"I play the cello"}
    with pytest.raises(NotFoundError):
        memory.memories.undo(report.changes.operation)


def test_what_the_import_replaced_is_current_again(memory: MemoryOS, tmp_path: Path) -> None:
    ingested(memory, talk(tmp_path, "I live in Porto."))
    second = ingested(memory, talk(tmp_path, "I live in Ghent now.", name="later.jsonl", first=30, conversation="c2"))
    assert "Lives in Ghent" in texts(memory)
    assert "Lives in Porto" not in texts(memory)
    memory.memories.undo(second.changes.operation)
    assert "Lives in Porto" in texts(memory)
    assert "Lives in Ghent" not in texts(memory, states=EVERY_STATE)


def test_what_the_person_confirmed_stays_with_its_quote_and_what_is_told_elsewhere_stays(
    memory: MemoryOS, tmp_path: Path
) -> None:
    ingested(memory, talk(tmp_path, "I like tea."))
    second = ingested(
        memory, talk(tmp_path, "I like tea.", "I live in Ghent.", name="b.jsonl", first=20, conversation="c2")
    )
    (ghent,) = [item.id for item in memory.memories.browse(MemoryFilter(query="Ghent")).memories]
    memory.memories.confirm([ghent])
    memory.memories.undo(second.changes.operation)
    assert {"Lives in Ghent", "Likes tea"} <= texts(memory)
    (source,) = memory.memories.get(ghent).sources
    assert (source.quote, source.message_id) == ("I live in Ghent", None)
    (tea,) = memory.memories.browse(MemoryFilter(query="tea")).memories
    assert [source.message_id for source in memory.memories.get(tea.id).sources] == ["D1"]


def test_new_versions_of_messages_go_and_the_old_ones_are_back(memory: MemoryOS, tmp_path: Path) -> None:
    ingested(memory, talk(tmp_path, "I live in Ghent.", "I like tea."))
    second = ingested(memory, talk(tmp_path, "I live in Bruges.", "I like tea.", "I play chess."))
    assert (second.added, second.updated, second.skipped) == (1, 1, 1)
    assert "Lives in Bruges" in texts(memory)
    assert "I live in Bruges." in texts(memory, Kind.MESSAGE)
    memory.memories.undo(second.changes.operation)
    (conversation,) = memory.chats.conversations()
    assert [message.text for message in memory.chats.thread(conversation.id)] == ["I live in Ghent.", "I like tea."]
    assert "Lives in Ghent" in texts(memory)
    assert not any("Bruges" in text for text in texts(memory))
    assert "I live in Ghent." in texts(memory, Kind.MESSAGE)
    assert not any("chess" in text for text in found(memory, "chess"))


def test_an_import_whose_conversation_has_gone_on_is_not_taken_back(memory: MemoryOS, tmp_path: Path) -> None:
    report = ingested(memory, talk(tmp_path, "I live in Ghent."))
    (conversation,) = memory.chats.conversations()
    stop = CancelToken()
    memory.chats.send(conversation.id, "Good morning.", on_event=lambda _: stop.cancel(), cancel=stop)
    with pytest.raises(InputError, match="gone on") as refused:
        memory.memories.undo(report.changes.operation)
    assert refused.value.hint
    assert "Lives in Ghent" in texts(memory)
    assert len(memory.chats.thread(conversation.id)) >= 2


def test_an_import_is_taken_back_while_it_is_still_being_read(memory: MemoryOS, tmp_path: Path) -> None:
    memory.memories.remember("I play the cello")
    read = threading.Event()
    end = memory.subscribe(lambda changes: read.set() if changes.memories else None)
    first = memory.imports.ingest([talk(tmp_path, *(f"I like cake number {at}." for at in range(59)))])
    later = [f"I like tea number {at}." for at in range(59)]
    second = memory.imports.ingest([talk(tmp_path, *later, name="b.jsonl", first=60, conversation="c2")])
    assert read.wait(60)
    end()
    for report in (second, first):
        memory.memories.undo(report.changes.operation)
    assert memory.jobs.wait_idle(120)
    assert {job.state for job in memory.jobs.list()} <= {JobState.DONE, JobState.CANCELLED}
    assert texts(memory, states=EVERY_STATE) == {"I play the cello"}
    assert memory.status().waiting_to_read == 0


def test_an_import_that_brings_nothing_is_no_operation(memory: MemoryOS, tmp_path: Path) -> None:
    file = talk(tmp_path, "I live in Ghent.")
    first = ingested(memory, file)
    again = ingested(memory, file)
    assert (again.skipped, again.changes.operation) == (1, None)
    assert memory.memories.last_operation().operation == first.changes.operation


def test_a_crash_while_it_is_taken_back_is_finished_at_the_next_opening(
    homes: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = homes.open()
    memory.memories.remember("I play the cello")
    before = rows(memory)
    report = ingested(memory, talk(tmp_path, *(f"I like cake number {number}." for number in range(30))))
    with monkeypatch.context() as patch:
        patch.setattr(import_undo, "drop_import", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            memory.memories.undo(report.changes.operation)
    assert texts(memory) == {"I play the cello"}, "invisible at once"
    homes.close()
    memory = homes.open()
    assert rows(memory) == before


def test_a_fault_while_it_is_taken_back_leaves_the_import(
    memory: MemoryOS, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = ingested(memory, talk(tmp_path, "I live in Ghent."))
    before = rows(memory)
    with monkeypatch.context() as patch:
        patch.setattr(imported, "_stage_again", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            memory.memories.undo(report.changes.operation)
    assert rows(memory) == before
    assert "Lives in Ghent" in texts(memory)
    memory.memories.undo()
    assert texts(memory) == set()


# --- versions of documents


def test_a_document_that_was_edited_is_a_new_version_of_itself(memory: MemoryOS, tmp_path: Path) -> None:
    notes = tmp_path / "notes.md"
    notes.write_text("# Notes\n\nI am allergic to walnuts. The cellar key hangs behind the door.")
    ingested(memory, notes, author="me")
    (walnuts,) = memory.memories.browse(MemoryFilter(query="walnuts", kinds=(Kind.FACT, Kind.PREFERENCE))).memories
    notes.write_text("# Notes\n\nI am allergic to walnuts. The cellar key hangs in the kitchen. I like jazz.")
    report = ingested(memory, notes)
    assert (report.added, report.updated, report.skipped) == (0, 1, 0)
    (passage,) = texts(memory, Kind.CHUNK)
    assert "in the kitchen" in passage
    assert not any("behind the door" in text for text in found(memory, "Where does the cellar key hang?"))
    kept = memory.memories.get(walnuts.id)
    assert kept.state is State.ACTIVATED
    assert [(source.quote, source.file) for source in kept.sources] == [("I am allergic to walnuts", "notes.md")]
    assert any("jazz" in text for text in texts(memory)), "the author is known from before"
    assert ingested(memory, notes).skipped == 1


def test_what_the_new_version_no_longer_says_falls_and_undo_brings_the_old_one_back(
    memory: MemoryOS, tmp_path: Path
) -> None:
    notes = tmp_path / "notes.md"
    notes.write_text("I am allergic to walnuts. I like jazz.")
    ingested(memory, notes, author="me")
    notes.write_text("I like jazz. I live in Ghent.")
    second = ingested(memory, notes, author="me")
    assert not any("walnuts" in text for text in texts(memory))
    memory.memories.undo(second.changes.operation)
    assert "Allergic to walnuts" in texts(memory)
    assert not any("Ghent" in text for text in texts(memory, states=EVERY_STATE))
    assert texts(memory, Kind.CHUNK) == {"I am allergic to walnuts. I like jazz."}
    (jazz,) = memory.memories.browse(MemoryFilter(query="jazz", kinds=(Kind.PREFERENCE,))).memories
    assert [source.quote for source in memory.memories.get(jazz.id).sources] == ["I like jazz"]
    notes.write_text("I am allergic to walnuts. I like jazz.")
    assert ingested(memory, notes, author="me").skipped == 1


def test_going_back_to_an_earlier_text_is_a_new_version_too(memory: MemoryOS, tmp_path: Path) -> None:
    notes = tmp_path / "notes.md"
    for text in ("The first text.", "The second text.", "The first text."):
        notes.write_text(text)
        ingested(memory, notes)
        assert texts(memory, Kind.CHUNK) == {text}


def test_files_of_one_name_in_two_folders_are_two_documents_and_one_content_is_taken_once(
    memory: MemoryOS, tmp_path: Path
) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
    (tmp_path / "a" / "README.md").write_text("About the boat.")
    (tmp_path / "b" / "README.md").write_text("About the bicycle.")
    (tmp_path / "c" / "copy.md").write_text("About the boat.")
    report = ingested(memory, tmp_path)
    assert (report.added, report.updated, report.skipped) == (2, 0, 1)
    assert texts(memory, Kind.CHUNK) == {"About the boat.", "About the bicycle."}


# --- the plan


def test_the_plan_counts_what_is_left_out_and_orders_names_as_people_do(memory: MemoryOS, tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    (folder / ".git").mkdir(parents=True)
    for name in ("n10.md", "n2.md", "N1.md", "n1a.md", "part 2/z.txt", "part 10/a.txt"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("words")
    for name in ("a.mp3", "b.mp3", "LICENSE", "data.json", ".hidden.md"):
        (folder / name).write_text("words")
    (folder / "elsewhere").symlink_to(tmp_path, target_is_directory=True)
    plan = memory.imports.plan([folder, tmp_path / "notes" / "a.mp3"])
    assert [str(file.relative_to(folder)) for file in plan.files] == [
        "N1.md",
        "n1a.md",
        "n2.md",
        "n10.md",
        "part 2/z.txt",
        "part 10/a.txt",
    ]
    assert plan.left_out == (
        LeftOut(".mp3 cannot be read", 3),
        LeftOut("hidden", 2),
        LeftOut(".json is read where it is chosen by itself", 1),
        LeftOut("links to folders", 1),
        LeftOut("of no kind that can be read", 1),
    )
    report = memory.imports.ingest([folder], read=False)
    assert {left.reason: left.count for left in report.left_out}[".mp3 cannot be read"] == 2
    with pytest.raises(NotFoundError):
        memory.imports.plan([tmp_path / "nowhere"])
