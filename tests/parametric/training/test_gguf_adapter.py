"""llama.cpp computes with the adapter's file what torch computes with its weights."""

import ctypes
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies

pytest.importorskip("torch")

import torch

from memos_engine.inference.adapter_file import read_adapter
from memos_engine.inference.header import read_header
from memos_engine.inference.library import llama
from memos_engine.inference.session import LlamaSession
from memos_engine.parametric.training import base_model, gguf_adapter

TEXT = "My sister Ana lives in Porto, bakes bread at four in the morning, and is allergic to peanuts."


@pytest.fixture(scope="session")
def unquantised(base_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The base model with its weights as they are in torch, so that the rounding of blocks does not blur the check."""
    file = tmp_path_factory.mktemp("base") / "float32.gguf"
    parameters = llama().llama_model_quantize_default_params()
    parameters.ftype, parameters.allow_requantize = 0, True
    assert llama().llama_model_quantize(str(base_path).encode(), str(file).encode(), ctypes.byref(parameters)) == 0
    return file


def likelihoods(model: Any, tokens: list[int]) -> list[float]:
    """Of each token after the first, by torch."""
    model.eval()
    with torch.no_grad():
        logs = torch.log_softmax(model(input_ids=torch.tensor([tokens])).logits[0].float(), -1)
    return [float(logs[place, token]) for place, token in enumerate(tokens[1:])]


def test_each_number_agrees_with_torch(model, plan, base_path: Path, unquantised: Path, tmp_path: Path):
    noise = torch.Generator().manual_seed(3)
    for name, weight in model.named_parameters():
        if "lora_B" in name:
            weight.data = torch.randn(weight.shape, generator=noise) * 0.03
    file = tmp_path / "adapter.gguf"
    base = read_header(base_path)
    gguf_adapter.write(file, base_model.adapter_of(model), alpha=plan.alpha, base=base, name="noise")
    assert read_adapter(file, base).rank == plan.rank
    session = LlamaSession(unquantised, context=128, threads=1)
    tokens = session.tokenise(TEXT)
    bare = session.log_likelihoods(tokens[:1], tokens[1:])
    adapter = llama().llama_adapter_lora_init(session._model, str(file).encode())
    llama().llama_set_adapters_lora(session._context, (type(adapter) * 1)(adapter), 1, (ctypes.c_float * 1)(1.0))
    session.forget()
    adapted = session.log_likelihoods(tokens[:1], tokens[1:])
    session.close()
    assert np.abs(np.subtract(adapted, bare)).max() > 0.1
    assert np.allclose(adapted, likelihoods(model, tokens), atol=0.02)


@given(heads=strategies.integers(1, 9), half=strategies.integers(1, 8), width=strategies.integers(1, 5))
def test_the_rotary_order_pairs_the_halves_of_each_head(heads, half, width):
    rows = np.arange(heads * 2 * half * width).reshape(heads * 2 * half, width)
    turned = gguf_adapter.rotary_order(rows, heads).reshape(heads, half, 2, width)
    whole = rows.reshape(heads, 2, half, width)
    assert np.array_equal(turned[:, :, 0], whole[:, 0])
    assert np.array_equal(turned[:, :, 1], whole[:, 1])
