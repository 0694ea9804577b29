"""A rough verdict on a passphrase, to warn of what is quickly guessed."""

from enum import StrEnum
from itertools import pairwise
from math import log2

from memos_engine.types import SHORTEST_PASSPHRASE


class Strength(StrEnum):
    """What the person is told."""

    TOO_SHORT = f"Too short: at least {SHORTEST_PASSPHRASE} characters."
    WEAK = "Weak: a few words more, or a longer one."
    FAIR = "Fair: one more word makes it strong."
    STRONG = "Strong."


def strength(passphrase: str) -> Strength:
    """By length and variety: repeated and neighbouring letters ("aaaa", "1234", "abcd") count for little."""
    if len(passphrase) < SHORTEST_PASSPHRASE:
        return Strength.TOO_SHORT
    steps = {abs(ord(second) - ord(first)) for first, second in pairwise(passphrase)}
    unlike = 1 + sum(abs(ord(second) - ord(first)) > 1 for first, second in pairwise(passphrase))
    variety = min(len(set(passphrase)), 3 * len(steps))
    bits = min(unlike, len(passphrase)) * log2(max(2, variety))
    if bits < 40:
        return Strength.WEAK
    return Strength.FAIR if bits < 60 else Strength.STRONG


def objection(given: str, again: str) -> str:
    """Why `given`, and `again` in the second field, cannot become the passphrase; empty when they can."""
    if not given:
        return "Several words that you can remember are better than one that is hard to type."
    verdict = strength(given)
    if verdict is Strength.TOO_SHORT:
        return str(verdict)
    if again != given:
        return "The two are not the same." if again else f"{verdict} Now the same again."
    return ""
