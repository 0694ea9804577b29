"""How someone lived once: "my grandpa worked in the mines", "I sang in a choir as a child"."""

from memos_engine.reader.clauses import Tense
from memos_engine.reader.facts.reading import Draft, Reading, bound_to_context
from memos_engine.reader.lexicon import INSTRUMENTS, PERSON_NOUNS, word_class
from memos_engine.reader.subjects import About
from memos_engine.types import Kind

_PURSUITS = word_class(
    "play teach fight serve build farm sail fish sing paint sew run own keep breed coach drive speak study dance "
    "weave box race row swim ride act perform preach command captain raise compete train manage lead emigrate "
    "immigrate flee survive work"
)
_WHILE = word_class(
    "child kid boy girl teenager student youth school university college twenties thirties army navy war"
)


def lived_so(reading: Reading) -> Draft | None:
    """A past clause of a relative's pursuits; the speaker's own where it says that it lasted."""
    clause, target = reading.clause, reading.object
    if clause.tense is not Tense.PAST or clause.modal or clause.negated or clause.lemma not in _PURSUITS:
        return None
    if reading.subject.about not in (About.ME, About.PERSON) or clause.finite.dep_ in ("advcl", "relcl", "ccomp"):
        return None
    place = clause.prep("in", "at", "for", "with", "as", "from", "on")
    if bound_to_context(target or place):
        return None
    words = {token.lower_ for token in clause.verb.subtree}
    if reading.mine:
        lasted = words & _WHILE or ("years" in words and "for" in words)
        return Draft(Kind.FACT) if lasted else None
    if not reading.subject.relation or words & word_class("yesterday today tonight last ago morning"):
        return None
    if clause.lemma == "raise":
        return Draft(Kind.FACT) if target is not None and target.lemma_.lower() in PERSON_NOUNS else None
    if clause.lemma == "play" and target is not None:
        return Draft(Kind.FACT) if target.lemma_.lower() in INSTRUMENTS or place is not None else None
    return Draft(Kind.FACT)
