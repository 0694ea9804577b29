"""What someone has: conditions, things, animals, appointments; what they bought and sold."""

from datetime import timedelta
from typing import TYPE_CHECKING

from memos_engine.reader.clauses import Tense, has_ended, prep_object
from memos_engine.reader.facts.people import introduce
from memos_engine.reader.facts.reading import Draft, Reading, bound_to_context, noun_phrase
from memos_engine.reader.lexicon import (
    ABSTRACT,
    APPOINTMENTS,
    ARTEFACTS,
    BELONGINGS,
    CONDITIONS,
    is_condition,
    word_class,
)
from memos_engine.reader.subjects import PETS, RELATIONS, About
from memos_engine.types import Kind, Precision

if TYPE_CHECKING:
    from memos_engine.language.pipeline import Token

_PASSING = (
    ABSTRACT
    | ARTEFACTS
    | word_class(
        "question meeting call headache cold fever cough bruise crush birthday appointment plan job point right "
        "chance problem day week weekend night morning hour year fight argument visit visitor guest temper mood habit "
        "good bad"
    )
)
"""What someone has for a while, or in a manner of speaking."""
_VEHICLES = word_class("car van truck motorbike motorcycle bike tesla toyota honda volvo ford")


def having(reading: Reading) -> Draft | None:
    """ "I have asthma", "we've got two cats", "I have an exam on Friday", "I own a bakery", "I drive a Volvo"."""
    clause, target = reading.clause, reading.object
    if target is None or clause.modal or bound_to_context(target):
        return None
    lemma, noun = clause.lemma, target.lemma_.lower()
    years = target.lemma_ == "year" and not [
        c for c in target.children if c.dep_ in ("prep", "relcl", "amod", "advcl", "acl") and c.lower_ != "old"
    ]
    if lemma == "have" and years and clause.tense is Tense.PRESENT and reading.personal and not clause.negated:
        number = next((child for child in target.children if child.dep_ == "nummod"), None)
        phrase = f"{reading.subject.phrase} is" if reading.subject.phrase else ""
        text = f"{phrase} {number.text} years old".strip() if number is not None else ""
        return Draft(Kind.FACT, "age", number.text, text, timed=False) if number is not None else None
    if lemma == "drive" and (clause.child("oprd", "acomp") is not None or target.lemma_.lower() in RELATIONS):
        return None
    if lemma in ("own", "drive", "ride", "rent") and clause.tense in (Tense.PRESENT, Tense.PERFECT, Tense.FORMER):
        slot = "car" if noun in _VEHICLES or lemma == "drive" else ""
        return Draft(
            Kind.FACT,
            slot if not clause.negated or has_ended(clause) else "",
            noun_phrase(target),
            ends=has_ended(clause),
        )
    if not (
        lemma == "have"
        or (
            lemma == "get"
            and (
                (clause.tense is Tense.PERFECT and clause.finite.lower_ == "got")
                or (clause.finite.lower_ == "got" and clause.tense is Tense.PRESENT)
            )
        )
    ):
        return None
    lasting_pain = noun in ("pain", "ache", "trouble", "problem") and (
        reading.when is not None or any(child.lower_ in ("chronic", "constant") for child in target.children)
    )
    if lasting_pain and clause.tense in (Tense.PERFECT, Tense.PRESENT):
        return Draft(Kind.FACT)
    if (is_condition(noun) or is_condition(target.lower_)) or any(
        child.lemma_.lower() in CONDITIONS for child in target.children
    ):
        if clause.tense in (Tense.PRESENT, Tense.PERFECT, Tense.FORMER, Tense.PAST):
            allergy = noun == "allergy"
            return Draft(
                Kind.FACT,
                "allergy" if allergy and not clause.negated else "",
                _allergen(reading) if allergy else "",
                ends=has_ended(clause),
            )
        return None
    soon = reading.when is not None and (reading.when.range.start - reading.base) < timedelta(hours=12)
    at_once = soon and reading.when is not None and reading.when.range.precision is Precision.MINUTE
    appointment = noun in APPOINTMENTS and reading.when is not None and not clause.negated and not at_once
    if appointment and clause.tense in (Tense.PRESENT, Tense.FUTURE, Tense.PROGRESSIVE):
        return Draft(Kind.EVENT)
    if clause.tense not in (Tense.PRESENT, Tense.PERFECT, Tense.FORMER) or reading.subject.about.value == "thing":
        return None
    if noun in ("surgery", "operation", "stroke", "transplant", "miscarriage") and clause.tense is Tense.PERFECT:
        return Draft(Kind.EVENT)
    theirs = reading.subject.relation and reading.subject.about is About.PERSON and noun not in _PASSING
    if theirs and lemma == "have" and clause.tense is Tense.PRESENT and _counted(target):
        return Draft(Kind.FACT)
    named = (
        any(child.ent_type_ in ("PRODUCT", "ORG") and child.i < target.i for child in target.children)
        or target.ent_type_ == "PRODUCT"
    )
    saved = any(
        child.lower_ in ("saved", "invested")
        or (
            child.lower_ == "in"
            and prep_object(target, "in") is not None
            and str(prep_object(target, "in")) in ("savings", "debt", "stocks")
        )
        for child in target.children
    )
    if saved and target.text[:1].isdigit():
        return Draft(Kind.FACT)
    if (
        noun in BELONGINGS
        or noun in PETS
        or (named and any(child.dep_ == "det" and child.lower_ in ("a", "an") for child in target.children))
    ):
        if clause.tense is Tense.PERFECT and clause.lemma == "have" and reading.when is None:
            return None
        if noun in PETS and not clause.negated:
            introduce(reading, target)
        return Draft(Kind.FACT, "", noun_phrase(target), ends=has_ended(clause))
    if noun in word_class("hair eye blood leg foot vision eyesight skin tooth knee back") and any(
        child.dep_ == "amod" and child.lower_ not in ("left", "right", "own") for child in target.children
    ):
        return Draft(Kind.FACT)
    return None


def _counted(noun: "Token") -> bool:
    """Whether it is told as one or several of a kind: "a vineyard", "three motorbikes"."""
    return any(child.lower_ in ("a", "an") or child.dep_ == "nummod" for child in noun.children)


def _allergen(reading: Reading) -> str:
    target = reading.object
    if target is None:
        return ""
    before = [
        child.text
        for child in target.children
        if child.dep_ in ("compound", "amod") and child.lower_ not in ("severe", "bad", "mild", "serious")
    ]
    to = next(
        (
            grand
            for child in target.children
            if child.dep_ == "prep"
            for grand in child.children
            if grand.dep_ == "pobj"
        ),
        None,
    )
    return noun_phrase(to) if to is not None else " ".join(before)


def acquiring(reading: Reading) -> Draft | None:
    """ "I bought a Tesla", "we adopted a puppy", "I sold my car", "we just got a dog"."""
    clause, target = reading.clause, reading.object
    if not reading.personal or clause.modal or clause.negated or target is None or bound_to_context(target):
        return None
    lemma, noun = clause.lemma, target.lemma_.lower()
    past = clause.tense in (Tense.PAST, Tense.PERFECT, Tense.BARE) and clause.verb.tag_ in ("VBD", "VBN")
    planned = clause.tense in (Tense.PROGRESSIVE, Tense.FUTURE)
    if not past and not planned:
        return None
    if lemma in word_class("buy purchase adopt sell rescue inherit lease rent"):
        if lemma in ("adopt", "rescue") and past:
            introduce(reading, target, pet=noun not in ("child", "baby", "boy", "girl", "son", "daughter"))
        lasting = (
            noun in BELONGINGS
            or noun in PETS
            or lemma in ("adopt", "rescue")
            or target.ent_type_ in ("PRODUCT", "ORG")
            or any(child.ent_type_ in ("PRODUCT", "ORG") for child in target.children)
            or noun in word_class("ticket home place bed sofa camera phone laptop computer baby child ring share stock")
            or any(child.dep_ in ("nummod",) for child in target.children)
        )
        if not lasting and not (reading.when is not None and lemma in ("adopt", "sell", "inherit")):
            return None
        slot = "car" if noun in _VEHICLES and not planned else ""
        return Draft(
            Kind.EVENT,
            slot if lemma == "sell" else "",
            noun_phrase(target)
            if slot and lemma == "sell" and not any(c.lower_ in ("my", "our") for c in target.children)
            else "",
            ends=lemma == "sell" and past,
            follows="bought" if past and lemma in ("buy", "purchase", "adopt", "rescue") else "",
        )
    if lemma in ("crash", "total", "wreck") and past and noun in _VEHICLES:
        return Draft(Kind.EVENT)
    if lemma == "give" and past and clause.has("away") and (noun in BELONGINGS or noun in PETS):
        return Draft(Kind.EVENT, ends=True)
    if lemma == "get" and past and (noun in BELONGINGS or noun in PETS) and noun not in ("job",):
        return Draft(Kind.EVENT, follows="bought" if noun in PETS or noun in _VEHICLES else "")
    if (
        lemma == "get"
        and past
        and noun
        in word_class(
            "job promotion raise scholarship offer tattoo diagnosis licence license visa residency "
            "citizenship vaccine mortgage belt award medal certificate badge diploma degree grant sponsorship"
        )
    ):
        return Draft(Kind.EVENT)
    return None
