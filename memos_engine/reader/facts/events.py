"""What happened, or will: events that mark a life, and plans with a date."""

from memos_engine.reader.clauses import Tense
from memos_engine.reader.facts.reading import Draft, Reading, bound_to_context
from memos_engine.reader.lexicon import APPOINTMENTS, word_class
from memos_engine.types import Kind, Precision

_LIFE = word_class(
    "die graduate retire diagnose win publish emigrate enlist deploy hospitalise hospitalize "
    "operate pass fail qualify convert elect award promote divorce propose undergo break fracture "
    "sprain survive found launch enrol enroll defend relapse miscarry christen baptise baptize "
    "accept admit evict"
)
_GOING = word_class("go travel fly drive visit hike cycle sail tour")
_BODY = word_class("leg arm wrist ankle foot hand hip collarbone rib nose back knee toe finger shoulder tooth acl")


def happened(reading: Reading) -> Draft | None:
    """Past events worth keeping."""
    clause = reading.clause
    if clause.negated and clause.tense is Tense.PERFECT and not clause.modal and reading.personal:
        return (
            Draft(Kind.FACT) if clause.lemma == "be" and clause.prep("to") is not None and clause.has("never") else None
        )
    if clause.modal or clause.negated or not (reading.personal or reading.subject.about.value == "pet"):
        return None
    if clause.tense not in (Tense.PAST, Tense.PERFECT, Tense.BARE) or clause.verb.tag_ not in ("VBD", "VBN"):
        return None
    lemma, target = clause.lemma, reading.object
    if target is not None and bound_to_context(target) and target.lower_ not in ("me",):
        return None
    if lemma in word_class("break fracture sprain tear injure twist"):
        return Draft(Kind.EVENT) if target is not None and target.lemma_.lower() in _BODY else None
    if lemma in word_class("pass fail win publish defend found launch accept undergo survive"):
        if target is None and not any(c.dep_ == "auxpass" for c in clause.finite.children):
            return Draft(Kind.EVENT) if lemma == "pass" and clause.has("away") else None
        nouns = {word.lemma_.lower() for word in (target.subtree if target is not None else clause.verb.subtree)}
        if lemma in ("pass", "fail") and not nouns & word_class(
            "exam test driving bar course class interview theory boards"
        ):
            return None
        if lemma == "launch" and not nouns & word_class("business company startup podcast shop product"):
            return None
        return Draft(Kind.EVENT)
    if lemma == "admit" and clause.prep("to") is None:
        return None
    if lemma in _LIFE:
        return Draft(Kind.EVENT)
    if lemma == "pass" and clause.has("away"):
        return Draft(Kind.EVENT)
    if lemma == "give" and target is not None and target.lemma_.lower() in ("birth", "notice"):
        return Draft(Kind.EVENT)
    if (
        lemma == "have"
        and target is not None
        and target.lemma_.lower()
        in word_class("surgery operation baby stroke attack accident miscarriage transplant twin biopsy seizure bypass")
    ):
        return Draft(Kind.EVENT)
    if (
        lemma in ("run", "finish", "complete")
        and target is not None
        and {w.lemma_.lower() for w in target.subtree}
        & word_class(
            "marathon half race ironman triathlon 10k 5k thesis dissertation training chemo degree phd treatment"
        )
    ):
        return Draft(Kind.EVENT)
    if (
        lemma in ("meet",)
        and target is not None
        and (reading.when is not None or clause.prep("at", "in") is not None)
        and (target.ent_type_ == "PERSON" or any(c.lower_ == "my" for c in target.children))
    ):
        return Draft(Kind.EVENT)
    if lemma == "turn" and target is not None and target.tag_ == "CD":
        return Draft(Kind.EVENT)
    if lemma == "get" and clause.has("back") and target is None:
        place = clause.prep("from", "in")
        return (
            Draft(Kind.EVENT)
            if place is not None and any(w.ent_type_ in ("GPE", "LOC") for w in clause.verb.subtree)
            else None
        )
    return _went(reading)


def _went(reading: Reading) -> Draft | None:
    clause, target = reading.clause, reading.object
    lemma = clause.lemma
    place = target if lemma in ("visit", "tour") else clause.prep("to", "in", "across", "through", "around")
    if (
        lemma == "be"
        and clause.tense is Tense.PERFECT
        and place is not None
        and place.ent_type_ in ("GPE", "LOC", "NORP")
    ):
        return Draft(Kind.EVENT)
    if lemma in ("spend",) and target is not None and place is not None and place.ent_type_ in ("GPE", "LOC"):
        return Draft(Kind.EVENT)
    if lemma not in _GOING or place is None or bound_to_context(place):
        return None
    if place.ent_type_ in ("GPE", "LOC") or place.pos_ == "PROPN":
        return Draft(Kind.EVENT)
    dated = reading.when is not None and reading.when.range.precision in (
        Precision.YEAR,
        Precision.MONTH,
        Precision.DAY,
    )
    if dated and place.lemma_.lower() in APPOINTMENTS | word_class(
        "hospital dentist doctor museum festival conference beach mountain theatre opera retreat funeral er"
    ):
        return Draft(Kind.EVENT)
    return None


def planned(reading: Reading) -> Draft | None:
    """What will happen on a date that was said: "I'm flying to Rome on Friday", "my sister gets married in June"."""
    clause, when = reading.clause, reading.when
    if (
        clause.modal not in ("", "have to")
        or clause.negated
        or when is None
        or (not reading.personal and reading.subject.about.value != "thing")
    ):
        return None
    if clause.tense not in (Tense.FUTURE, Tense.PROGRESSIVE, Tense.PRESENT) or when.range.end <= reading.base:
        return None
    lemma, target = clause.lemma, reading.object
    if clause.tense is Tense.PRESENT and lemma not in word_class(
        "fly leave start arrive travel turn have get graduate retire begin marry move return open expire"
    ):
        return None
    if (target is not None and bound_to_context(target)) or lemma in word_class(
        "be think need look try wonder ask feel let do see work"
    ):
        return None
    hours = (when.range.start - reading.base).total_seconds() / 3600
    if hours < 12 and lemma not in _LIFE | {"fly", "marry", "move"} and not _marked(reading):
        return None
    return Draft(Kind.EVENT)


def _marked(reading: Reading) -> bool:
    words = {word.lemma_.lower() for word in reading.clause.verb.subtree}
    return bool(words & APPOINTMENTS)
