"""Which adapter belongs to which model."""

from collections.abc import Callable
from pathlib import Path

import pytest

from memos_engine.inference.catalogue import inspect
from memos_engine.parametric.card import AdapterCard, card_of, write_card
from memos_engine.parametric.registry import AdapterRegistry
from memos_engine.resources import default_weights
from memos_engine.types import ModelInfo

Make = Callable[..., Path]


@pytest.fixture(scope="session")
def model() -> ModelInfo:
    """The chat model that came along."""
    return inspect(default_weights("chat").path, context=512)


def with_card(path: Path, base_digest: str) -> Path:
    """Give an adapter its card."""
    write_card(path, AdapterCard("Answers.", "SmolLM2", base_digest, "data", {"rank": 4.0}, 1.0))
    return path


def test_a_model_has_the_adapter_whose_card_names_it(make_adapter: Make, model: ModelInfo):
    path = with_card(make_adapter(), model.digest)
    found = AdapterRegistry((path.parent,)).of(model)
    assert found is not None
    assert (found.path, found.card.purpose, found.problem) == (path, "Answers.", "")
    assert found.file is not None
    assert found.file.rank == 4


def test_other_models_have_none(make_adapter: Make, model: ModelInfo):
    path = with_card(make_adapter(), "another")
    assert AdapterRegistry((path.parent,)).of(model) is None


def test_a_folder_that_is_not_there_offers_none(tmp_path: Path, model: ModelInfo):
    assert AdapterRegistry((tmp_path / "none",)).of(model) is None


def test_an_adapter_without_a_readable_card_is_not_offered(make_adapter: Make, model: ModelInfo):
    path = make_adapter()
    registry = AdapterRegistry((path.parent,))
    assert registry.of(model) is None
    card_of(path).write_text("{")
    assert registry.of(model) is None


def test_a_damaged_adapter_is_offered_with_what_is_wrong(make_adapter: Make, model: ModelInfo):
    path = with_card(make_adapter(), model.digest)
    path.write_bytes(path.read_bytes()[:-40])
    found = AdapterRegistry((path.parent,)).of(model)
    assert found is not None
    assert found.file is None
    assert path.name in found.problem


def test_a_chosen_adapter_comes_before_the_others(make_adapter: Make, model: ModelInfo, tmp_path: Path):
    path = with_card(make_adapter(), model.digest)
    chosen = tmp_path / "mine.gguf"
    chosen.write_bytes(path.read_bytes())
    with_card(chosen, model.digest)
    registry = AdapterRegistry((path.parent,))
    registry.choose(chosen)
    found = registry.of(model)
    assert found is not None
    assert found.path == chosen
