"""The processes of one run: each learns from its share of a step's packs, and their gradients are added up.

Two processes of one thread each do nearly twice the work of one; one process with two threads does a third more, for
the model is small and most of its operations are too short to be shared.
"""

import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from memos_engine.parametric.training.packing import Packed


@dataclass(frozen=True)
class Peers:
    """Which of `count` processes this one is."""

    rank: int = 0
    count: int = 1

    def mine(self, batch: Sequence[Packed]) -> list[Packed]:
        """The packs of a step that this process learns from: the longest first, each goes to whoever has least."""
        shares: list[list[Packed]] = [[] for _ in range(self.count)]
        for pack in sorted(batch, key=lambda pack: len(pack.tokens), reverse=True):
            min(shares, key=lambda share: sum(len(pack.tokens) for pack in share)).append(pack)
        return shares[self.rank]

    def add_up(self, weights: Sequence[Any], loss: float) -> float:
        """Give each of `weights` the sum of its gradients in all processes; returns the sum of their losses."""
        if self.count == 1:
            return loss
        import torch
        from torch import distributed

        gradients = [torch.zeros_like(weight) if weight.grad is None else weight.grad for weight in weights]
        flat = torch.cat([torch.tensor([loss]), *(gradient.reshape(-1) for gradient in gradients)])
        distributed.all_reduce(flat)
        summed = flat[1:].split([weight.numel() for weight in weights])
        for weight, gradient in zip(weights, summed, strict=True):
            weight.grad = gradient.view_as(weight)
        return float(flat[0])


def together(work: Callable[[Peers], None], count: int, meeting: Path) -> None:
    """Call `work` (a function of a module, or a `partial` of one) in `count` processes of one thread each, and wait for
    them. They find one another by the file `meeting`, which must not exist."""
    from torch import multiprocessing

    multiprocessing.spawn(_peer, (work, count, meeting), nprocs=count)


def _peer(rank: int, work: Callable[[Peers], None], count: int, meeting: Path) -> None:
    import torch
    from torch import distributed

    # torch asks for this signal when whoever started us ends; a shell's background job would not hear it.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    torch.set_num_threads(1)
    distributed.init_process_group("gloo", init_method=f"file://{meeting}", rank=rank, world_size=count)
    work(Peers(rank, count))
    distributed.destroy_process_group()
