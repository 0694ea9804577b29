"""How a reply begins: what else speaks for or against its first words, beside the model."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_SURE = 50.0
"""What no sampling setting reaches."""


def log_sum(logits: npt.NDArray[np.float32]) -> float:
    """Natural log of the sum of the exponentials of float32 [n]."""
    top = float(logits.max())
    return top + float(np.log(np.exp(logits - top).sum()))


@dataclass(frozen=True)
class Opening:
    """Evidence for the first words of a reply. The model's odds for them and `log_odds` together decide, before the
    first token is drawn, whether the reply begins so: many other words share what is left, so that the likeliest of
    them may be less likely than words that are wrong."""

    words: str
    log_odds: float
    """Natural logarithm; negative: against."""

    def decide(self, logits: npt.NDArray[np.float32], token: int) -> None:
        """Write the decision into the `logits` float32 [vocabulary] of the first token, `token` being that of the
        words."""
        own = float(logits[token])
        logits[token] = -np.inf
        highest = float(logits.max())
        begins = own + self.log_odds > log_sum(logits)
        logits[token] = highest + _SURE if begins else highest - _SURE
