"""Words with which a reply begins instead, where what it says first does not stand."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Logits = npt.NDArray[np.float32]
"""[vocabulary], of the token to come."""

_LONGEST_SENTENCE = 240
"""Characters after which a first sentence is judged as far as it came."""
_SENTENCE_END = re.compile(r"(?<=\w\w)[^\w\s]*[.!?…。！？]+[^\w\s]*\s|\n")
"""Not behind an initial or a number: "at 8. May"."""


def log_sum(logits: Logits) -> float:
    """Natural log of the sum of the exponentials of float32 [n]."""
    top = float(logits.max())
    return top + float(np.log(np.exp(logits - top).sum()))


def first_sentence(text: str) -> str | None:
    """The first sentence of a reply that grows, once it has ended."""
    end = _SENTENCE_END.search(text)
    if end is not None and text[: end.start()].strip():
        return text[: end.end()].strip()
    return text if len(text) > _LONGEST_SENTENCE else None


@dataclass(frozen=True)
class Fallback:
    """A reply is first written as if it could not begin as `words` do, and shown from the end of its first sentence on,
    if that `stands`; else it is begun once more, with the words."""

    words: str
    stands: Callable[[float, str], bool]
    """Takes the odds (natural logarithm) that the model gives to any other first token than that of the words, and the
    first sentence. Called on the inference thread."""

    def bar(self, logits: Logits, token: int) -> float:
        """Keep the reply from beginning with `token`, the first one of the words, in the `logits` of its first
        token. Returns the log odds that the model gave to any other."""
        own = float(logits[token])
        logits[token] = -np.inf
        return log_sum(logits) - own
