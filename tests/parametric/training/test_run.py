"""A run learns, counts only answers, and gives the same adapter whether it was interrupted or not."""

import shutil
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

pytest.importorskip("torch")

import torch

from memos_engine.errors import InputError
from memos_engine.inference.prompt import Note, PromptParts
from memos_engine.parametric.training import base_model
from memos_engine.parametric.training.packing import Packed, Question, pack
from memos_engine.parametric.training.peers import Peers, together
from memos_engine.parametric.training.plan import TrainingPlan
from memos_engine.parametric.training.run import Step, _step, losses, train


class Packs:
    """The packs again and again, in every process the same."""

    def __init__(self, packs: Sequence[Packed]) -> None:
        self._packs = packs

    def __call__(self, number: int) -> Packed:
        return self._packs[number % len(self._packs)]


def share(base: Path, packs: Sequence[Packed], plan: TrainingPlan, folder: Path, peers: Peers) -> None:
    """A process of two: keeps the loss and the gradient that it has after a step."""
    model = base_model.load(base, plan)
    loss = _step(model, packs, plan.opening, peers)
    gradient = torch.cat([weight.grad.reshape(-1) for weight in model.parameters() if weight.requires_grad])
    torch.save({"loss": loss, "gradient": gradient}, folder / f"{peers.rank}")


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
        Packs(packs),
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

        train(model, Packs(packs), plan, data="d", checkpoint=checkpoint, on_step=on_step)
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
        Packs(packs),
        plan,
        data="one",
        checkpoint=tmp_path / "run",
        on_step=lambda _: None,
    )
    with pytest.raises(InputError):
        train(
            model,
            Packs(packs),
            plan,
            data="another",
            checkpoint=tmp_path / "run",
            on_step=lambda _: None,
        )


def test_processes_that_share_a_step_have_its_whole_gradient_and_loss(base_path, packs, plan, tmp_path: Path):
    """Two processes, each with a model of its own and its share of the packs, against this one with all of them."""
    model = base_model.load(base_path, plan)
    loss = _step(model, packs, plan.opening, Peers())
    alone = torch.cat([weight.grad.reshape(-1) for weight in model.parameters() if weight.requires_grad])
    together(partial(share, base_path, packs, plan, tmp_path), 2, tmp_path / "meeting")
    for rank in range(2):
        shared = torch.load(tmp_path / f"{rank}", weights_only=True)
        assert shared["loss"] == pytest.approx(loss, rel=1e-2)
        assert torch.nn.functional.cosine_similarity(shared["gradient"], alone, dim=0) > 0.99
        assert float(shared["gradient"].norm()) == pytest.approx(float(alone.norm()), rel=0.05)


def test_each_pack_of_a_step_is_learnt_by_one_process(packs):
    for batch in ([], [*packs], [*packs, *packs]):
        shares = [Peers(rank, 3).mine(batch) for rank in range(3)]
        learnt = sorted(id(pack) for share in shares for pack in share)
        assert learnt == sorted(map(id, batch))
    assert [len(Peers(rank, 3).mine([*packs, *packs])) for rank in range(3)] == [2, 2, 2]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # torch's own, where it loads its compiler
def test_compiled_blocks_cost_what_the_plain_ones_do(base_path, packs, plan):
    if shutil.which("g++") is None:
        pytest.skip("there is no C++ compiler")
    plain, compiled = base_model.load(base_path, plan), base_model.load(base_path, plan)
    base_model.compile_blocks(compiled)
    with torch.no_grad():
        for pack in packs:
            assert torch.allclose(losses(plain, pack), losses(compiled, pack), atol=1e-3)
