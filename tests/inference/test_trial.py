"""A file that makes llama.cpp stop ends a process of its own, and never the program."""

import json
import os
import struct
import subprocess
import sys
import threading
from pathlib import Path

import psutil
import pytest

from memos_engine.errors import CancelledError, ModelError, ModelRejectedError, NotEnoughMemoryError
from memos_engine.inference import trial
from memos_engine.inference.catalogue import inspect
from memos_engine.inference.host import ModelHost
from memos_engine.inference.prompt import Prompt
from memos_engine.inference.sampling import Sampling
from memos_engine.inference.template import ChatMessage
from memos_engine.memory_os import MemoryOS
from memos_engine.settings import Settings
from memos_engine.types import CancelToken, Fit, Progress

HELLO = Prompt((ChatMessage("user", "Hello"),))


@pytest.fixture
def own_host(tmp_path: Path, make_parrot, model_settings: Settings):
    """A host that keeps its verdicts in the test's folder, with a model that says "ok"."""
    host = ModelHost(tmp_path / "tried.json")
    host.load(make_parrot("ok", name="ok.gguf"), model_settings)
    yield host
    host.close()


def goes_on(host: ModelHost) -> bool:
    return host.generate(HELLO, Sampling(max_tokens=8)).text == "ok"


def shape_of(tensor: bytes, *sizes: int) -> bytes:
    return tensor + struct.pack(f"<I{len(sizes)}Q", len(sizes), *sizes)


def stops_at_the_load(make_parrot, altered) -> Path:
    return make_parrot(name="bad.gguf", tokens=lambda tokens: ["a"] * len(tokens))


def throws_at_the_load(make_parrot, altered) -> Path:
    return make_parrot(
        name="bad.gguf", vocabulary="llama", tokens=lambda tokens: [f"token{n}" for n in range(len(tokens))]
    )


def stops_at_the_first_token(make_parrot, altered) -> Path:
    change = altered.number(b"llama.attention.layer_norm_rms_epsilon", "f", 9.999999747378752e-06, -1.0)
    return altered("bad.gguf", change)


@pytest.mark.parametrize("make", [stops_at_the_load, throws_at_the_load, stops_at_the_first_token])
def test_a_file_that_ends_the_process_is_refused_and_the_old_model_goes_on(
    own_host: ModelHost, make, make_parrot, altered, model_settings: Settings
) -> None:
    path = make(make_parrot, altered)
    assert inspect(path).fit is Fit.FITS
    with pytest.raises(ModelRejectedError, match=r"bad\.gguf makes the model library stop"):
        own_host.load(path, model_settings)
    assert own_host.stops_library(inspect(path))
    assert goes_on(own_host)


@pytest.mark.parametrize(
    ("said", "change"),
    [
        ("blk.7.attn_q.weight' not found", lambda a: [(b"blk.7.attn_q.weight", b"blk.7.attn_x.weight")]),
        ("wrong shape", lambda a: [tuple(shape_of(b"blk.0.ffn_up.weight", *s) for s in ((576, 1536), (1536, 576)))]),
        ("invalid data", lambda a: [a.weights("blk.3.ffn_up.weight", float("nan"))]),
        ("invalid data", lambda a: [a.weights("blk.3.attn_q.weight", float("inf"))]),
        ("chat template", lambda a: [(b"{% endfor %}", b"{% endfxr %}")]),
        ("invalid n_rot", lambda a: [a.number(b"llama.attention.head_count", "I", 9, 8)]),
        ("unknown pre-tokenizer", lambda a: [(b"\6" + bytes(7) + b"smollm", b"\6" + bytes(7) + b"smallm")]),
    ],
)
def test_what_the_library_refuses_is_told_with_its_reason(
    own_host: ModelHost, altered, model_settings: Settings, said: str, change
) -> None:
    with pytest.raises(ModelRejectedError, match=said):
        own_host.load(altered("bad.gguf", *change(altered)), model_settings)
    assert goes_on(own_host)


def test_an_architecture_that_the_library_does_not_know_is_refused(
    own_host: ModelHost, altered, model_settings: Settings
) -> None:
    path = altered("bad.gguf", (b"llama", b"lluma"), everywhere=True)
    with pytest.raises(ModelRejectedError, match="unknown model architecture: 'lluma'"):
        own_host.load(path, model_settings)


def test_a_vocabulary_of_another_size_than_the_weights_is_refused(
    own_host: ModelHost, make_parrot, model_settings: Settings
) -> None:
    path = make_parrot(name="bad.gguf", tokens=lambda tokens: [*tokens, "one more"])
    with pytest.raises(ModelRejectedError, match=r"bad\.gguf could not be loaded"):
        own_host.load(path, model_settings)


class Notes:
    """What a load says of its progress."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def __call__(self, progress: Progress) -> None:
        self.seen.append(progress.note)


def loading(path: Path, settings: Settings, verdicts: Path) -> set[str]:
    host, notes = ModelHost(verdicts), Notes()
    try:
        host.load(path, settings, progress=notes)
    finally:
        host.close()
    return set(notes.seen)


def test_a_file_is_tried_once_and_again_when_it_changed(make_parrot, model_settings: Settings, tmp_path: Path) -> None:
    path, verdicts = make_parrot(), tmp_path / "home" / "tried.json"
    assert loading(path, model_settings, verdicts) == {"trying the model", "loading the model"}
    assert loading(path, model_settings, verdicts) == {"loading the model"}
    os.utime(path, (1, 1))
    assert loading(path, model_settings, verdicts) == {"trying the model", "loading the model"}
    kept = verdicts.read_text()
    assert "parrot" not in kept
    assert [entry["runs"] for entry in json.loads(kept).values()] == [True]
    for damaged in ("no verdicts {", "[1, 2]", json.dumps({next(iter(json.loads(kept))): 1})):
        verdicts.write_text(damaged)
        assert "trying the model" in loading(path, model_settings, verdicts)


def test_a_path_from_the_working_folder_is_found(
    make_parrot, model_settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_parrot()
    monkeypatch.chdir(tmp_path)
    assert "loading the model" in loading(Path("parrot.gguf"), model_settings, tmp_path / "tried.json")


def test_a_file_that_stopped_the_library_is_not_tried_again(
    make_parrot, model_settings: Settings, tmp_path: Path
) -> None:
    path, verdicts, notes = stops_at_the_load(make_parrot, None), tmp_path / "tried.json", Notes()
    with pytest.raises(ModelRejectedError, match="makes the model library stop"):
        loading(path, model_settings, verdicts)
    host = ModelHost(verdicts)
    with pytest.raises(ModelRejectedError, match="makes the model library stop"):
        host.load(path, model_settings, progress=notes)
    assert not notes.seen
    host.close()


def test_a_home_remembers_what_stopped_the_library_and_shows_it_in_the_list(memory: MemoryOS, make_parrot) -> None:
    path = stops_at_the_load(make_parrot, None)
    memory.settings.set("files.models", str(path.parent))
    before = memory.models.load()
    with pytest.raises(ModelRejectedError, match="makes the model library stop"):
        memory.models.use(path)
    listed = {model.path.name: model for model in memory.models.list()}
    assert listed["bad.gguf"].fit is Fit.REJECTED
    assert "makes the model library stop" in listed["bad.gguf"].reason
    assert memory.models.current().path == before.path
    assert (memory.home / "models-tried.json").exists()
    memory.archives.delete_everything()
    assert not memory.home.exists()


def test_the_model_that_came_along_is_not_tried(model_path: Path, model_settings: Settings, tmp_path: Path) -> None:
    assert loading(model_path, model_settings, tmp_path / "tried.json") == {"loading the model"}


def test_verdicts_that_cannot_be_kept_stop_nothing(make_parrot, model_settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    assert "loading the model" in loading(make_parrot(), model_settings, tmp_path / "file" / "tried.json")


def child() -> psutil.Process:
    (process,) = [p for p in psutil.Process().children() if "memos_engine.inference.trial_process" in p.cmdline()]
    return process


def test_a_stop_ends_the_trial(own_host: ModelHost, altered, model_settings: Settings) -> None:
    token, processes = CancelToken(), []

    def stop(progress: Progress) -> None:
        if not processes:
            processes.append(child())
            token.cancel()

    with pytest.raises(CancelledError):
        own_host.load(altered("other.gguf"), model_settings, progress=stop, cancel=token)
    assert not psutil.wait_procs(processes, timeout=20)[1]
    assert goes_on(own_host)


def test_letting_the_model_go_ends_a_trial(own_host: ModelHost, altered, model_settings: Settings) -> None:
    processes, letting_go = [], threading.Thread(target=own_host.unload)

    def let_go(progress: Progress) -> None:
        if not processes:
            processes.append(child())
            letting_go.start()

    with pytest.raises(CancelledError):
        own_host.load(altered("other.gguf"), model_settings, progress=let_go)
    letting_go.join(20)
    assert own_host.current is None
    assert not psutil.wait_procs(processes, timeout=20)[1]


def test_a_trial_that_the_system_ends_is_a_want_of_memory_and_not_remembered(
    own_host: ModelHost, altered, model_settings: Settings
) -> None:
    path, processes = altered("other.gguf"), []

    def as_the_system_does(progress: Progress) -> None:
        if not processes:
            processes.append(child())
            processes[0].kill()

    with pytest.raises(NotEnoughMemoryError, match=r"other\.gguf"):
        own_host.load(path, model_settings, progress=as_the_system_does)
    assert not own_host.stops_library(inspect(path))
    assert own_host.load(path, model_settings).path == path


def test_a_trial_without_an_answer_ends(
    own_host: ModelHost, altered, model_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trial, "_SECONDS", 0)
    monkeypatch.setattr(trial, "_SLOWEST_DISK", 1 << 40)
    with pytest.raises(ModelRejectedError, match="gave no answer"):
        own_host.load(altered("other.gguf"), model_settings)
    assert goes_on(own_host)


def test_a_trial_that_cannot_be_held_is_a_fault_of_ours(
    own_host: ModelHost, make_parrot, model_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_parrot(name="other.gguf")
    monkeypatch.setenv("PYTHONHOME", "/nowhere")
    with pytest.raises(ModelError, match="could not be tried"):
        own_host.load(path, model_settings)
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(ModelError, match="could not be tried"):
        own_host.load(path, model_settings)


WATCHED = """
import runpy, sys
def note(event, arguments):
    if event.startswith(("socket.", "subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn")):
        sys.stderr.write(f"{event} {arguments}\\n")
sys.addaudithook(note)
runpy.run_module("memos_engine.inference.trial_process", run_name="__main__")
"""


def test_the_process_opens_no_connection_and_starts_nothing(make_parrot) -> None:
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", WATCHED], stdin=pipe, stdout=pipe, stderr=pipe) as process:
        process.stdin.write(json.dumps([str(make_parrot()), 128, 1]).encode() + b"\n")
        process.stdin.flush()
        said = process.stdout.read().splitlines()
        assert (process.wait(), process.stderr.read()) == (0, b"")
    assert json.loads(said[-1]) == {"runs": True}


def test_the_process_ends_with_the_program_that_began_it(model_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "memos_engine.inference.trial_process"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        process.stdin.write(json.dumps([str(model_path), 128, 1]).encode() + b"\n")
        process.stdin.close()
        assert process.wait(30) == 1
        assert b"runs" not in process.stdout.read()
