"""An adapter is checked against its base before llama.cpp sees it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from memos_engine.errors import ModelRejectedError, NotFoundError
from memos_engine.inference.adapter_file import AdapterFile, read_adapter
from memos_engine.inference.header import GgufHeader, read_header
from memos_engine.inference.host import ModelHost
from memos_engine.inference.prompt import Note, PromptParts
from memos_engine.inference.sampling import Sampling
from memos_engine.inference.template import ChatMessage

QUERY = "blk.0.attn_q.weight"
WIDTH, RANK = 576, 4
Make = Callable[..., Path]


@pytest.fixture(scope="session")
def base(model_path: Path) -> GgufHeader:
    """The header of the model that came along."""
    return read_header(model_path)


@pytest.fixture
def make(make_adapter: Make) -> Make:
    """Writes an adapter for the base, different where a test says so."""
    return make_adapter


def pair(rank: int = RANK, width: int = WIDTH, *, form: Any = np.float16) -> dict[str, np.ndarray]:
    """Both matrices of the first query projection."""
    return {
        f"{QUERY}.lora_a": np.full((rank, width), 0.5, form),
        f"{QUERY}.lora_b": np.full((width, rank), 0.5, form),
    }


def test_a_fitting_adapter_tells_what_it_is(make: Make, base: GgufHeader):
    adapter = read_adapter(make(), base)
    assert (adapter.name, adapter.rank, adapter.parameters) == ("Craft", RANK, 2 * RANK * WIDTH)
    assert adapter.digest


@pytest.mark.parametrize(
    ("different", "said"),
    [
        ({"architecture": "gemma"}, "another kind of model"),
        ({"form": "alora"}, "no LoRA adapter"),
        ({"alpha": 0.0}, "how strong"),
        ({"alpha": float("nan")}, "how strong"),
        ({"digest": "0" * 64}, "another model"),
        ({"tensors": {}}, "pairs"),
        ({"tensors": {f"{QUERY}.lora_a": np.ones((RANK, WIDTH), np.float16)}}, "pairs"),
        ({"tensors": pair() | {"blk.0.attn_k.weight": np.ones((4, 4), np.float16)}}, "pairs"),
        ({"tensors": {name.replace("blk.0", "blk.99"): values for name, values in pair().items()}}, "does not have"),
        ({"tensors": pair(width=WIDTH - 1)}, "do not fit the model"),
        ({"tensors": pair() | {f"{QUERY}.lora_b": np.ones((WIDTH, RANK + 1), np.float16)}}, "do not fit each other"),
        ({"tensors": pair() | {f"{QUERY}.lora_b": np.ones(WIDTH, np.float16)}}, "do not fit each other"),
        ({"tensors": pair(rank=300)}, "rank"),
        ({"tensors": pair(form=np.int32)}, "form"),
        ({"tensors": pair() | {f"{QUERY}.lora_b": np.full((WIDTH, RANK), np.nan, np.float16)}}, "no number"),
        ({"tensors": pair() | {f"{QUERY}.lora_b": np.full((WIDTH, RANK), np.inf, np.float32)}}, "no number"),
    ],
)
def test_what_does_not_fit_is_refused_and_says_why(make: Make, base: GgufHeader, different: dict[str, Any], said: str):
    with pytest.raises(ModelRejectedError, match=said):
        read_adapter(make(**different), base)


def test_two_ranks_are_refused(make: Make, base: GgufHeader):
    value = {name.replace("attn_q", "attn_output"): values for name, values in pair(rank=2).items()}
    with pytest.raises(ModelRejectedError, match="rank"):
        read_adapter(make(pair() | value), base)


@pytest.mark.parametrize("kept", [0, 3, 20, 200, -1])
def test_a_cut_file_is_refused(make: Make, base: GgufHeader, kept: int):
    file = make()
    file.write_bytes(file.read_bytes()[:kept])
    with pytest.raises(ModelRejectedError):
        read_adapter(file, base)


def test_a_model_is_no_adapter(model_path: Path, base: GgufHeader):
    with pytest.raises(ModelRejectedError, match="no LoRA adapter"):
        read_adapter(model_path, base)


def test_no_file(tmp_path: Path, base: GgufHeader):
    with pytest.raises(NotFoundError):
        read_adapter(tmp_path / "none.gguf", base)


SAID = (ChatMessage("user", "Where do I live?"),)


@pytest.fixture
def adapter(make: Make, base: GgufHeader) -> AdapterFile:
    """One that changes what the model says."""
    return read_adapter(make(), base)


def likelihoods(host: ModelHost, strength: float = 1.0) -> list[float]:
    return host.log_likelihoods(SAID, "You live in Ghent.", adapter=strength)


def test_an_adapter_changes_what_is_said_and_leaves_no_trace_when_it_goes(host: ModelHost, adapter: AdapterFile):
    bare = likelihoods(host)
    host.adapt(adapter)
    assert host.adapter == adapter
    adapted = likelihoods(host)
    assert np.abs(np.subtract(adapted, bare)).max() > 0.01
    assert likelihoods(host, strength=0.5) not in (adapted, bare)
    assert likelihoods(host, strength=0) == bare
    host.adapt(None)
    assert host.adapter is None
    assert likelihoods(host) == bare
    host.adapt(adapter)
    assert likelihoods(host) == adapted
    host.adapt(None)


def test_a_small_model_with_an_adapter_is_given_all_notes(host: ModelHost, adapter: AdapterFile):
    parts = PromptParts("Where do I live?", notes=(Note("Lives in Ghent"),) * 5)
    shown = host.build(parts, Sampling())
    host.adapt(adapter)
    learnt = host.build(parts, Sampling())
    host.adapt(None)
    assert len(learnt.notes) == 5 > len(shown.notes)


def test_a_reply_says_how_strongly_the_adapter_counts(host: ModelHost, adapter: AdapterFile):
    prompt = host.build(PromptParts("Where do I live?", notes=(Note("Lives in Ghent"),)), Sampling(adapter=0))
    sampling = Sampling(temperature=0, max_tokens=12, seed=1)
    bare = host.generate(prompt, sampling).text
    host.adapt(adapter)
    adapted = host.generate(prompt, sampling).text
    without = host.generate(prompt, replace(sampling, adapter=0)).text
    host.adapt(None)
    assert without == bare != adapted


def test_an_adapter_of_another_model_is_refused_when_it_comes_to_serve(host: ModelHost, adapter: AdapterFile):
    with pytest.raises(ModelRejectedError, match="another model"):
        host.adapt(replace(adapter, base_digest="another"))
    assert host.adapter is None


def test_an_adapter_that_is_gone_is_refused_and_the_model_goes_on(host: ModelHost, adapter: AdapterFile):
    bare = likelihoods(host)
    with pytest.raises(ModelRejectedError, match="could not be loaded"):
        host.adapt(replace(adapter, path=adapter.path.with_name("gone.gguf"), digest="gone"))
    assert host.adapter is None
    assert likelihoods(host) == bare
