"""What someone is: "I'm allergic to nuts", "I'm 34", "my name is Sam", "my sister is a nurse", "my car is a Volvo"."""

from typing import TYPE_CHECKING

from memos_engine.reader.clauses import Tense, has_ended
from memos_engine.reader.facts.attributes import attribute
from memos_engine.reader.facts.reading import (
    Draft,
    Reading,
    bound_to_context,
    conjuncts,
    noun_phrase,
    object_of,
    place_name,
    without_time,
)
from memos_engine.reader.lexicon import (
    DIETS,
    MARITAL,
    MOMENTS,
    NOT_OCCUPATIONS,
    OCCUPATIONS,
    STABLE_STATES,
    TRAIT_NOUNS,
    word_class,
)
from memos_engine.reader.subjects import About
from memos_engine.types import Kind

if TYPE_CHECKING:
    from memos_engine.language.pipeline import Token


def being(reading: Reading) -> Draft | None:
    """Dispatch of the copula by what it says of whom."""
    clause = reading.clause
    verbless = clause.verb.pos_ not in ("VERB", "AUX") and not clause.verb.tag_.startswith("VB")
    participle = clause.verb.tag_ == "VBN" and any(
        child.dep_ == "auxpass" and child.lemma_ in ("be", "'m", "'s") for child in clause.finite.children
    )
    if not clause.is_copula and not verbless and not participle:
        return None
    said = clause.verb if verbless or participle else reading.complement
    if said is not None and clause.child("expl") is not None:
        return None
    if reading.subject.about is About.THING:
        said = said or clause.prep("on", "in", "at")
        return None if said is None else attribute(reading, said)
    if reading.subject.about is About.PET:
        return _age(reading, said) or _pet(reading, said)
    if said is None:
        return _somewhere(reading)
    return _age(reading, said) or _adjective(reading, said) or _noun(reading, said) or _somewhere(reading)


def _age(reading: Reading, said: "Token | None") -> Draft | None:
    if said is None:
        return None
    years = next((child for child in said.children if child.dep_ == "npadvmod" and child.lemma_ == "year"), None)
    number: Token | None = None
    unit = "years"
    if said.lower_ == "old" and years is not None:
        number = next((child for child in years.children if child.dep_ == "nummod"), None)
    elif said.lower_ == "old":
        months = next(
            (child for child in said.children if child.dep_ == "npadvmod" and child.lemma_ in ("month", "week")), None
        )
        if months is not None:
            number, unit = next((child for child in months.children if child.dep_ == "nummod"), None), months.text
    elif said.tag_ == "CD" and said.text.isdigit() and not list(said.rights) and 1 <= int(said.text) <= 119:
        number = said
    elif said.lemma_ == "year" and said.i + 1 < len(said.doc) and said.nbor(1).lower_ == "old":
        number = next((child for child in said.children if child.dep_ == "nummod"), None)
    if number is None or reading.clause.negated:
        return None
    if reading.clause.tense is Tense.FUTURE:
        return Draft(Kind.EVENT)
    text = (
        f"{reading.subject.phrase} is {number.text} {unit} old"
        if reading.subject.phrase
        else f"{number.text} {unit} old"
    )
    return Draft(Kind.FACT, "age", number.text, text.strip(), timed=False)


def _adjective(reading: Reading, said: "Token") -> Draft | None:
    word = said.lower_
    if word in ("allergic", "intolerant") or (word == "allergic" and reading.personal):
        what = object_of(said, "to", "of")
        compound = [child for child in said.children if child.dep_ in ("npadvmod", "compound", "amod")]
        if what is None and not compound:
            return None
        value = (
            " and ".join(
                noun_phrase(item, without=frozenset(other.i for other in conjuncts(item)[1:])) for item in [what]
            )
            if what
            else compound[0].text
        )
        return Draft(
            Kind.FACT, "allergy" if word == "allergic" else "intolerance", value, ends=_over(reading), timed=False
        )
    if word in MOMENTS:
        return None
    if said.pos_ == "NOUN" and word not in STABLE_STATES:
        return None
    if word in DIETS:
        return Draft(Kind.FACT, "diet", word, ends=_over(reading))
    if word in MARITAL:
        return Draft(
            Kind.FACT, "marital status", word, ends=_over(reading), follows="engaged" if word == "engaged" else ""
        )
    if word in ("retired", "unemployed", "self-employed", "freelance"):
        return Draft(Kind.FACT, "occupation", word)
    if word in STABLE_STATES or (said.ent_type_ == "NORP" and said.tag_ in ("JJ", "NNP")):
        slot = "nationality" if said.ent_type_ == "NORP" and said.tag_ in ("JJ", "NNP") else ""
        return Draft(Kind.FACT, slot, noun_phrase(said) if slot else "")
    if word in word_class("scared afraid terrified fond obsessed crazy keen passionate addicted"):
        what = object_of(said, "of", "with", "about", "on", "to")
        return (
            None
            if bound_to_context(what)
            else Draft(Kind.PREFERENCE if word in ("fond", "obsessed", "crazy", "keen", "passionate") else Kind.FACT)
        )
    if word in word_class("good fluent bad terrible great proficient rubbish hopeless"):
        what = object_of(said, "at", "in", "with")
        if what is None or bound_to_context(what) or (what.pos_ == "PROPN" and what.ent_type_ == "GPE"):
            return None
        return Draft(Kind.SKILL)
    if word in ("born", "raised", "based"):
        return None
    return None


def _over(reading: Reading) -> bool:
    return has_ended(reading.clause)


def _noun(reading: Reading, said: "Token") -> Draft | None:
    if said.pos_ == "PROPN" and not list(said.lefts) and reading.mine:
        return _called(reading, said)
    if (
        said.pos_ == "PROPN"
        and reading.mine
        and said.ent_type_ == "PERSON"
        and not any(c.dep_ in ("det", "poss") for c in said.children)
    ):
        return _called(reading, said)
    if said.pos_ not in ("NOUN", "PROPN", "ADJ"):
        return None
    head = said.lemma_.lower()
    if head in DIETS:
        return Draft(Kind.FACT, "diet", head, ends=_over(reading))
    if head == "fan":
        what = object_of(said, "of")
        return None if bound_to_context(what) else Draft(Kind.PREFERENCE)
    if head in TRAIT_NOUNS:
        return Draft(Kind.FACT)
    determined = any(child.dep_ in ("det", "poss") for child in said.children)
    if is_occupation(said) and (
        determined
        or said.dep_ == "ROOT"
        or reading.subject.plural
        or any(c.dep_ in ("compound", "amod", "prep") for c in said.children)
    ):
        if any(c.lower_ in ("this", "that", "such") for c in said.children):
            return None
        without = without_time(reading)
        return Draft(Kind.FACT, "occupation", noun_phrase(said, without=without), ends=_over(reading))
    return None


def is_occupation(noun: "Token") -> bool:
    """Whether a noun names what people do for a living, by list or by its ending (-er, -ist, -ian …)."""
    word = noun.lemma_.lower()
    if word in NOT_OCCUPATIONS:
        return False
    if word in OCCUPATIONS:
        return True
    endings = (
        "ologist",
        "ician",
        "grapher",
        "keeper",
        "maker",
        "worker",
        "driver",
        "manager",
        "developer",
        "designer",
        "engineer",
        "teacher",
        "therapist",
        "scientist",
        "technician",
        "woman",
        "assistant",
        "analyst",
        "consultant",
        "officer",
        "mechanic",
        "ist",
        "eer",
        "or",
        "er",
    )
    return len(word) > 4 and word.endswith(endings) and noun.pos_ in ("NOUN", "PROPN")


def _called(reading: Reading, name: "Token") -> Draft | None:
    if reading.clause.negated or name.ent_type_ not in ("PERSON", "") or not name.text[:1].isupper():
        return None
    if not reading.mine or reading.subject.phrase:
        return None
    full = noun_phrase(name)
    return Draft(Kind.FACT, "name", full, f"Name is {full}", timed=False)


def _pet(reading: Reading, said: "Token | None") -> Draft | None:
    if said is None or said.pos_ not in ("NOUN", "PROPN") or bound_to_context(said):
        return None
    return Draft(Kind.FACT, "", noun_phrase(said))


def _somewhere(reading: Reading) -> Draft | None:
    """ "I'm from Lagos", "I'm into jazz", "I'm on insulin"."""
    clause = reading.clause
    without = without_time(reading)
    origin = clause.prep("from")
    if origin is not None and reading.personal:
        if (
            origin.ent_type_ in word_class("GPE LOC NORP ORG PERSON FAC")
            or origin.pos_ == "PROPN"
            or any(word.ent_type_ == "GPE" for word in origin.subtree)
            or (origin.tag_ == "NN" and not any(c.dep_ in ("det", "poss") for c in origin.children))
        ):
            value = place_name(origin, without=without)
            text = "" if reading.subject.phrase else f"{'Not from' if clause.negated else 'From'} {value}"
            return Draft(Kind.FACT, "origin", value, text)
    taste = clause.prep("into")
    if taste is not None and not bound_to_context(taste):
        return Draft(Kind.PREFERENCE)
    taking = clause.prep("on")
    if (
        taking is not None
        and not bound_to_context(taking)
        and (
            taking.lemma_.lower()
            in word_class(
                "medication insulin antidepressant antibiotic diet statin pill metformin keto parole leave "
                "blood thinner"
            )
        )
    ):
        return Draft(Kind.FACT)
    return None
