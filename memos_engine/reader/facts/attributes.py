"""What is said of someone's things and attributes: "my name is Sam", "my favourite colour is green"."""

from typing import TYPE_CHECKING

from memos_engine.reader.facts.reading import Draft, Reading, bound_to_context, noun_phrase, place_name, without_time
from memos_engine.reader.lexicon import APPOINTMENTS, word_class
from memos_engine.reader.phrasing import finish
from memos_engine.reader.protocol import ME
from memos_engine.types import Kind

if TYPE_CHECKING:
    from memos_engine.language.pipeline import Token

_THING_NOUNS = word_class(
    "eye hair skin password pin passcode passphrase code card key passport iban account ssn name "
    "birthday address phone number email mail job car bike laptop computer house flat apartment "
    "size blood type hobby sign star instrument goal dream degree major background language "
    "tongue religion height weight shoe salary rent commute school university college company "
    "employer team club hometown nationality occupation profession title pronoun surname "
    "anniversary wedding flight appointment exam surgery operation deadline interview thesis "
    "budget doctor dentist landlord handle username timezone zone diet band book drink dish food "
    "meal movie film song colour color season animal game sport subject genre author artist "
    "singer place city country restaurant snack fruit vegetable ice cream flavour flavor dessert "
    "beer wine coffee tea show series player birthdate birth date nickname specialty speciality "
    "field role position motto pet breed allergy age faith sport team shift mortgage fee tenancy lease contract "
    "pronouns ethnicity heritage ancestry roots room desk garden landlady carer optician gp medication dose"
)


def attribute(reading: Reading, said: "Token") -> Draft | None:
    """What `said` tells of something that the speaker (or another person) has."""
    clause, subject = reading.clause, reading.subject
    names = (subject.relation,)
    thing = next((token for token in subject.tokens if token.lemma_.lower() in names or token.lower_ in names), None)
    if thing is None:
        return None
    if thing.ent_type_ in ("NORP", "LANGUAGE") and said.pos_ == "ADJ":
        return Draft(Kind.SKILL)
    describing = [child.lower_ for child in thing.children if child.dep_ in ("amod", "compound")]
    liked = any(_british(word) == "favourite" for word in describing)
    if subject.relation in ("name", "surname", "nickname", "pronoun"):
        return _name(reading, said)
    if clause.negated and not liked:
        return None
    value = noun_phrase(
        said,
        without=frozenset() if subject.relation in ("birthday", "birthdate", "anniversary") else without_time(reading),
    )
    slot = " ".join([*(_british(word) for word in describing), subject.relation])
    if subject.relation in ("one", "part", "bit"):
        return None
    if liked:
        return Draft(Kind.PREFERENCE, slot, value, timed=False)
    if subject.relation in ("birthday", "birthdate", "anniversary"):
        return Draft(Kind.FACT, subject.relation, value, timed=False)
    if subject.relation in ("goal", "dream", "ambition", "hobby", "passion"):
        vague = bound_to_context(said) or said.pos_ == "ADJ"
        return None if vague else Draft(Kind.PREFERENCE, subject.relation, value)
    dated = reading.when is not None
    if said.tag_ == "VBN" and dated and said.lemma_.lower() not in ("close", "open"):
        return Draft(Kind.EVENT)
    lasting = said.pos_ not in ("ADJ", "VERB", "ADV") or dated or said.text[:1].isupper()
    if subject.relation not in _THING_NOUNS | APPOINTMENTS or not (
        lasting
        or said.dep_ == "pobj"
        or subject.relation in ("type", "size", "sign", "colour", "eye", "hair", "skin", "blood")
    ):
        return None
    if any(word in describing for word in ("order", "tracking", "ticket", "flight", "booking", "reference", "case")):
        return None
    if (
        subject.relation == "one"
        or bound_to_context(said)
        or said.lower_ in word_class("problem issue question mess nightmare disaster thing")
    ):
        return None
    if said.ent_type_ == "DATE":
        value = ""
    return Draft(Kind.FACT, slot if value else "", value)


def favourite(reading: Reading) -> Draft | None:
    """ "Sushi is my favourite food": the attribute stands behind the copula."""
    what, thing = reading.clause.subject, reading.complement
    if thing is not None and thing.lemma_.lower() in ("birthday", "anniversary"):
        dated = reading.when is not None and not reading.clause.negated
        text = f"{thing.lemma_.capitalize()}{reading.when.words}" if reading.when else ""
        return Draft(Kind.EVENT, text=text, subject=reading.people.me()) if dated else None
    if what is None or thing is None or what.pos_ == "PRON" or reading.clause.negated:
        return None
    kind = [child for child in thing.children if child.dep_ in ("compound", "amod")]
    slot = " ".join([*(_british(child.lower_) for child in kind), thing.lemma_.lower()])
    value = noun_phrase(what)
    tense = "was" if reading.clause.finite.tag_ == "VBD" else "is"
    owner = f"{reading.people.speaker}'s {slot}" if reading.people.speaker != ME else slot
    return Draft(Kind.PREFERENCE, slot, value, finish(f"{owner} {tense} {value}"), subject=reading.people.me())


def _british(word: str) -> str:
    return "favourite" if word in ("favorite", "fave") else word


def _name(reading: Reading, said: "Token") -> Draft | None:
    if reading.clause.negated or said.pos_ not in ("PROPN", "NOUN", "ADJ", "X", "VERB"):
        return None
    value = place_name(said)
    owner = reading.subject
    mine = owner.label == reading.people.speaker
    slot = "name" if owner.relation != "nickname" else "nickname"
    if mine:
        return Draft(Kind.FACT, slot, value, timed=False)
    return Draft(Kind.FACT, slot, value, f"{owner.phrase} is {value}", timed=False)
