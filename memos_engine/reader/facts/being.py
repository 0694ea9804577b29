"""The copula: whom or what "is", and which of the modules on states, roles and attributes says what it means."""

from typing import TYPE_CHECKING

from memos_engine.reader.clauses import Tense, has_ended
from memos_engine.reader.facts.attributes import attribute, favourite
from memos_engine.reader.facts.limits import is_drug
from memos_engine.reader.facts.reading import Draft, Reading, bound_to_context, noun_phrase, place_name, without_time
from memos_engine.reader.facts.roles import is_occupation, role
from memos_engine.reader.facts.states import age, state
from memos_engine.reader.lexicon import DIETS, PERSON_NOUNS, word_class
from memos_engine.reader.subjects import PETS, RELATIONS, About
from memos_engine.types import Kind

if TYPE_CHECKING:
    from memos_engine.language.pipeline import Token

_TREATMENTS = word_class(
    "medication insulin antidepressant antibiotic diet statin pill metformin keto parole leave thinner benefit pension"
)
_SCHOOLS = word_class("university uni college school academy conservatory seminary kindergarten nursery")
_STANDING_IN = word_class(
    "hospital prison jail rehab hospice care debt recovery remission therapy relationship wheelchair band choir "
    "army navy year grade twenties thirties forties fifties sixties seventies eighties nineties 20s 30s 40s 50s "
    "60s 70s 80s finance marketing sales it"
)


def being(reading: Reading) -> Draft | None:
    """Dispatch of the copula by what it says of whom."""
    clause = reading.clause
    verbless = clause.verb.pos_ not in ("VERB", "AUX") and not clause.verb.tag_.startswith("VB")
    participle = clause.verb.tag_ == "VBN" and any(
        child.dep_ == "auxpass" and child.lemma_ in ("be", "'m", "'s", "get") for child in clause.finite.children
    )
    about = reading.subject.about
    if about is About.THING and clause.tense is Tense.PROGRESSIVE and clause.verb.tag_ == "VBG":
        return attribute(reading, clause.verb)
    if (not clause.is_copula and not verbless and not participle) or clause.child("expl") is not None:
        return None
    said = clause.verb if verbless or participle else reading.complement
    if verbless and (clause.verb.ent_type_ == "PERSON" or clause.verb.tag_ in ("NNP", "NNPS")):
        known = clause.verb.lemma_.lower() in DIETS or is_occupation(clause.verb) or clause.verb.pos_ == "ADJ"
        if not known:
            return None
    if about is About.THING:
        located = word_class(
            "commute birthday anniversary flat apartment house office home room desk shop school garden degree "
            "background masters"
        )
        placed = reading.when is not None or reading.subject.relation in located
        said = said or clause.child("xcomp") or (clause.prep("on", "in", "at", "by") if placed else None)
        if said is None and reading.when is not None:
            said = clause.child("npadvmod", "advmod")
        return None if said is None else attribute(reading, said)
    if about is About.PET:
        return age(reading, said) or _pet(reading, said)
    if about is About.OTHER:
        return favourite(reading)
    if clause.is_copula and not clause.negated and _measured(clause.verb):
        return Draft(Kind.FACT, timed=False)
    if said is None or said.pos_ == "ADP":
        return _placed(reading)
    counted = any(child.dep_ == "nummod" or child.lower_ == "no" for child in said.children)
    if verbless and said.lemma_.lower() in PERSON_NOUNS | PETS and counted:
        others = [child for child in said.children if child.dep_ in ("appos", "conj", "cc", "punct")]
        return Draft(Kind.FACT, leave_out=frozenset(token for child in others for token in child.subtree))
    return age(reading, said) or state(reading, said) or role(reading, said) or _placed(reading)


def _measured(verb: "Token") -> bool:
    """Whether a height stands behind "be": "1.93 m tall", "six foot two"."""
    behind = [token for token in verb.subtree if token.i > verb.i][:4]
    units = any(token.lower_ in word_class("tall m cm metres meters feet foot ft") for token in behind)
    return units and len(behind) > 1 and (behind[0].like_num or behind[0].text[:1].isdigit())


def _pet(reading: Reading, said: "Token | None") -> Draft | None:
    if said is None or bound_to_context(said):
        return None
    if said.pos_ in ("NOUN", "PROPN"):
        return Draft(Kind.FACT, "", noun_phrase(said))
    return state(reading, said)


def _placed(reading: Reading) -> Draft | None:
    """ "I'm from Lagos", "I'm into jazz", "I'm on insulin", "I'm off to Rome", "we've been together since 2016"."""
    clause = reading.clause
    if clause.has("together") and (clause.negated or (reading.when is not None and clause.tense is Tense.PERFECT)):
        return Draft(Kind.FACT, ends=clause.negated)
    staying = clause.prep("in", "at") if clause.tense is Tense.FUTURE and reading.when is not None else None
    if staying is not None and staying.ent_type_ in ("GPE", "LOC", "FAC") and not clause.negated:
        return Draft(Kind.EVENT)
    if clause.verb.pos_ == "ADP":
        inner = next((child for child in clause.verb.children if child.dep_ == "pobj"), None)
        known = _TREATMENTS | _STANDING_IN | {"sabbatical", "job"}
        return Draft(Kind.FACT) if inner is not None and inner.lemma_.lower() in known else None
    taste = clause.prep("into")
    if taste is not None and not bound_to_context(taste):
        return Draft(Kind.PREFERENCE, ends=has_ended(clause))
    at = clause.prep("at", "in")
    if at is not None and at.lemma_.lower() in _SCHOOLS and clause.tense is Tense.PRESENT and not bound_to_context(at):
        taught = not any(child.dep_ == "det" for child in at.children)
        return Draft(Kind.FACT) if taught else None
    if clause.has("off") and clause.tense is Tense.PERFECT and reading.when is not None:
        return Draft(Kind.FACT)
    if at is not None and clause.tense is Tense.PERFECT and reading.when is not None and at.pos_ == "PROPN":
        return Draft(Kind.FACT)
    beside = clause.prep("with")
    if beside is not None and clause.tense is Tense.PERFECT and reading.when is not None and not clause.negated:
        return Draft(Kind.FACT) if beside.lemma_.lower() in RELATIONS or beside.ent_type_ == "PERSON" else None
    taking, inside = clause.prep("on"), clause.prep("in", "between")
    if (
        taking is not None
        and not bound_to_context(taking)
        and (taking.lemma_.lower() in _TREATMENTS or is_drug(taking))
    ):
        return Draft(Kind.FACT)
    if (
        inside is not None
        and reading.when is not None
        and clause.tense is Tense.PERFECT
        and not bound_to_context(inside)
    ):
        return Draft(Kind.FACT)
    if inside is not None and (inside.lemma_.lower() in _STANDING_IN or inside.lower_ in _STANDING_IN | {"jobs"}):
        return Draft(Kind.FACT)
    if clause.has("off", "away") and reading.when is not None and clause.tense is not Tense.PAST:
        place = clause.prep("to", "in")
        return Draft(Kind.EVENT) if place is not None and not bound_to_context(place) else None
    return _origin(reading)


def _origin(reading: Reading) -> Draft | None:
    place = reading.clause.prep("from")
    if reading.clause.verb.pos_ == "NOUN" or place is None or bound_to_context(place):
        return None
    if place.ent_type_ in ("DATE", "TIME") or reading.clause.tense is Tense.FUTURE:
        return None
    named = place.ent_type_ in word_class("GPE LOC NORP ORG PERSON FAC") or place.pos_ == "PROPN"
    within = any(word.ent_type_ in ("GPE", "NORP") for word in place.subtree)
    bare = place.tag_ == "NN" and not any(child.dep_ in ("det", "poss") for child in place.children)
    if not (named or within or bare):
        return None
    value = place_name(place, without=without_time(reading))
    text = "" if reading.subject.phrase else f"{'Not from' if reading.clause.negated else 'From'} {value}"
    return Draft(Kind.FACT, "origin", value, text)
