"""What two memories' words tell about each other, without a model: the same, one within the other, or the opposite.

Deliberately narrow. No cosine threshold separates a duplicate from a related memory, so only these are acted upon;
everything else that is near goes to the review list.
"""

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from memos_engine.cube.ids import normalise
from memos_engine.language.numerals import NUMERALS

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?|[,;:.!?]")


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_EMPTY = _set(
    "a an the is are am be being do does 's i my me mine he she it they his her its "
    "their you your this that these those very really quite so just also too as"
)
"""Words that a memory says the same without."""

_FUNCTION = _EMPTY | _set(
    "been was were did has have had and or but if of in on at to from by with for about into over after before between "
    "during since until up down out off than then there here when where who what which how why not no never any some "
    "all each both more most other such can could will would shall should may might must used get got , ; : . ! ?"
)
"""Words that do not help to find a memory."""

_NEGATIONS = _set("not no never n't cannot without neither nor")
_LIKING = _set("like likes love loves enjoy enjoys adore adores")
_DISLIKING = _set("dislike dislikes hate hates detest detests loathe loathes")

_MAY_FOLLOW = _set("and , in at since on with for from because near during named called")
"""Words that open an addition: what stands before them was said without it."""

_CONDITIONS = _set("if unless or but when except until")


@cache
def _stemmer() -> Any:
    import snowballstemmer

    return snowballstemmer.stemmer("porter")


@cache
def stem(word: str) -> str:
    """The Porter stem of a folded word, as the full-text index makes it."""
    return str(_stemmer().stemWord(word))


def _words(text: str) -> list[str]:
    evened = normalise(text).replace("’", "'").replace("n't", " not").replace("can not", "cannot")
    return _WORD.findall(evened)


def content_words(text: str) -> list[str]:
    """The words that carry a memory's meaning, folded, in order, each once."""
    return list(dict.fromkeys(word for word in _words(text) if word not in _FUNCTION))


def key_words(text: str) -> list[str]:
    """The content words that a memory shares with its opposite and its shorter or longer forms."""
    return [word for word in content_words(text) if word not in _LIKING | _DISLIKING | {"longer", "more", "anymore"}]


def _core(text: str) -> tuple[str, ...]:
    return tuple(word for word in _words(text) if word not in _EMPTY and word not in ".!?")


def _stems(words: Sequence[str]) -> list[str]:
    return [stem(word) for word in words]


def entails(full: str, part: str) -> bool:
    """Whether `full` says all that `part` says: the same words, or `part` and an addition behind it.

    "Allergic to peanuts and shellfish" entails "Allergic to peanuts"; "Likes dogs but not cats" does not entail "Likes
    cats", nor "Works with Ana's brother" "Works with Ana".
    """
    longer, shorter = _core(full), _core(part)
    if not shorter or _stems(longer[: len(shorter)]) != _stems(shorter):
        return False
    rest = longer[len(shorter) :]
    if not rest:
        return True
    return len(shorter) > 1 and rest[0] in _MAY_FOLLOW and not (_CONDITIONS | _NEGATIONS) & set(rest)


def opposite(first: str, second: str) -> bool:
    """Whether one says of the same thing what the other denies: "Likes coffee", "Does not like coffee"."""
    (one, one_denied), (other, other_denied) = _polarity(first), _polarity(second)
    return bool(one) and one == other and one_denied != other_denied


def _polarity(text: str) -> tuple[tuple[str, ...], bool]:
    denied = False
    rest: list[str] = []
    for word in _words(text):
        if word in _NEGATIONS:
            denied = not denied
        elif word in _DISLIKING:
            denied = not denied
            rest.append("<like>")
        elif word in _LIKING:
            rest.append("<like>")
        elif word not in _EMPTY and word not in {"any", "more", "anymore", "longer", ".", "!", "?"}:
            rest.append(stem(word))
    return tuple(rest), denied


def differ_in_number(first: str, second: str) -> bool:
    """Whether they are the same words but for a number: "Has two cats", "Has 3 cats"."""
    (one, counts), (other, counted) = _form(first), _form(second)
    return one == other and counts != counted


def _form(text: str) -> tuple[list[str], list[str]]:
    """The stems of a memory's words with a sign for each number, and the numbers."""
    words = _core(text)
    numbers = [NUMERALS.get(word, word) for word in words if word in NUMERALS or word.isnumeric()]
    return ["#" if word in NUMERALS or word.isnumeric() else stem(word) for word in words], numbers


def spans_of_words(text: str, wanted: Sequence[str]) -> list[tuple[int, int]]:
    """Where words with the stems of `wanted` stand in `text`."""
    stems = {stem(word) for word in wanted}
    return [match.span() for match in _WORD.finditer(text) if stem(normalise(match.group()).replace("’", "'")) in stems]
