"""What goes on in a cube while it is locked, renamed or unlocked."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from memos_engine.cube import vectors
from memos_engine.cube.store import CubeStore
from memos_engine.encoder import SentenceEncoder
from memos_engine.resources import default_weights
from memos_engine.types import JobState, MemoryChanges


def lines(file: Path, count: int) -> Path:
    with file.open("w") as stream:
        for number in range(count):
            entry = {"id": f"D{number}", "conversation": "c", "speaker": "me", "time": "2023-05-08T13:56:00"}
            stream.write(json.dumps({**entry, "text": f"I like cake number {number}."}) + "\n")
    return file


def test_a_renaming_that_is_cut_is_whole_at_the_next_opening(homes: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = homes.open()
    made = memory.cubes.create("Work")
    with monkeypatch.context() as patch:
        patch.setattr(CubeStore, "describe", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            memory.cubes.rename("Work", "Office")
    assert [info.name for info in memory.cubes.list()] == ["Me", "Office"]
    assert memory._home.shelf.get(made.id).header().name == "Work"
    homes.close()
    memory = homes.open()
    assert memory.cubes.get("Office").id == made.id
    assert memory._home.shelf.get(made.id).header().name == "Office"


def test_reading_waits_for_a_cube_that_was_locked_meanwhile(homes: Any, tmp_path: Path) -> None:
    memory = homes.open(housekeeping=True)
    work = memory.cubes.create("Work")
    locked: list[str] = []

    def lock(changes: MemoryChanges) -> None:
        if changes.memories and not locked:
            locked.append(work.id)
            memory.cubes.lock("Work")

    memory.subscribe(lock)
    memory.imports.ingest([lines(tmp_path / "talk.jsonl", 200)], cube_id=work.id)
    assert memory.jobs.wait_idle(120)
    assert locked
    assert {job.state for job in memory.jobs.list()} == {JobState.DONE}, memory.jobs.list()
    assert memory.status().waiting_to_read == 0, "it waits behind the lock"
    memory.cubes.unlock("Work", homes.passphrase)
    assert memory.jobs.wait_idle(120)
    assert memory.status().waiting_to_read == 0
    assert memory.cubes.get("Work").items == 200


def test_a_cube_that_was_locked_gets_the_vectors_of_the_new_encoder_when_it_is_unlocked(
    homes: Any, tmp_path: Path
) -> None:
    memory = homes.open(housekeeping=True)
    work = memory.cubes.create("Work")
    memory.memories.remember("The project is due in May", cube_id=work.id)
    assert memory.jobs.wait_idle(120)
    memory.cubes.lock("Work")
    folder = tmp_path / "another"
    shutil.copytree(default_weights("encoder").path, folder)
    tokenizer = folder / "tokenizer.json"
    tokenizer.write_text(tokenizer.read_text() + "\n")
    former = memory._home.encoder.id
    memory.models.use_encoder(folder)
    encoder = memory._home.encoder
    assert isinstance(encoder, SentenceEncoder)
    assert encoder.id != former
    memory.cubes.unlock("Work", homes.passphrase)
    assert memory.jobs.wait_idle(120)
    with memory._home.shelf.get(work.id).read() as session:
        assert vectors.missing(session, encoder.id, 10) == []
        assert len(vectors.load_all(session, encoder.id)[0]) == 1


def test_an_undo_that_cannot_be_finished_keeps_no_cube_from_opening(homes: Any) -> None:
    memory = homes.open()
    home = memory.cubes.list()[0]
    other = memory.cubes.create("Other")
    here = memory.memories.remember("Likes tea", cube_id=home.id).ids[0]
    there = memory.memories.remember("Likes rum", cube_id=other.id).ids[0]
    removed = memory.memories.remove([here, there]).operation
    memory.memories.restore([there])
    memory.cubes.lock(other.id)
    memory.memories.undo(removed)
    memory.cubes.unlock(other.id, homes.passphrase)
    homes.close()
    assert homes.open().memories.get(there).text == "Likes rum"
