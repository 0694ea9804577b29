"""Torch, and the base model on it: in the environment of `make test-train`; elsewhere those tests are left out."""

from pathlib import Path
from typing import Any

import pytest

from memos_engine.inference.prompt import Note, PromptParts
from memos_engine.inference.session import LlamaSession
from memos_engine.parametric.training.packing import Packed, Question, pack
from memos_engine.parametric.training.plan import TrainingPlan
from memos_engine.resources import default_weights


@pytest.fixture(scope="session")
def base_path() -> Path:
    """The GGUF file that adapters are trained for."""
    return default_weights("chat").path


@pytest.fixture
def plan() -> TrainingPlan:
    """A run of a few steps."""
    return TrainingPlan(tokens=600, step_tokens=120, rank=4, alpha=8, checkpoint_s=0.0)


@pytest.fixture
def model(base_path: Path, plan: TrainingPlan) -> Any:
    """The base model in torch with a fresh adapter."""
    pytest.importorskip("torch")
    from memos_engine.parametric.training import base_model

    return base_model.load(base_path, plan)


@pytest.fixture(scope="session")
def packs(tokeniser: LlamaSession) -> tuple[Packed, ...]:
    """Three contexts of two questions."""
    told = (
        ("Allergic to peanuts", "What must I not eat?", "You must not eat peanuts: you are allergic to them."),
        ("Lives in Ghent", "Where do I live?", "You live in Ghent."),
        ("my sister Ana is a baker", "What does Ana do?", "Your sister Ana is a baker."),
    )
    return tuple(
        pack(
            [
                Question(PromptParts(asked, notes=(Note(note),)), answer),
                Question(PromptParts("What is my dog called?", notes=(Note(note),)), "I don't know its name."),
            ],
            tokeniser,
            isolated=number == 0,
        )
        for number, (note, asked, answer) in enumerate(told)
    )
