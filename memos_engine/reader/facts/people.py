"""Family, partners and friends: who there is, what they are called, who married and parted."""

from typing import TYPE_CHECKING

from memos_engine.reader.clauses import GETTING, Tense, has_ended
from memos_engine.reader.facts.reading import Draft, Reading, bound_to_context, object_of, place_name
from memos_engine.reader.lexicon import MARITAL, PERSON_NOUNS, word_class
from memos_engine.reader.subjects import PETS, RELATIONS, About, full_name
from memos_engine.types import Kind

if TYPE_CHECKING:
    from memos_engine.language.pipeline import Token

_NAMED_THINGS = word_class(
    "company business band boat shop startup blog podcast restaurant bakery book team street village farm house school"
)
_FEASTS = word_class("anniversary promotion graduation retirement engagement")
_NOBODY = word_class("nobody none you")
_PAST = (Tense.PAST, Tense.PERFECT, Tense.BARE)


def having_people(reading: Reading) -> Draft | None:
    """ "I have two kids", "I've got a sister named Ana", "I don't have children", "I have a dog called Rex"."""
    clause, target = reading.clause, reading.object
    if not (clause.lemma in ("have", "get") and target is not None and reading.personal) or clause.modal:
        return None
    if clause.lemma == "get" and not (clause.tense is Tense.PERFECT or clause.finite.lower_ == "got"):
        return None
    noun = target.lemma_.lower()
    if noun not in PERSON_NOUNS and noun not in RELATIONS:
        return None
    if (
        clause.tense in (Tense.PAST, Tense.PERFECT)
        and clause.lemma == "have"
        and noun not in word_class("baby son daughter twin girl boy child")
        and not (clause.tense is Tense.PERFECT and (clause.prep("since") is not None or reading.when is not None))
    ):
        return None
    if bound_to_context(target) or (
        clause.tense is Tense.PROGRESSIVE
        and reading.when is None
        and noun not in ("baby", "sister", "brother", "wife", "husband")
    ):
        return None
    introduce(reading, target)
    past_birth = clause.tense in (Tense.PAST,) and clause.lemma == "have"
    return Draft(Kind.EVENT if past_birth or clause.tense in (Tense.FUTURE, Tense.PROGRESSIVE) else Kind.FACT)


def introduce(reading: Reading, noun: "Token", *, pet: bool = False) -> None:
    """Let "she" and the name find the person just introduced."""
    name = _named_in(noun)
    relation = noun.lemma_.lower()
    own = "my " if reading.mine and not reading.subject.phrase else f"{reading.subject.label}'s "
    from memos_engine.reader.subjects import Subject

    about = About.PET if pet or relation in PETS else About.PERSON
    phrase = f"{own.removeprefix('my ')}{relation} {name}".strip()
    plural = noun.tag_ == "NNS"
    reading.people.met.append(
        Subject(
            about,
            name or f"{own}{relation if not plural else noun.lower_}",
            phrase[:1].upper() + phrase[1:],
            (noun,),
            RELATIONS.get(relation, "any"),
            relation,
            name,
            plural,
        )
    )


def _named_in(noun: "Token") -> str:
    for child in noun.children:
        if child.dep_ in ("acl", "relcl") and child.lemma_.lower() in ("name", "call"):
            name = next((grand for grand in child.children if grand.dep_ in ("oprd", "dobj", "attr")), None)
            if name is not None:
                return full_name(name)
        if child.dep_ == "appos" and child.text[:1].isupper():
            return full_name(child)
    return ""


def naming(reading: Reading) -> Draft | None:
    """ "My wife is called Eva", "everyone calls me Sam", "I go by Sam"."""
    clause = reading.clause
    if clause.negated or clause.modal:
        return None
    if clause.lemma == "call" and reading.subject.about is not About.ME and clause.tense is Tense.PRESENT:
        name = clause.child("oprd", "attr")
        called = [child for child in clause.verb.children if child.dep_ in ("dobj", "nsubj") and child.lower_ == "me"]
        if name is not None and called and clause.subject is not None and clause.subject.lower_ not in _NOBODY:
            if name.pos_ not in ("PROPN", "NOUN") or name.lower_ in ("names", "crazy"):
                return None
            value = place_name(name)
            return Draft(Kind.FACT, "nickname", value, f"Called {value}", timed=False, subject=reading.people.me())
    if clause.lemma in ("call", "name") and reading.subject.about is About.THING:
        name = clause.child("oprd", "dobj", "attr")
        known = reading.subject.relation in _NAMED_THINGS
        if name is None or not known or name.pos_ == "PRON":
            return None
        return Draft(Kind.FACT, f"{reading.subject.relation} name", place_name(name))
    if clause.lemma in ("call", "name") and reading.subject.about in (About.PERSON, About.PET, About.ME):
        name = clause.child("oprd", "dobj", "attr")
        passive = any(child.dep_ == "auxpass" for child in clause.finite.children)
        if name is None or not passive or name.pos_ in ("PRON", "VERB"):
            return None
        value = place_name(name)
        if reading.subject.about is not About.ME:
            reading.people.learn_name(reading.subject.phrase.lower(), value)
        return Draft(Kind.FACT, "name", value, timed=False)
    if clause.lemma == "go" and clause.prep("by") is not None and reading.mine:
        name = clause.prep("by")
        assert name is not None
        if name.pos_ != "PROPN":
            return None
        return Draft(
            Kind.PREFERENCE,
            "name",
            place_name(name),
            "" if reading.subject.phrase else f"Goes by {place_name(name)}",
            timed=False,
        )
    return None


def pairing(reading: Reading) -> Draft | None:
    """ "I married Tom", "we got married in 2019", "I'm getting divorced", "we broke up", "I'm dating Ana"."""
    clause = reading.clause
    if (
        clause.lemma in ("speak", "talk")
        and clause.negated
        and reading.mine
        and (has_ended(clause) or (clause.tense is Tense.PERFECT and reading.when is not None))
    ):
        return Draft(Kind.FACT) if reading.subject.company or clause.prep("to", "with") is not None else None
    if not reading.personal or clause.modal or clause.negated:
        return None
    lemma, target = clause.lemma, reading.object
    became = clause.child("acomp", "oprd") if lemma == "get" else None
    if lemma == "get" and became is None:
        became = clause.child("xcomp", "ccomp")
    state = became.lower_ if became is not None else ""
    joined = clause.finite.dep_ in ("conj", "acl") and clause.verb.tag_ == "VBN" and clause.finite.lower_ in MARITAL
    if joined and not any(child.dep_ in ("aux", "auxpass", "dobj") for child in clause.finite.children):
        word = clause.finite.lower_
        phrase = reading.subject.phrase
        return Draft(Kind.FACT, "marital status", word, f"{phrase} is {word}" if phrase else word.capitalize())
    if lemma in ("marry", "divorce", "engage") or state in ("married", "divorced", "engaged", "hitched"):
        if target is not None and target.pos_ != "PROPN" and target.lemma_.lower() not in RELATIONS:
            return None
        wedded = clause.prep("to") or (object_of(became, "to") if became is not None else None)
        if wedded is not None and wedded.pos_ == "NOUN" and wedded.lemma_.lower() not in RELATIONS:
            return None
        passive_aux = any(child.lower_ in GETTING for child in clause.finite.children)
        word = state or {"marry": "married", "divorce": "divorced", "engage": "engaged"}[lemma]
        if lemma == "marry" and clause.tense is Tense.PRESENT and not passive_aux:
            return Draft(Kind.FACT, "marital status", "married", follows="")
        if clause.tense is Tense.PERFECT and (target is None):
            return Draft(Kind.FACT, "marital status", word)
        settled = clause.tense in _PAST or (passive_aux and clause.tense is Tense.PAST)
        return Draft(Kind.EVENT, "", "", follows=f"got {word}" if settled and clause.verb.tag_ != "VBG" else "")
    if (
        lemma in ("break", "split")
        and clause.has("up")
        and target is None
        and clause.tense in (*_PAST, Tense.PROGRESSIVE)
    ):
        return Draft(Kind.EVENT, "partner", "", ends=True)
    if (
        lemma == "celebrate"
        and target is not None
        and target.lemma_.lower() in _FEASTS
        and clause.tense
        in (
            *_PAST,
            Tense.PROGRESSIVE,
        )
    ):
        return Draft(Kind.EVENT)
    if lemma == "meet" and target is None and reading.mine and clause.finite.dep_ != "relcl" and clause.tense in _PAST:
        we = clause.subject is not None and clause.subject.lower_ == "we"
        return (
            Draft(Kind.EVENT) if we and reading.when is not None and clause.prep("at", "in", "on", "through") else None
        )
    if lemma == "separate" and target is None and clause.tense in _PAST:
        return Draft(Kind.EVENT, "partner", "", ends=True)
    someone = target is not None and target.lower_ in ("someone", "somebody")
    if (lemma == "meet" and target is None and reading.subject.company and clause.tense in _PAST) or (
        lemma == "see" and clause.tense is Tense.PROGRESSIVE and someone
    ):
        return Draft(Kind.EVENT if lemma == "meet" else Kind.FACT)
    if (
        lemma == "date"
        and target is not None
        and not bound_to_context(target)
        and clause.tense in (Tense.PROGRESSIVE, Tense.PERFECT)
    ):
        return Draft(Kind.FACT, "partner", place_name(target))
    if (
        (lemma == "expect" or (lemma == "have" and clause.tense is Tense.PROGRESSIVE))
        and target is not None
        and target.lemma_.lower() in word_class("baby child twin girl boy son daughter grandchild")
    ):
        return Draft(Kind.EVENT)
    return None
