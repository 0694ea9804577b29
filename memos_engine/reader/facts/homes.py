"""Where someone lives, lived, comes from and moves to."""

from memos_engine.reader.clauses import Tense, has_ended
from memos_engine.reader.facts.reading import Draft, Reading, bound_to_context, place_name, without_time
from memos_engine.reader.lexicon import word_class
from memos_engine.reader.subjects import About
from memos_engine.types import Kind

_REGIONS = word_class(
    "countryside city coast suburb country seaside mountain village us uk states netherlands island north south"
)
_HOME_OBJECTS = word_class("house flat apartment home place")


def living(reading: Reading) -> Draft | None:
    """ "I live in Ghent", "I've been living in Rome since 2019", "we used to live in Berlin"."""
    clause = reading.clause
    if clause.lemma not in ("live", "reside", "stay") or not reading.personal or clause.modal:
        return None
    if clause.lemma == "stay" and clause.tense not in (Tense.PRESENT,):
        return None
    place = clause.prep("in", "near", "outside", "on") or clause.prep("at")
    company = clause.prep("with")
    beside = clause.prep("by", "next", "above", "opposite", "across", "between", "below", "to", "off", "of")
    if place is None and beside is not None and not bound_to_context(beside) and clause.tense is Tense.PRESENT:
        return Draft(Kind.FACT)
    if place is None or place.lower_ in ("moment", "present"):
        if (company is not None and (company.lower_ in ("us", "me") or not bound_to_context(company))) or clause.has(
            "alone"
        ):
            return Draft(Kind.FACT, ends=has_ended(clause))
        return None
    if place.lower_ in ("moment", "world", "way", "present", "past") or bound_to_context(place):
        return None
    past = clause.tense in (Tense.PAST, Tense.PAST_PROGRESSIVE)
    over = has_ended(clause)
    value = place_name(place, without=without_time(reading))
    if past:
        return Draft(Kind.FACT, "", value)
    slot = "residence" if not clause.negated or over else ""
    return Draft(Kind.FACT, slot if clause.tense is not Tense.FUTURE else "", value, ends=over)


def moving(reading: Reading) -> Draft | None:
    """ "I moved from Porto to Utrecht", "we're moving to Ghent next month", "I moved in with Tom"."""
    clause = reading.clause
    if clause.lemma not in ("move", "relocate", "emigrate", "immigrate") or not reading.personal or clause.modal:
        return None
    moved = clause.child("dobj")
    if not clause.negated and moved is not None and moved.lower_ in ("house", "home", "flat", "flats", "apartments"):
        return Draft(Kind.EVENT) if reading.when is not None else None
    if clause.negated or moved is not None:
        return None
    target = clause.prep("to", "into")
    if target is None and clause.child("prep") is not None and clause.child("prep").lower_ == "to":  # type: ignore[union-attr]
        return None
    without = without_time(reading)
    settled = clause.tense in (Tense.PAST, Tense.PERFECT, Tense.BARE)
    if target is None:
        here = clause.prep("from", "in", "out", "here") or clause.child("advmod", "prt", "prep", "dobj")
        if here is None or clause.tense is Tense.PRESENT or here.lower_ in ("on", "forward", "ahead", "around", "past"):
            return None
        return (
            Draft(Kind.EVENT)
            if clause.prep("with", "from") is not None
            or here.lower_ in word_class("here abroad house home out again")
            or clause.has("together")
            else None
        )
    if bound_to_context(target) or target.lower_ in word_class(
        "next question step topic point section folder file server team department"
    ):
        return None
    definite = any(child.dep_ == "det" and child.lower_ == "the" for child in target.children)
    if definite and target.ent_type_ not in ("GPE", "LOC") and target.lemma_.lower() not in _REGIONS:
        return None
    value = place_name(target, without=without)
    if clause.tense is Tense.PRESENT and clause.finite.tag_ != "VBN":
        return None
    if clause.verb.tag_ == "VBG" and clause.tense is Tense.BARE:
        settled = False
    is_home = target.lower_ in _HOME_OBJECTS or any(child.dep_ in ("det", "poss") for child in target.children)
    follows = "moved to" if settled and not (is_home and target.ent_type_ == "") else ""
    return Draft(Kind.EVENT, "", value, follows=follows)


def growing_up(reading: Reading) -> Draft | None:
    """ "I grew up in Lagos", "I was born in 1990 in Porto", "born and raised in Cork"."""
    clause = reading.clause
    if not reading.personal or clause.modal or clause.negated:
        return None
    lemma = clause.lemma
    aided = [clause.finite, clause.finite.head] if clause.finite.dep_ == "conj" else [clause.finite]
    passive = any(child.dep_ == "auxpass" for verb in aided for child in verb.children) or clause.tense is Tense.BARE
    if lemma == "raise" and not passive:
        return None
    if lemma == "grow" and (clause.child("prt") is not None or clause.has("up")):
        return (
            Draft(Kind.FACT)
            if clause.prep("in", "on", "near", "with", "outside", "around", "as", "speaking") is not None
            or clause.child("acomp", "oprd", "attr") is not None
            else None
        )
    if lemma in ("bear", "raise", "born") or clause.verb.lower_ in ("born", "raised"):
        place = clause.prep("in", "near", "on")
        newborn = reading.mine and reading.when is not None and (reading.base - reading.when.range.start).days < 1500
        if newborn:
            return None
        bare_name = reading.subject.about is About.PERSON and not reading.subject.relation
        faith = clause.child("oprd", "acomp", "attr", "xcomp") if lemma == "raise" else None
        if faith is not None and not bare_name and faith.ent_type_ in ("NORP", "LANGUAGE"):
            return Draft(Kind.FACT)
        if bare_name or (place is None and reading.when is None):
            return None
        at = (
            place_name(place)
            if place is not None and (reading.when is None or place not in reading.when.tokens)
            else ""
        )
        return Draft(Kind.FACT, "birthplace" if at and lemma == "bear" else "", at)
    if lemma in ("base", "locate", "settle") and clause.prep("in") is not None:
        place = clause.prep("in")
        assert place is not None
        if bound_to_context(place):
            return None
        return Draft(
            Kind.FACT, "residence" if lemma != "locate" else "", place_name(place, without=without_time(reading))
        )
    came = clause.tense is Tense.PAST and reading.when is not None
    if lemma == "come" and clause.prep("from") is not None and (clause.tense is Tense.PRESENT or came):
        place = clause.prep("from")
        assert place is not None
        if bound_to_context(place) or place.lower_ in ("background",):
            return None
        if came:
            return Draft(Kind.EVENT) if place.ent_type_ == "GPE" else None
        return Draft(Kind.FACT, "origin" if place.pos_ == "PROPN" else "", place_name(place))
    return None
