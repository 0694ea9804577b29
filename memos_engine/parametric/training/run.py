"""The training run: seeded, resumable, and finished in steps that a kill may interrupt."""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from memos_engine.atomic_file import replacing
from memos_engine.errors import InputError
from memos_engine.parametric.training import base_model
from memos_engine.parametric.training.packing import Packed
from memos_engine.parametric.training.peers import Peers
from memos_engine.parametric.training.plan import TrainingPlan

ALONE = Peers()
_LONGEST_GRADIENT = 1.0


@dataclass(frozen=True)
class Step:
    """Where a run is: tokens seen of all, the mean loss of the last step in nats a learnt token as weighed, tokens a
    second."""

    tokens: int
    of: int
    loss: float
    tokens_per_s: float


def train(
    model: Any,
    pack_of: Callable[[int], Packed],
    plan: TrainingPlan,
    *,
    data: str,
    checkpoint: Path,
    on_step: Callable[[Step], None],
    peers: Peers = ALONE,
) -> float:
    """Train the adapter of `model` (as `base_model.load` gives it) on the packs 0, 1, 2 … until the plan's tokens are
    seen.

    `data` names the packs and the base: a checkpoint of the same run at `checkpoint` is gone on from, one of another
    raises `InputError`. With `peers`, each of which calls this with a model of its own, the steps are the same and done
    together. Returns the seconds that the run took, those before the checkpoint too.
    """
    import torch

    base_model.round_fixed(model)
    weights = [weight for weight in model.parameters() if weight.requires_grad]
    optimiser = torch.optim.AdamW(weights, lr=plan.learning_rate, weight_decay=0.0)
    number, seen, took = _resume(model, optimiser, check(checkpoint, plan, data))
    began = kept = time.monotonic()
    before = seen
    model.train()
    while seen < plan.tokens:
        batch: list[Packed] = []
        while sum(len(pack.tokens) for pack in batch) < plan.step_tokens:
            batch.append(pack_of(number))
            number += 1
        seen += sum(len(pack.tokens) for pack in batch)
        for group in optimiser.param_groups:
            group["lr"] = plan.learning_rate * _rate(seen / plan.tokens, plan.warm_up)
        loss = _step(model, batch, plan.opening, peers)
        torch.nn.utils.clip_grad_norm_(weights, _LONGEST_GRADIENT)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        on_step(Step(seen, plan.tokens, loss, (seen - before) / (time.monotonic() - began)))
        if peers.rank == 0 and (time.monotonic() - kept > plan.checkpoint_s or seen >= plan.tokens):
            kept = time.monotonic()
            place = {"run": _name(plan, data), "number": number, "seen": seen, "seconds": took + kept - began}
            _keep(model, optimiser, checkpoint, place)
    model.eval()
    return took + time.monotonic() - began


def _rate(share: float, warm_up: float) -> float:
    if share < warm_up:
        return share / warm_up
    return 0.5 * (1 + math.cos(math.pi * min(1.0, (share - warm_up) / (1 - warm_up))))


def _step(model: Any, batch: Sequence[Packed], opening: float, peers: Peers) -> float:
    import torch

    def counts(pack: Packed) -> Any:
        return torch.from_numpy(np.where(pack.opening[pack.learnt], opening, 1.0).astype(np.float32))

    whole = sum(float(counts(pack).sum()) for pack in batch)
    total = 0.0
    for pack in peers.mine(batch):
        with base_model.precision():
            loss = (losses(model, pack) * counts(pack)).sum() / whole
        loss.backward()
        total += float(loss.detach())
    return peers.add_up([weight for weight in model.parameters() if weight.requires_grad], total)


def losses(model: Any, pack: Packed) -> Any:
    """The loss of each learnt token, in nats: float32 [learnt]. Only their rows meet the vocabulary, which is a fifth
    of the model."""
    import torch

    base = model.get_base_model()
    tokens = torch.from_numpy(pack.tokens)
    hidden = base.model(
        input_ids=tokens[None],
        position_ids=torch.from_numpy(pack.positions)[None],
        attention_mask=torch.where(torch.from_numpy(pack.visible()), 0.0, -math.inf)[None, None],
        use_cache=False,
    ).last_hidden_state[0]
    learnt = torch.from_numpy(pack.learnt).nonzero()[:, 0]
    # Each learnt token stands right behind the one that predicts it: a question's tokens come before its answer's.
    logits = base.lm_head(hidden[learnt - 1])
    return torch.nn.functional.cross_entropy(logits.float(), tokens[learnt], reduction="none")


def _keep(model: Any, optimiser: Any, checkpoint: Path, place: dict[str, Any]) -> None:
    import torch

    state = place | {"adapter": base_model.adapter_of(model), "optimiser": optimiser.state_dict()}
    with replacing(checkpoint) as file:
        torch.save(state, file)


def check(checkpoint: Path, plan: TrainingPlan, data: str) -> dict[str, Any] | None:
    """What a run of `plan` on `data` goes on from; None where there is nothing yet. Raises `InputError` where it is of
    another run."""
    import torch

    if not checkpoint.exists():
        return None
    state: dict[str, Any] = torch.load(checkpoint, weights_only=True)
    if state["run"] != _name(plan, data):
        raise InputError(f"{checkpoint.name} is of another training run.", "Move it away, or train with its plan.")
    return state


def _name(plan: TrainingPlan, data: str) -> dict[str, Any]:
    return {"plan": asdict(plan), "data": data}


def _resume(model: Any, optimiser: Any, state: dict[str, Any] | None) -> tuple[int, int, float]:
    if state is None:
        return 0, 0, 0.0
    base_model.restore(model, state["adapter"])
    optimiser.load_state_dict(state["optimiser"])
    return int(state["number"]), int(state["seen"]), float(state["seconds"])
