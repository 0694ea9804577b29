"""The verdict on a model file, before anything loads."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from memos_engine.errors import ModelRejectedError, NotEnoughMemoryError, NotFoundError
from memos_engine.inference.catalogue import files_in, inspect, require_usable
from memos_engine.types import Fit


def test_the_default_model_fits_and_is_described(model_path: Path) -> None:
    info = inspect(model_path)
    assert info.fit is Fit.FITS
    assert (info.architecture, info.parameters, info.quantization) == ("llama", "135M", "Q4_1")
    assert (info.context_length, info.licence, info.chat_template) == (8192, "apache-2.0", True)
    assert info.file_size < info.memory_needed < 6 * info.file_size
    assert "GB are free" in info.reason


def test_a_longer_context_needs_more_memory(model_path: Path) -> None:
    assert inspect(model_path, context=8192).memory_needed > inspect(model_path, context=1024).memory_needed + 100e6
    assert inspect(model_path, context=8192).memory_needed == inspect(model_path, context=99999).memory_needed


def test_a_text_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.gguf"
    path.write_text("These are my notes. " * 100)
    info = inspect(path)
    assert info.fit is Fit.REJECTED
    assert "not a GGUF model" in info.reason
    with pytest.raises(ModelRejectedError, match="not a GGUF"):
        require_usable(info)


@pytest.mark.parametrize("share", [0.999, 0.5, 0.0001, 0.0])
def test_a_cut_file_is_refused(tmp_path: Path, model_path: Path, share: float) -> None:
    path = tmp_path / "cut.gguf"
    with model_path.open("rb") as whole:
        path.write_bytes(whole.read(int(model_path.stat().st_size * share)))
    info = inspect(path)
    assert info.fit is Fit.REJECTED
    assert "cut short" in info.reason or "not a GGUF" in info.reason


def test_the_last_bytes_that_a_cut_file_lacks_are_counted(tmp_path: Path, model_path: Path) -> None:
    path = tmp_path / "cut.gguf"
    path.write_bytes(model_path.read_bytes()[:-12])
    assert inspect(path).reason.endswith("the last 12 bytes are missing.")


def test_a_folder_is_called_one_and_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="is a folder"):
        inspect(tmp_path)
    pipe = tmp_path / "pipe.gguf"
    os.mkfifo(pipe)
    assert inspect(pipe).fit is Fit.REJECTED


@pytest.mark.usefixtures("obeying_permissions")
def test_a_file_in_a_folder_that_may_not_be_entered_is_refused_and_left_out_of_lists(make_gguf, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir()
    path = make_gguf().rename(closed / "model.gguf")
    closed.chmod(0o400)
    info = inspect(path)
    assert info.fit is Fit.REJECTED
    assert "Permission denied" in info.reason
    assert files_in(closed) == []
    closed.chmod(0o700)


@pytest.mark.parametrize(
    ("architecture", "fields"),
    [
        ("bert", {}),
        ("nomic-bert", {}),
        ("gemma-embedding", {}),
        ("qwen3", {"qwen3.pooling_type": 3}),
        ("llama", {"llama.attention.causal": False}),
    ],
)
def test_an_embedding_model_is_refused_as_one(make_gguf, architecture: str, fields: dict) -> None:
    info = inspect(make_gguf(architecture=architecture, fields=fields))
    assert info.fit is Fit.REJECTED
    assert "embedding model" in info.reason


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"fields": {"general.type": "adapter"}}, "no model by itself"),
        ({"architecture": "t5"}, "not a chat model"),
        ({"architecture": "clip"}, "not a chat model"),
        ({"fields": {"split.count": 3}}, "several files"),
        ({"without": ("context_length",)}, "context length"),
        ({"without": ("attention.head_count",)}, "head count"),
        ({"without": ("tokens",)}, "no vocabulary"),
        ({"without": ("token_embd.weight",)}, "no weights"),
    ],
)
def test_what_cannot_chat_is_refused_with_the_reason(make_gguf, changes: dict, said: str) -> None:
    info = inspect(make_gguf(**changes))
    assert info.fit is Fit.REJECTED
    assert said in info.reason


def test_a_missing_template_is_told(make_gguf) -> None:
    info = inspect(make_gguf(template=None))
    assert info.fit is Fit.FITS
    assert not info.chat_template
    assert "chat template" in info.reason


def test_a_model_larger_than_free_memory_says_the_gigabytes(make_gguf) -> None:
    path = make_gguf()
    os.truncate(path, psutil.virtual_memory().total * 2)  # sparse: takes no room on the disk
    info = inspect(path)
    assert info.fit is Fit.TOO_LARGE
    assert f"needs {info.memory_needed / 1e9:.1f} GB" in info.reason
    with pytest.raises(NotEnoughMemoryError):
        require_usable(info)


def test_what_a_replaced_model_gives_back_counts(model_path: Path) -> None:
    info = inspect(model_path)
    much = replace(info, memory_needed=psutil.virtual_memory().available + (1 << 30))
    with pytest.raises(NotEnoughMemoryError):
        require_usable(much)
    require_usable(much, released=4 << 30)


def test_a_model_that_reads_many_gigabytes_a_word_is_slow(make_gguf, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_gguf()
    os.truncate(path, 12_000_000_000)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: type("Memory", (), {"available": 64 << 30})())
    monkeypatch.setattr(psutil, "cpu_count", lambda logical: 2)
    info = inspect(path)
    assert info.fit is Fit.SLOW
    assert "words a second" in info.reason


def test_a_missing_file_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        inspect(tmp_path / "none.gguf")


def test_files_are_found_one_level_deep(make_gguf, tmp_path: Path) -> None:
    (tmp_path / "inner" / "deeper").mkdir(parents=True)
    made = [make_gguf("a.gguf"), make_gguf("inner/b.gguf"), make_gguf("inner/deeper/c.gguf")]
    assert files_in(tmp_path) == made[:2]
    assert files_in(tmp_path / "none") == []


MEASURE = """
import sys
from pathlib import Path
import psutil
from memos_engine.inference.library import llama
from memos_engine.inference.session import LlamaSession
llama()
before = psutil.Process().memory_info().rss
session = LlamaSession(Path(sys.argv[1]), context=int(sys.argv[2]), threads=1)
session.prefill(session.tokenise("word " * 200), on_prefill=lambda _: None, stopped=lambda: None)
print(psutil.Process().memory_info().rss - before)
"""


@pytest.mark.parametrize("context", [512, 8192])
def test_what_a_model_takes_is_what_was_told_or_a_little_less(model_path: Path, context: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(model_path), str(context)], capture_output=True, text=True, check=True
    )
    taken = int(done.stdout)
    assert taken <= inspect(model_path, context=context).memory_needed <= 1.4 * taken
