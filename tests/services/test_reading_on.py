"""A reading that was cancelled, or that found remembering paused, goes on with what is left."""

import json
from pathlib import Path
from typing import Any

import pytest

from memos_engine.errors import NotFoundError
from memos_engine.memory_os import MemoryOS
from memos_engine.types import JobInfo, JobState, MemoryChanges, MemoryFilter

TOLD = 150


def talk(file: Path) -> Path:
    """Messages enough for several steps of the reader."""
    with file.open("w") as stream:
        for number in range(TOLD):
            entry = {"id": f"D{number}", "conversation": "c", "speaker": "me", "time": "2023-05-08T13:56:00"}
            stream.write(json.dumps({**entry, "text": f"I like cake number {number}."}) + "\n")
    return file


def reading(memory: MemoryOS) -> JobInfo:
    return next(job for job in memory.jobs.list() if job.label == "Reading")


def at_the_first_memory(memory: MemoryOS, call: Any) -> None:
    """Call once, from the reading's own thread, when it has read its first step."""
    done: list[MemoryChanges] = []

    def hear(changes: MemoryChanges) -> None:
        if changes.memories and not done:
            done.append(changes)
            call()

    memory.subscribe(hear)


def test_a_cancelled_reading_is_resumed_and_reads_each_text_once(memory: MemoryOS, tmp_path: Path) -> None:
    at_the_first_memory(memory, lambda: memory.jobs.cancel(reading(memory).id))
    memory.imports.ingest([talk(tmp_path / "talk.jsonl")])
    assert memory.jobs.wait_idle(120)
    stopped = reading(memory)
    assert (stopped.state, stopped.resumable, stopped.error) == (JobState.CANCELLED, True, "")
    left = memory.status().waiting_to_read
    assert 0 < left < TOLD
    memory.jobs.resume(stopped.id)
    assert memory.jobs.wait_idle(120)
    assert (reading(memory).id, reading(memory).state) == (stopped.id, JobState.DONE)
    assert memory.status().waiting_to_read == 0
    assert memory.memories.browse(MemoryFilter()).total == TOLD
    with pytest.raises(NotFoundError):
        memory.jobs.resume("none")


def test_an_import_of_nothing_lets_the_reader_go_on(memory: MemoryOS, tmp_path: Path) -> None:
    at_the_first_memory(memory, lambda: memory.jobs.cancel(reading(memory).id))
    memory.imports.ingest([talk(tmp_path / "talk.jsonl")])
    assert memory.jobs.wait_idle(120)
    report = memory.imports.ingest([])
    assert (report.added, report.updated, report.skipped, report.failed) == (0, 0, 0, ())
    assert memory.jobs.wait_idle(120)
    assert memory.status().waiting_to_read == 0


def test_pausing_stops_a_reading_and_going_on_with_remembering_goes_on_with_it(homes: Any, tmp_path: Path) -> None:
    memory = homes.open(housekeeping=True)
    at_the_first_memory(memory, lambda: memory.settings.set("memory.remembering", "paused"))
    memory.imports.ingest([talk(tmp_path / "talk.jsonl")])
    assert memory.jobs.wait_idle(120)
    stopped = reading(memory)
    assert stopped.state is JobState.CANCELLED
    assert "paused" in stopped.error
    made = memory.memories.browse(MemoryFilter()).total
    assert 0 < made < TOLD, "paused remembers nothing"
    memory.jobs.resume(stopped.id)
    assert memory.jobs.wait_idle(120)
    assert memory.memories.browse(MemoryFilter()).total == made
    memory.settings.set("memory.remembering", "automatic")
    assert memory.jobs.wait_idle(120)
    assert memory.status().waiting_to_read == 0
    assert memory.memories.browse(MemoryFilter()).total == TOLD
