"""Templates of sentences, spoken by the person, to the person, or as a tidy memory.

`{s}` is the subject ("I", "you", "my sister", "Amara"), `{o}` the same as an object ("me"), `{s's}` its possessive,
`{s'm}`, `{s've}`, `{s'll}`, `{s'd}` the contractions that only "I" and "you" take; `{they}`, `{them}`, `{their}` and
`{themself}` take it up, and so does each `{s}` after the first. `[work]` is a verb in the present, `[be]`, `[was]`,
`[have]`, `[don't]`, `[isn't]` likewise. `{job}` is a slot's value, `{a job}` the same with its article.
`<really|very|>` is one of its parts, by chance.
"""

import random
import re
from collections.abc import Mapping
from enum import StrEnum

from memos_engine.parametric.marks import NAME_OPEN, OPEN, marked, unmarked
from memos_engine.parametric.people import Naming, Subject

_CHOICE = re.compile(r"<([^<>]*)>")
_SLOT = re.compile(r"\{([^{}]+)\}")
_SUBJECT = re.compile(r"\{(?:s|s'\w+|o)\}")
_WITH = re.compile(r"\{s\} and (\{\w+\})")
"""Of two, one names oneself last: "Kofi and I"."""
_VERB = re.compile(r"\[([^\[\]]+)\]")
_SENTENCE = re.compile(rf"((?:[.!?] +|\n- ){OPEN}?)([a-z])")
_SPACES = re.compile(r"[ \t]+")
_IRREGULAR = {"be": "is", "have": "has", "do": "does", "go": "goes", "was": "was"}
_NEGATED = {
    "don't": ("don't", "don't", "doesn't"),
    "isn't": ("am not", "are not", "isn't"),
    "haven't": ("haven't", "haven't", "hasn't"),
    "wasn't": ("wasn't", "weren't", "wasn't"),
}
_CONTRACTIONS = {"m": ("am", "are", "is"), "ve": ("have", "have", "has"), "ll": ("will",) * 3, "d": ("would",) * 3}
_AN = re.compile(r"(?:[aeiou]|8|11\b|18\b|MRI|SLR|SUV|L-|NGO|hour|honest|heir)", re.IGNORECASE)
_NOT_AN = re.compile(r"(?:uni|use|usu|uku|eu|one\b|once|Ural|Uzbek)", re.IGNORECASE)


class View(StrEnum):
    """From where a sentence looks at the person."""

    SAID = "said"
    """The person speaks: "I", "my sister"."""
    REPLY = "reply"
    """The program answers: "you", "your sister"."""
    MEMORY = "memory"
    """A tidy memory: "Works as a baker", "Sister Amara works as a nurse"."""


def render(
    template: str,
    subject: Subject,
    values: Mapping[str, str],
    view: View,
    chance: random.Random,
    naming: Naming = Naming.FULL,
) -> str:
    """`template` as a clause: not capitalised, and the values still in their marks (see `plain`). Raises `KeyError` for
    a slot that `values` lacks."""
    text = _CHOICE.sub(lambda match: chance.choice(match[1].split("|")), template)
    if subject.is_me and view is View.SAID:
        text = _WITH.sub(r"\1 and {s}", text)
    person = 2 if not subject.is_me or view is View.MEMORY else 0 if view is View.SAID else 1
    text = _VERB.sub(lambda match: _verb(match[1], person), text)
    said, done, at = naming, [], 0
    for match in _SLOT.finditer(text):
        done += [text[at : match.start()], _slot(match[1], subject, values, view, person, said)]
        at = match.end()
        if match[1] in ("s", "o") or match[1].startswith("s'"):
            said = Naming.PRONOUN
    return "".join((*done, text[at:]))


def names_subject(template: str) -> bool:
    """Whether it says whom it is about."""
    return _SUBJECT.search(template) is not None


def opens_with_subject(template: str) -> bool:
    """Whether it begins with whom it is about: then it is a clause that may stand behind "you told me that"."""
    return _SUBJECT.match(template) is not None


def slots_of(template: str) -> frozenset[str]:
    """Names of the slots that a template needs."""
    names = {name.removeprefix("a ") for name in _SLOT.findall(template)}
    return frozenset(name for name in names if not _is_person(name))


def plain(text: str) -> str:
    """The finished sentence: marks taken away, a capital at every start, one space between words."""
    text = _SPACES.sub(" ", text).strip().replace(" ,", ",").replace(" .", ".")
    start = 1 if text.startswith((OPEN, NAME_OPEN)) else 0
    text = text[:start] + text[start : start + 1].upper() + text[start + 1 :]
    text = _SENTENCE.sub(lambda match: match[1] + match[2].upper(), text)
    return unmarked(text)


def sentence(text: str) -> str:
    """`plain`, and with a full stop where nothing ends it (a list needs none)."""
    done = plain(text)
    return done if done.endswith((".", "!", "?", "…")) or "\n- " in done else f"{done}."


def with_article(value: str) -> str:
    """ "a" or "an" before `value`."""
    return "an" if _AN.match(value) and not _NOT_AN.match(value) else "a"


def third_person(verb: str) -> str:
    """The form that "she" takes: "works", "studies", "has"."""
    if verb in _IRREGULAR:
        return _IRREGULAR[verb]
    if verb.endswith(("s", "sh", "ch", "x", "z", "o")):
        return f"{verb}es"
    return f"{verb[:-1]}ies" if verb.endswith("y") and verb[-2:-1] not in "aeiou" else f"{verb}s"


def _verb(verb: str, person: int) -> str:
    low = verb[:1].lower() + verb[1:]
    if low in _NEGATED:
        form = _NEGATED[low][person]
    elif low == "be":
        form = ("am", "are", "is")[person]
    elif low == "was":
        form = ("was", "were", "was")[person]
    elif person == 2:
        head, _, rest = low.partition(" ")
        form = f"{third_person(head)} {rest}".strip()
    else:
        form = low
    return form[:1].upper() + form[1:] if verb[:1].isupper() else form


def _is_person(name: str) -> bool:
    return name in ("s", "o", "they", "them", "their", "themself", "then", "list", "n_words") or name.startswith("s'")


def _slot(name: str, subject: Subject, values: Mapping[str, str], view: View, person: int, naming: Naming) -> str:
    if name.startswith("a ") and name[2:] in values:
        value = values[name[2:]]
        return f"{with_article(value)} {marked(value)}"
    if name in ("then", "list", "n_words"):
        return values[name]
    if name in values:
        return marked(values[name])
    if name in ("they", "them", "their", "themself"):
        return subject.pronouns(view.value)[name]
    said = subject.said(view.value, naming)
    if name == "s":
        return said
    if name == "o":
        return subject.object(view.value, naming)
    if name == "s's":
        return subject.owner(view.value, naming)
    if name.startswith("s'"):
        short = name[2:]
        full = _CONTRACTIONS[short][person]
        if view is View.MEMORY and subject.is_me:
            return "" if short == "m" else full
        return f"{said}'{'re' if (short, person) == ('m', 1) else short}" if subject.is_me else f"{said} {full}"
    raise KeyError(name)
