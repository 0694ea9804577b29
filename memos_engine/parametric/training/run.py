"""The training run: seeded, resumable, and finished in steps that a kill may interrupt."""

import math
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from memos_engine.atomic_file import replacing
from memos_engine.errors import InputError
from memos_engine.parametric.training import base_model
from memos_engine.parametric.training.packing import Packed
from memos_engine.parametric.training.plan import TrainingPlan

_WEIGHT_DECAY = 0.0
_LONGEST_GRADIENT = 1.0


@dataclass(frozen=True)
class Step:
    """Where a run is: tokens seen of all, the mean loss of the last step in nats a learnt token, tokens a second."""

    tokens: int
    of: int
    loss: float
    tokens_per_s: float


def train(
    model: Any,
    packs: Sequence[Packed],
    plan: TrainingPlan,
    *,
    digest: str,
    checkpoint: Path,
    on_step: Callable[[Step], None],
) -> None:
    """Train the adapter of `model` (as `base_model.load` gives it) on `packs` until the plan's tokens are seen.

    The packs come in an order that the seed decides, again and again. `digest` names the data and the base: a
    checkpoint of the same run at `checkpoint` is gone on from, one of another raises `InputError`.
    """
    import torch

    weights = [weight for weight in model.parameters() if weight.requires_grad]
    optimiser = torch.optim.AdamW(weights, lr=plan.learning_rate, weight_decay=_WEIGHT_DECAY)
    run = {"plan": asdict(plan), "digest": digest}
    seen = _resume(model, optimiser, checkpoint, run)
    began, kept, before = time.monotonic(), time.monotonic(), seen
    order = _Order(len(packs), plan.seed)
    done = 0
    model.train()
    while seen < plan.tokens:
        batch: list[Packed] = []
        while sum(len(pack.tokens) for pack in batch) < plan.step_tokens:
            batch.append(packs[order.next()])
        size = sum(len(pack.tokens) for pack in batch)
        done += size
        if done <= seen:
            continue
        for group in optimiser.param_groups:
            group["lr"] = plan.learning_rate * _rate(done / plan.tokens, plan.warm_up)
        loss = _step(model, batch)
        torch.nn.utils.clip_grad_norm_(weights, _LONGEST_GRADIENT)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        seen = done
        on_step(Step(seen, plan.tokens, loss, (seen - before) / (time.monotonic() - began)))
        if time.monotonic() - kept > plan.checkpoint_s or seen >= plan.tokens:
            kept = time.monotonic()
            _keep(model, optimiser, checkpoint, run, seen)
    model.eval()


class _Order:
    """An endless order of `count` things, reshuffled each time round."""

    def __init__(self, count: int, seed: int) -> None:
        self._random = random.Random(seed)
        self._count = count
        self._left: list[int] = []

    def next(self) -> int:
        if not self._left:
            self._left = list(range(self._count))
            self._random.shuffle(self._left)
        return self._left.pop()


def _rate(share: float, warm_up: float) -> float:
    if share < warm_up:
        return share / warm_up
    return 0.5 * (1 + math.cos(math.pi * min(1.0, (share - warm_up) / (1 - warm_up))))


def _step(model: Any, batch: Sequence[Packed]) -> float:
    learnt = sum(int(pack.learnt.sum()) for pack in batch)
    total = 0.0
    for pack in batch:
        loss = losses(model, pack).sum() / learnt
        loss.backward()
        total += float(loss.detach())
    return total


def losses(model: Any, pack: Packed) -> Any:
    """The loss of each learnt token, in nats: float32 [learnt]. Only their rows meet the vocabulary, which is a fifth
    of the model."""
    import torch

    base = model.get_base_model()
    tokens = torch.from_numpy(pack.tokens)
    hidden = base.model(
        input_ids=tokens[None],
        position_ids=torch.from_numpy(pack.positions)[None],
        attention_mask=torch.from_numpy(pack.visible())[None, None],
        use_cache=False,
    ).last_hidden_state[0]
    learnt = torch.from_numpy(pack.learnt).nonzero()[:, 0]
    # Each learnt token stands right behind the one that predicts it: a question's tokens come before its answer's.
    logits = base.lm_head(hidden[learnt - 1])
    return torch.nn.functional.cross_entropy(logits.float(), tokens[learnt], reduction="none")


def _keep(model: Any, optimiser: Any, checkpoint: Path, run: dict[str, Any], seen: int) -> None:
    import torch

    state = {"run": run, "seen": seen, "adapter": base_model.adapter_of(model), "optimiser": optimiser.state_dict()}
    with replacing(checkpoint) as file:
        torch.save(state, file)


def _resume(model: Any, optimiser: Any, checkpoint: Path, run: dict[str, Any]) -> int:
    import torch

    if not checkpoint.exists():
        return 0
    state = torch.load(checkpoint, weights_only=True)
    if state["run"] != run:
        raise InputError(f"{checkpoint.name} is of another training run.", "Move it away, or train with its plan.")
    base_model.restore(model, state["adapter"])
    optimiser.load_state_dict(state["optimiser"])
    return int(state["seen"])
