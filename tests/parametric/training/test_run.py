"""A run learns, counts only answers, and gives the same adapter whether it was interrupted or not."""

from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("torch")

import torch

from memos_engine.errors import InputError
from memos_engine.inference.prompt import Note, PromptParts
from memos_engine.parametric.training import base_model
from memos_engine.parametric.training.packing import Question, pack
from memos_engine.parametric.training.run import Step, losses, train


class StoppedError(Exception):
    """Somebody ends the process."""


def test_a_packed_question_costs_what_it_costs_alone(model, tokeniser):
    notes = (Note("Allergic to peanuts", "3 March 2026"), Note("Lives in Ghent"))
    asked = [
        Question(PromptParts("Where do I live?", notes=notes), "You live in Ghent."),
        Question(PromptParts("What must I not eat?", notes=notes), "Peanuts."),
    ]
    model.eval()
    with torch.no_grad():
        together = losses(model, pack(asked, tokeniser, isolated=False))
        alone = torch.cat([losses(model, pack([question], tokeniser, isolated=False)) for question in asked])
    assert torch.allclose(together, alone, atol=1e-4)


def test_the_loss_falls(model, packs, plan, tmp_path: Path):
    steps: list[Step] = []
    longer = replace(plan, tokens=1_200, learning_rate=3e-3)
    train(
        model,
        lambda number: packs[number % len(packs)],
        longer,
        data="d",
        checkpoint=tmp_path / "run",
        on_step=steps.append,
    )
    assert steps[-1].loss < steps[0].loss / 2
    assert steps[-1].tokens >= longer.tokens


def test_a_run_that_was_killed_goes_on_to_the_same_adapter(base_path, packs, plan, tmp_path: Path):
    def run(checkpoint: Path, steps: int | None) -> dict[str, torch.Tensor]:
        model = base_model.load(base_path, plan)
        seen: list[Step] = []

        def on_step(step: Step) -> None:
            seen.append(step)
            # The checkpoint of a step is written after it was told: what is told twice is not learnt twice.
            if steps is not None and len(seen) > steps:
                raise StoppedError

        train(model, lambda number: packs[number % len(packs)], plan, data="d", checkpoint=checkpoint, on_step=on_step)
        return base_model.adapter_of(model)

    whole = run(tmp_path / "whole", None)
    with pytest.raises(StoppedError):
        run(tmp_path / "cut", 2)
    resumed = run(tmp_path / "cut", None)
    assert whole.keys() == resumed.keys()
    for name, weight in whole.items():
        assert torch.allclose(weight, resumed[name], atol=1e-6), name


def test_a_checkpoint_of_other_data_is_refused(model, packs, plan, tmp_path: Path):
    train(
        model,
        lambda number: packs[number % len(packs)],
        plan,
        data="one",
        checkpoint=tmp_path / "run",
        on_step=lambda _: None,
    )
    with pytest.raises(InputError):
        train(
            model,
            lambda number: packs[number % len(packs)],
            plan,
            data="another",
            checkpoint=tmp_path / "run",
            on_step=lambda _: None,
        )
