"""Models as Models shows them: verdicts, the switch that fails safely, licences."""

import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from memos_engine.errors import CancelledError, InputError, ModelRejectedError, NotFoundError
from memos_engine.memory_os import MemoryOS
from memos_engine.parametric.card import AdapterCard, write_card
from memos_engine.resources import default_weights, weights
from memos_engine.types import CancelToken, Fit, JobState, Progress


@pytest.fixture
def other_model(tmp_path: Path) -> Path:
    """The default model under another name, as a file that the person chose."""
    path = tmp_path / "models" / "mine.gguf"
    path.parent.mkdir()
    shutil.copyfile(default_weights("chat").path, path)
    return path


def test_the_model_that_came_along_is_listed_with_its_verdict(memory: MemoryOS) -> None:
    memory.models.load()
    (model,) = memory.models.list()
    assert model.name == default_weights("chat").name
    assert model.fit is Fit.FITS
    assert model.default
    assert model.in_use
    assert model.licence == "apache-2.0"
    assert "GB are free" in model.reason


def test_the_models_folder_is_listed_bad_files_with_their_reason(memory: MemoryOS, other_model: Path) -> None:
    (other_model.parent / "notes.gguf").write_text("no model")
    memory.settings.set("files.models", str(other_model.parent))
    listed = {model.path.name: model for model in memory.models.list()}
    assert set(listed) == {default_weights("chat").path.name, "mine.gguf", "notes.gguf"}
    assert listed["notes.gguf"].fit is Fit.REJECTED
    assert "not a GGUF" in listed["notes.gguf"].reason
    assert not listed["mine.gguf"].default


@pytest.mark.usefixtures("obeying_permissions")
def test_a_chosen_model_out_of_reach_hides_no_other(memory: MemoryOS, other_model: Path) -> None:
    memory.settings.set("model.path", str(other_model))
    other_model.parent.chmod(0)
    default, chosen = memory.models.list()
    assert default.default
    assert chosen.fit is Fit.REJECTED
    assert "Permission denied" in chosen.reason
    with pytest.raises(ModelRejectedError, match="Permission denied"):
        memory.models.load()
    other_model.parent.chmod(0o700)


def test_a_chosen_model_that_is_gone_is_listed_as_such(memory: MemoryOS, other_model: Path) -> None:
    memory.settings.set("model.path", str(other_model))
    other_model.unlink()
    _, chosen = memory.models.list()
    assert chosen.path == other_model
    assert chosen.fit is Fit.REJECTED
    assert chosen.reason == "There is no file mine.gguf."


def test_another_model_is_used_and_kept_across_a_restart(memory: MemoryOS, other_model: Path, homes) -> None:
    seen: list[Progress] = []
    memory.models.load()
    info = memory.models.use(other_model, progress=seen.append)
    assert info.path == other_model
    assert info.in_use
    assert seen[-1].done == seen[-1].total
    assert memory.models.current() == info
    homes.close()
    again = homes.open()
    assert again.models.load().path == other_model
    assert again.models.use(default_weights("chat").path).default
    assert again.settings.text("model.path") == ""


@pytest.mark.parametrize("fault", ["text", "cut", "missing"])
def test_a_bad_file_is_refused_and_the_old_model_goes_on(memory: MemoryOS, other_model: Path, fault: str) -> None:
    before = memory.models.load()
    bad = other_model.with_name("bad.gguf")
    if fault == "text":
        bad.write_text("Dear diary, ...")
    elif fault == "cut":
        bad.write_bytes(other_model.read_bytes()[:50_000_000])
    error = NotFoundError if fault == "missing" else ModelRejectedError
    with pytest.raises(error, match=r"bad\.gguf"):
        memory.models.use(bad)
    current = memory.models.current()
    assert current is not None
    assert current.path == before.path
    assert memory.settings.text("model.path") == ""
    reply = memory.chats.send(memory.chats.create().id, "Hello!")
    assert reply.message.text


def test_a_stopped_switch_leaves_the_old_model(memory: MemoryOS, other_model: Path) -> None:
    before = memory.models.load()
    token = CancelToken()
    token.cancel()
    with pytest.raises(CancelledError):
        memory.models.use(other_model, cancel=token)
    current = memory.models.current()
    assert current is not None
    assert current.path == before.path
    assert memory.settings.text("model.path") == ""


def test_a_chosen_file_that_is_gone_is_told_when_a_reply_needs_it(memory: MemoryOS, other_model: Path) -> None:
    memory.models.use(other_model)
    memory.models.use(default_weights("chat").path)
    memory.settings.set("model.path", str(other_model.with_name("gone.gguf")))
    with pytest.raises(ModelRejectedError, match=r"gone\.gguf"):
        memory.models.load()
    memory.settings.set("model.path", "")
    assert memory.models.load().default


def test_the_encoder_in_use_is_told(memory: MemoryOS) -> None:
    (encoder,) = memory.models.encoders()
    assert encoder.in_use
    assert encoder.dimensions == 384
    assert encoder.path == default_weights("encoder").path


def test_a_folder_that_is_no_encoder_is_refused(memory: MemoryOS, tmp_path: Path) -> None:
    with pytest.raises((ModelRejectedError, NotFoundError)):
        memory.models.use_encoder(tmp_path)
    assert memory.settings.text("encoder.path") == ""


def test_another_encoder_re_embeds_and_serves(memory: MemoryOS, tmp_path: Path) -> None:
    memory.memories.remember("I am allergic to peanuts")
    folder = tmp_path / "my-encoder"
    shutil.copytree(default_weights("encoder").path, folder)
    seen: list[Progress] = []
    info = memory.models.use_encoder(folder, progress=seen.append)
    assert info.path == folder
    assert info.in_use
    assert {encoder.path: encoder.in_use for encoder in memory.models.encoders()} == {
        folder: True,
        default_weights("encoder").path: False,
    }
    assert seen


def test_licences_of_program_weights_and_libraries_are_there(memory: MemoryOS) -> None:
    licences = {licence.name: licence for licence in memory.models.licences()}
    assert licences["MemOS Desktop"].licence == "Apache-2.0"
    assert "Apache License" in licences["MemOS Desktop"].text
    for entry in weights():
        assert licences[entry.name].licence == entry.licence
        assert licences[entry.name].text
    assert licences["llama_cpp_python"].licence == "MIT"
    assert licences["Phosphor Icons"].licence == "MIT"
    assert "Copyright (c) 2020-2021 Phosphor Icons" in licences["Phosphor Icons"].text
    assert licences["spacy"].version
    assert "PySide6_Essentials" in licences
    assert not [name for name, licence in licences.items() if not licence.licence]
    assert not {"pytest", "ruff"} & set(licences)


def test_long_work_is_listed_and_stopped_through_the_door(memory: MemoryOS) -> None:
    assert memory.jobs.wait_idle(60)
    running, queue = threading.Event(), memory._home.queue

    def work(progress, cancel: CancelToken) -> None:
        stopped = threading.Event()
        cancel.on_cancel(stopped.set)
        running.set()
        assert stopped.wait(20)
        cancel.check()

    job = queue.submit("Reading", work)
    assert running.wait(20)
    assert memory.jobs.list()[0].state is JobState.RUNNING
    assert not memory.jobs.wait_idle(0.01)
    memory.jobs.cancel(job.id)
    assert memory.jobs.wait_idle(20)
    assert memory.jobs.list()[0].state is JobState.CANCELLED
    with pytest.raises((NotFoundError, InputError)):
        memory.jobs.cancel("none")


@pytest.fixture
def adapted(memory: MemoryOS, make_adapter: Callable[..., Path]) -> Path:
    """An adapter that is offered for the model that came along."""
    path = make_adapter()
    digest = memory.models.list()[0].digest
    write_card(path, AdapterCard("Answers.", "SmolLM2", digest, "data", {"rank": 4.0}, 1.0, figures={"gold": 0.9}))
    memory._home.adapters.choose(path)
    return path


def test_the_model_serves_with_its_adapter_unless_it_is_switched_off(memory: MemoryOS, adapted: Path) -> None:
    told = memory.models.load().adapter
    assert told is not None
    assert (told.name, told.on, told.figures, told.problem) == ("Craft", True, (("gold", 0.9),), "")
    assert memory._home.host.adapter is not None
    memory.settings.set("model.adapter", False)
    told = memory.models.load().adapter
    assert told is not None
    assert not told.on
    assert memory._home.host.adapter is None


def test_a_damaged_adapter_is_told_and_the_model_answers_without(memory: MemoryOS, adapted: Path) -> None:
    adapted.write_bytes(adapted.read_bytes()[:-40])
    told = memory.models.load().adapter
    assert told is not None
    assert not told.on
    assert adapted.name in told.problem
    assert memory.chats.send(memory.chats.create().id, "Hello").message.text


def test_an_adapter_that_goes_while_it_is_wanted_does_not_keep_the_model_from_answering(
    memory: MemoryOS, adapted: Path, make_adapter: Callable[..., Path]
) -> None:
    memory.settings.set("model.adapter", False)
    make_adapter(alpha=3.0)  # in its place, so that llama.cpp has not seen it in another test
    told = memory.models.load().adapter
    assert told is not None
    assert not told.problem
    adapted.unlink()
    memory.settings.set("model.adapter", True)
    told = memory.models.load().adapter
    assert told is not None
    assert not told.on
    assert told.problem


def test_where_the_merged_copy_cannot_serve_the_adapter_does_beside_the_model(
    memory: MemoryOS, adapted: Path, tmp_path: Path
) -> None:
    registry = memory._home.adapters
    memory.settings.set("model.adapter", False)
    info = memory.models.load()
    offered = registry.of(info)
    assert offered is not None
    (broken := tmp_path / "merged.gguf").write_bytes(b"no model")
    registry._known[info.digest] = replace(offered, merged=broken)
    memory.settings.set("model.adapter", True)
    memory.models.load()
    assert memory._home.host.adapter == offered.file


def test_what_was_forgotten_is_not_left_in_the_models_state(memory: MemoryOS) -> None:
    memory.settings.set("chat.max_tokens", 16)
    conversation = memory.chats.create().id
    learned = memory.chats.send(conversation, "I am allergic to peanuts.").changes.ids
    memory.chats.send(conversation, "What am I allergic to?")
    host = memory._home.host
    assert host._loaded is not None
    session = host._loaded.session
    assert session._cached
    memory.memories.forget(learned)
    host._line.ask(lambda _: None, background=True)  # behind what forgets
    assert session._cached == []
