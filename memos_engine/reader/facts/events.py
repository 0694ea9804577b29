"""What happened, or will: events that mark a life, and plans with a date."""

from typing import TYPE_CHECKING

from memos_engine.reader.clauses import Tense, prep_object
from memos_engine.reader.facts.reading import Draft, Reading, bound_to_context
from memos_engine.reader.facts.roles import is_occupation
from memos_engine.reader.lexicon import (
    APPOINTMENTS,
    ARTEFACTS,
    BELONGINGS,
    BODY,
    DIETS,
    INSTRUMENTS,
    OUTINGS,
    STABLE_STATES,
    TRAIT_NOUNS,
    WORKPLACES,
    word_class,
)
from memos_engine.reader.subjects import RELATIONS, About
from memos_engine.types import Kind, Precision

if TYPE_CHECKING:
    from memos_engine.language.pipeline import Token

_MARKING = word_class(
    "die graduate retire diagnose publish emigrate enlist deploy hospitalise hospitalize operate "
    "qualify convert elect award divorce propose undergo survive enrol enroll defend relapse "
    "remarry miscarry christen baptise baptize evict vote naturalise naturalize orphan found"
)
"""Verbs that mark a life whatever they are done to."""
_OPENED = ARTEFACTS | word_class(
    "account window door tab can bottle letter ticket book box jar present gift package parcel mouth eye laptop fridge"
)
"""What is opened in passing; the rest are doors that someone opens to the world."""
_SUFFERED = word_class("accept admit arrest burgle rob mug injure select shortlist vaccinate nominate adopt")
"""Verbs that mark it when done to someone: "I got accepted to Edinburgh"."""
_WITH_OBJECT: dict[str, frozenset[str]] = {
    **dict.fromkeys(
        ("break", "fracture", "sprain", "tear", "injure", "twist", "dislocate", "hurt", "strain", "pull", "burn"), BODY
    ),
    **dict.fromkeys(("pass", "fail"), word_class("exam test driving bar course class interview theory board finals")),
    **dict.fromkeys(
        ("launch", "start"),
        WORKPLACES | word_class("business startup podcast store blog channel newsletter"),
    ),
    **dict.fromkeys(
        ("run", "finish", "complete"),
        word_class(
            "marathon half race ironman triathlon 10k 5k thesis dissertation training chemo degree phd "
            "treatment residency apprenticeship novel studies"
        ),
    ),
    "have": word_class(
        "kitten puppy litter foal "
        "surgery operation baby stroke attack accident miscarriage transplant twin biopsy seizure "
        "bypass scare breakdown chemo son daughter girl boy"
    ),
    "do": word_class("service a-levels gcses traineeship fellowship"),
    "gain": word_class("kilo kg pound weight stone"),
    "give": word_class("birth notice"),
    "hand": word_class("notice resignation"),
    "win": word_class(
        "medal prize award championship tournament competition scholarship lottery race title cup election"
    ),
    "get": word_class(
        "diagnosis promotion scholarship residency citizenship licence license visa offer job raise divorce"
    ),
    "accept": word_class("job offer position place role"),
    "take": word_class("redundancy sabbatical leave"),
    "book": word_class("trip holiday vacation flight cruise ticket retreat"),
    "climb": word_class("kilimanjaro everest mountain blanc rainier"),
    "name": word_class("boat cat dog baby son daughter company"),
    "put": word_class("offer house flat home"),
    "lose": word_class("licence license sight hearing kilo kg pound weight stone parent eye leg arm finger"),
    "serve": word_class("year term sentence"),
    "flee": word_class("country war home"),
    "file": word_class("divorce bankruptcy"),
    "found": word_class("company charity business club band"),
    "survive": word_class("cancer stroke crash accident"),
    "host": word_class("party wedding reunion dinner"),
    "sign": word_class("lease contract"),
    "receive": word_class("diagnosis offer award scholarship citizenship"),
    "bury": word_class("father mother dad mum mom husband wife dog cat"),
}
"""Verbs that mark a life when done to one of these."""
_GOING = word_class("go travel fly drive visit hike cycle sail tour")
_SCHEDULED = word_class(
    "fly leave start arrive travel turn have get graduate retire begin marry move return open expire end finish run"
)
_TERMS = word_class(
    "job contract lease visa passport course pension maternity term semester apprenticeship internship degree leave"
)
_TREATMENTS = APPOINTMENTS | word_class("shot jab vaccination vaccine injection booster")
_SCHOOLS = word_class("university uni college school work")
_TAKEN_UP = word_class(
    "take learn study play train date see practise practice swim run write paint draw cook bake garden cycle "
    "climb box dance row knit sew volunteer meditate journal blog vlog fence ski surf sing act commute fast "
    "homeschool foster"
)
_VAGUE = word_class("be think need look try wonder ask feel let do see work use check eat watch buy talk call say tell")


def happened(reading: Reading) -> Draft | None:
    """Past events worth keeping."""
    clause, target = reading.clause, reading.object
    if clause.modal or not (reading.personal or reading.subject.about is About.PET):
        return None
    if clause.negated:
        never_there = clause.lemma == "be" and clause.prep("to") is not None and clause.has("never")
        return Draft(Kind.FACT) if never_there and clause.tense is Tense.PERFECT else None
    told = clause.tense in (Tense.PAST, Tense.PERFECT) or (clause.tense is Tense.BARE and clause.verb.tag_ == "VBD")
    if not told or clause.verb.tag_ not in ("VBD", "VBN", "VBP"):
        return None
    counted = target is not None and target.tag_ == "CD" and clause.lemma == "turn"
    if target is not None and bound_to_context(target) and target.lower_ != "me" and not counted:
        return None
    return _marked(reading) or _treated(reading) or _begun(reading) or _went(reading)


def _marked(reading: Reading) -> Draft | None:
    clause, target, lemma = reading.clause, reading.object, reading.clause.lemma
    passive = any(child.dep_ == "auxpass" for child in clause.finite.children)
    if lemma in _SUFFERED and not passive:
        return None
    if (
        lemma in _MARKING | _SUFFERED
        or (lemma == "pass" and clause.has("away"))
        or (lemma == "drop" and clause.has("out"))
    ):
        return Draft(Kind.EVENT)
    out = clause.prep("as") if lemma == "come" and clause.has("out") else None
    if out is not None and (out.lower_ in STABLE_STATES or out.lemma_.lower() in STABLE_STATES):
        return Draft(Kind.EVENT)
    if lemma == "run" and clause.has("away") and reading.subject.about is not About.ME:
        return Draft(Kind.EVENT)
    if lemma == "make" and any(word.lower_ == "redundant" for word in clause.verb.children):
        return Draft(Kind.EVENT, "employer", "", ends=True)
    if lemma == "change" and target is not None and _nouns(target) & {"job", "name", "school", "career"}:
        return Draft(Kind.EVENT)
    if lemma == "sign" and clause.has("up") and (to := clause.prep("for")) is not None and not bound_to_context(to):
        return (
            Draft(Kind.EVENT)
            if _nouns(to) & word_class("class course gym marathon lesson club workshop race army")
            else None
        )
    if lemma in ("become", "turn", "go"):
        became = clause.child("attr", "acomp", "oprd", "dobj")
        lasting = became is not None and (
            became.lemma_.lower()
            in DIETS | TRAIT_NOUNS | RELATIONS.keys() | {"citizen", "freelance", "member", "resident"}
            or (lemma == "become" and is_occupation(became))
        )
        turned = lemma == "turn" and target is not None and target.tag_ == "CD"
        return Draft(Kind.EVENT) if lasting or turned else (None if lemma != "go" else _went(reading))
    if lemma == "open" and target is not None and not _nouns(target) & _OPENED:
        new = any(child.lower_ in ("a", "an", "my", "our", "their", "his", "her") for child in target.children)
        return Draft(Kind.EVENT) if new else None
    wanted = _WITH_OBJECT.get(lemma)
    if wanted is not None and target is not None:
        return Draft(Kind.EVENT) if wanted & _nouns(target) else None
    if lemma == "meet" and target is not None and (reading.when or clause.prep("at", "in", "on", "through")):
        known = target.ent_type_ == "PERSON" or any(child.lower_ == "my" for child in target.children)
        return Draft(Kind.EVENT) if known else None
    if lemma == "get" and clause.prep("into") is not None:
        place = clause.prep("into")
        school = place is not None and (
            place.ent_type_ == "ORG" or _nouns(place) & word_class("university college school oxford cambridge")
        )
        return Draft(Kind.EVENT) if school else None
    return None


def _nouns(token: "Token") -> set[str]:
    return {word.lemma_.lower() for word in token.subtree if word.dep_ != "relcl"} | {token.lower_}


def _treated(reading: Reading) -> Draft | None:
    """ "I had my hip replaced", "she had her appendix out"."""
    clause = reading.clause
    body = (word for word in clause.verb.subtree if word.pos_ == "NOUN" and word.i > clause.verb.i)
    if clause.lemma != "have" or not any(word.lemma_.lower() in BODY for word in body):
        return None
    done = any(child.dep_ in ("ccomp", "oprd", "advmod", "prt", "acl", "advcl") for child in clause.verb.children)
    out = any(word.lower_ in ("out", "removed", "replaced") for word in clause.verb.subtree)
    return Draft(Kind.EVENT) if done or out else None


def _begun(reading: Reading) -> Draft | None:
    """ "I started taking sertraline", "I took up swimming", "I've switched to an electric car"."""
    clause, target, lemma = reading.clause, reading.object, reading.clause.lemma
    begun = clause.child("xcomp")
    parted = begun is not None and any(child.dep_ == "prt" for child in begun.children)
    if lemma in ("start", "begin") and not parted and begun is not None and begun.tag_ in ("VBG", "VB"):
        what = next((child for child in begun.children if child.dep_ == "dobj"), None)
        does = begun.lemma_.lower() in _TAKEN_UP or (
            begun.lemma_.lower() in ("work", "teach") and prep_object(begun) is not None
        )
        alone = what is None and begun.lemma_.lower() in (
            "take",
            "learn",
            "study",
            "play",
            "see",
            "date",
            "practise",
            "practice",
        )
        return Draft(Kind.EVENT) if does and not alone and not (what is not None and bound_to_context(what)) else None
    if lemma == "take" and clause.has("up") and target is not None:
        return Draft(Kind.EVENT)
    if lemma == "switch" and (to := clause.prep("to")) is not None:
        worth = _nouns(to) & (BELONGINGS | word_class("diet decaf vegan keto oat"))
        before = clause.prep("from")
        return Draft(Kind.EVENT) if worth or not (bound_to_context(before) or bound_to_context(to)) else None
    if lemma == "decide" and begun is not None:
        school = prep_object(begun, "to")
        if begun.lemma_.lower() in ("go", "return") and school is not None and school.lemma_.lower() in _SCHOOLS:
            return Draft(Kind.EVENT)
        weighty = word_class("become move study retire quit adopt marry divorce emigrate homeschool sell")
        return Draft(Kind.EVENT) if begun.lemma_.lower() in weighty else None
    if lemma in ("pick", "learn") and target is not None and (_nouns(target) & INSTRUMENTS):
        return Draft(Kind.EVENT)
    return None


def _went(reading: Reading) -> Draft | None:
    clause, target, lemma = reading.clause, reading.object, reading.clause.lemma
    place = target if lemma in ("visit", "tour") else clause.prep("to", "in", "across", "through", "around")
    if lemma == "get" and clause.has("back") and target is None:
        return Draft(Kind.EVENT) if any(word.ent_type_ in ("GPE", "LOC") for word in clause.verb.subtree) else None
    if place is None:
        return None
    named = place.ent_type_ in ("GPE", "LOC") or place.lemma_.lower() in ("country", "continent")
    if (
        lemma == "be"
        and clause.tense is Tense.PAST
        and reading.when is not None
        and clause.child("attr", "acomp") is None
    ):
        return Draft(Kind.EVENT) if place.ent_type_ in ("GPE", "LOC") else None
    if (lemma == "be" and clause.tense is Tense.PERFECT) or (lemma == "spend" and target is not None):
        return Draft(Kind.EVENT) if named else None
    if lemma == "arrive" and named and reading.when is not None and reading.when.range.precision is not Precision.DAY:
        return Draft(Kind.EVENT)
    if lemma not in _GOING or bound_to_context(place):
        return None
    if named or place.pos_ == "PROPN":
        return Draft(Kind.EVENT)
    return Draft(Kind.EVENT) if reading.when is not None and place.lemma_.lower() in OUTINGS else None


def planned(reading: Reading) -> Draft | None:
    """What will happen on a date that was said: "I'm flying to Rome on Friday", "my sister gets married in June"."""
    clause, when, target, lemma = reading.clause, reading.when, reading.object, reading.clause.lemma
    if clause.modal not in ("", "have to") or clause.negated or when is None or when.range.end <= reading.base:
        return None
    if reading.subject.about is About.OTHER or (reading.subject.about is About.PET and lemma != "need"):
        return None
    if reading.subject.about is About.THING and reading.subject.relation not in APPOINTMENTS | _TERMS:
        return None
    if target is not None and target.lemma_.lower() in ("lunch", "dinner", "coffee", "drink", "beer", "breakfast"):
        return None
    bare = clause.tense is Tense.BARE and clause.verb.tag_ == "VBG"
    if clause.tense not in (Tense.FUTURE, Tense.PROGRESSIVE, Tense.PRESENT) and not bare:
        return None
    if clause.tense is Tense.PRESENT and lemma not in _SCHEDULED | {"need"}:
        return None
    treated = lemma == "need" and target is not None and _nouns(target) & _TREATMENTS
    vague = lemma in _VAGUE and not treated
    if (
        target is not None and (bound_to_context(target) or target.lemma_.lower() in ARTEFACTS - APPOINTMENTS)
    ) or vague:
        return None
    alone = target is None and clause.child("prep", "xcomp", "prt", "advcl", "acomp", "attr", "ccomp") is None
    if alone and reading.mine and lemma not in _MARKING | {"marry", "move", "remortgage"}:
        return None
    hours = (when.range.start - reading.base).total_seconds() / 3600
    if hours < 3 and when.range.precision is Precision.MINUTE:
        return None
    if hours < 12 and lemma not in _MARKING | {"fly", "marry", "move"} and not (APPOINTMENTS & _nouns(clause.verb)):
        return None
    return Draft(Kind.EVENT)


def away(reading: Reading) -> Draft | None:
    """Where someone is until a date: "my husband is deployed until October"."""
    when = reading.when
    if when is None or when.bound.value != "until" or not reading.personal or reading.clause.negated:
        return None
    return Draft(Kind.EVENT) if reading.clause.tense in (Tense.PRESENT, Tense.PROGRESSIVE) else None
