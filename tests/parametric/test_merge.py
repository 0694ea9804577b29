"""An adapter within a copy of its base answers as beside it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from memos_engine.inference.adapter_file import AdapterFile, read_adapter
from memos_engine.inference.header import read_header
from memos_engine.inference.host import ModelHost
from memos_engine.inference.template import ChatMessage
from memos_engine.parametric import merge
from memos_engine.resources import default_weights
from memos_engine.settings import Settings

SAID = (ChatMessage("user", "Where do I live?"),)


@pytest.fixture
def adapter(make_adapter: Callable[..., Path]) -> AdapterFile:
    """One that changes what the model says by far more than another quantisation does."""
    noise = np.random.default_rng(1)
    shapes = {"blk.2.attn_v.weight.lora_a": (4, 576), "blk.2.attn_v.weight.lora_b": (192, 4)}
    loud = {name: noise.normal(0, 0.5, shape).astype(np.float16) for name, shape in shapes.items()}
    return read_adapter(make_adapter(loud), read_header(default_weights("chat").path))


@pytest.fixture
def copy(adapter: AdapterFile, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where its merged copy goes in this test."""
    monkeypatch.setattr(merge, "models_dir", lambda: tmp_path / "models")
    path = merge.merged_path(adapter)
    assert merge.merged_copy(adapter) is None
    merge.write_merged(default_weights("chat").path, adapter, path)
    return path


@pytest.fixture
def host(tmp_path: Path) -> Iterator[ModelHost]:
    """A host with the default model."""
    host = ModelHost()
    settings = Settings(tmp_path / "settings.toml")
    settings.set("model.context", 512)
    host.load(default_weights("chat").path, settings)
    yield host
    host.close()


def likelihoods(host: ModelHost, strength: float = 1.0) -> np.ndarray:
    return np.array(host.log_likelihoods(SAID, "You live in Ghent, near the old harbour.", adapter=strength))


def test_the_copy_says_what_both_say_beside_one_another(host: ModelHost, adapter: AdapterFile, copy: Path):
    bare = likelihoods(host)
    host.adapt(adapter)
    beside = likelihoods(host)
    host.adapt(adapter, copy)
    merged = likelihoods(host)
    assert host.adapter == adapter
    assert np.abs(merged - beside).mean() < np.abs(beside - bare).mean() / 4
    # The model itself still answers whoever wants it, and comes back when the adapter goes.
    assert np.array_equal(likelihoods(host, strength=0), bare)
    assert np.abs(likelihoods(host, strength=0.5) - bare).max() > 1e-3
    assert np.array_equal(likelihoods(host), merged)
    host.adapt(None)
    assert host.adapter is None
    assert np.array_equal(likelihoods(host), bare)


def test_only_a_whole_copy_of_this_adapter_counts(adapter: AdapterFile, copy: Path):
    assert merge.merged_copy(adapter) == copy
    copy.rename(merge.merged_path(replace(adapter, digest="another")))
    assert merge.merged_copy(adapter) is None
    assert merge.merged_copy(replace(adapter, digest="another")) is None
    merge.write_merged(default_weights("chat").path, adapter, copy)
    with copy.open("r+b") as file:
        file.truncate(copy.stat().st_size - 1000)
    assert merge.merged_copy(adapter) is None
    assert [path.name for path in copy.parent.iterdir() if path.name.startswith(".")] == []
