"""How an adapter is trained: what decides its outcome, in one place, as its card will tell it."""

from dataclasses import dataclass

MODULES = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
"""All linear layers of a Llama block, by their names in transformers."""


@dataclass(frozen=True)
class TrainingPlan:
    """A run. `tokens` counts what passes through the model, contexts and answers; the learning rate rises over the
    first `warm_up` of them and falls along a cosine. A step of the optimiser follows each `step_tokens`."""

    tokens: int = 2_500_000
    rank: int = 16
    alpha: int = 32
    learning_rate: float = 2e-3
    warm_up: float = 0.03
    step_tokens: int = 1_792
    opening: float = 4.0
    """How much more the first tokens of an answer count: with them it decides whether it answers."""
    isolated: float = 0.5
    """Share of the contexts whose notes do not see one another."""
    seed: int = 1
    checkpoint_s: float = 180.0
    """Seconds of work that a kill may cost."""
