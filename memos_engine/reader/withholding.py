"""Candidates that hold a secret are withheld; a secret that no rule made a candidate of is offered as it was said."""

import re
from collections.abc import Sequence
from dataclasses import replace

from memos_engine.reader import material
from memos_engine.reader.secrets import SECRET, SecretSpan
from memos_engine.types import Candidate, Kind

_BREAK = re.compile(r"[.!?]\s+|[,;\n]\s*|\s+(?:and|but|so)\s+", re.IGNORECASE)
_LEADS = re.compile(
    r"(?:(?:and|but|so|btw|by the way|ok|okay|hi|hey|remember(?: that)?|note that|fyi)\b[\s,:]*)*"
    r"(?:(?:my|our|the)\s+)?",
    re.IGNORECASE,
)
_LONGEST = 120
"""Characters before a secret that are still taken to tell of it."""


def withhold(text: str, found: Sequence[Candidate], secrets: Sequence[SecretSpan], subject: str) -> list[Candidate]:
    """`found` with what touches a secret withheld, and one withheld candidate for each secret that none says in full.

    What lies in code, quotes or pasted text is nobody's to remember, so nothing is offered of it.
    """
    if not secrets:
        return list(found)
    unsaid = [*material.hidden(text), *material.quoted(text)]
    kept = list(found)
    for secret in secrets:
        words = text[secret.start : secret.end]
        kept = [_withheld(each, words) if _touches(each, secret) else each for each in kept]
        if any(_touches(each, secret) and words in each.text for each in kept):
            continue
        if any(start <= secret.start and secret.end <= end for start, end in unsaid):
            continue
        parts = [part for part in words.split() if any(character.isdigit() for character in part)]
        kept = [each for each in kept if not (_touches(each, secret) and any(part in each.text for part in parts))]
        kept.append(_as_said(text, secret, subject))
    return sorted(kept, key=lambda each: (each.start, each.end))


def _touches(candidate: Candidate, secret: SecretSpan) -> bool:
    return secret.start < candidate.end and candidate.start < secret.end


def _withheld(candidate: Candidate, words: str) -> Candidate:
    return replace(
        candidate,
        withheld=True,
        value=words if candidate.value and words.startswith(candidate.value) else candidate.value,
        sensitivity=tuple(sorted({*candidate.sensitivity, SECRET})),
        inferred=(),
    )


def _as_said(text: str, secret: SecretSpan, subject: str) -> Candidate:
    """The stretch of the sentence that tells of the secret, in its own words."""
    end = max(secret.end, secret.told_to)
    start = max(0, secret.start - _LONGEST)
    while 0 < start < secret.start and not text[start - 1].isspace():  # never begin within a word
        start += 1
    for broken in _BREAK.finditer(text, start, secret.start):
        start = broken.end()
    while start < secret.start and text[start].isspace():
        start += 1
    told = _LEADS.sub("", text[start:end], count=1)
    return Candidate(
        text=told if start == secret.start else told[:1].upper() + told[1:],
        kind=Kind.FACT,
        subject=subject,
        quote=text[start:end],
        start=start,
        end=end,
        sensitivity=(SECRET,),
        withheld=True,
    )
