"""What state someone is in for good: age, allergy, diet, marriage, nationality, faith, skill."""

from typing import TYPE_CHECKING

from memos_engine.reader.clauses import Tense, has_ended
from memos_engine.reader.facts.reading import Draft, Reading, bound_to_context, noun_phrase, object_of
from memos_engine.reader.lexicon import DIETS, MARITAL, MOMENTS, STABLE_STATES, word_class
from memos_engine.types import Kind

if TYPE_CHECKING:
    from memos_engine.language.pipeline import Token

_FAITHS = word_class(
    "christian muslim jewish hindu buddhist catholic protestant sikh mormon atheist agnostic religious"
)
_DRAWN_TO = word_class("fond obsessed crazy keen passionate mad partial")
_AFRAID = word_class("scared afraid terrified addicted averse sensitive")
_SKILLED = word_class("good fluent bad terrible great proficient rubbish hopeless bilingual handy skilled")


def age(reading: Reading, said: "Token | None") -> Draft | None:
    """ "I'm 42", "my son is 4 years old", "I'll be 30 next month" (an event), "my kids are 3 and 5"."""
    if said is not None and reading.subject.plural and said.tag_ == "CD" and said.text.isdigit():
        return Draft(Kind.FACT, timed=False) if any(child.dep_ == "conj" for child in said.children) else None
    number, unit = _years(said) if said is not None else (None, "")
    clause, subject = reading.clause, reading.subject
    if number is None or clause.negated or clause.tense not in (Tense.PRESENT, Tense.BARE, Tense.FUTURE):
        return None
    if clause.tense is Tense.FUTURE:
        return Draft(Kind.EVENT) if reading.when is not None else None
    body = f"{number.text} {unit} old"
    return Draft(Kind.FACT, "age", number.text, f"{subject.phrase} is {body}" if subject.phrase else body, timed=False)


def _years(said: "Token") -> "tuple[Token | None, str]":
    def counted(noun: "Token | None") -> "Token | None":
        spelled = (
            [child for child in noun.children if child.dep_ == "nummod" or _in_letters(child)]
            if noun is not None
            else []
        )
        return spelled[0] if spelled else None

    if said.lower_ == "old":
        spans = [child for child in said.children if child.dep_ == "npadvmod"]
        for noun in spans:
            if noun.lemma_ in ("year", "month", "week"):
                return counted(noun), noun.lower_ if noun.lemma_ != "year" else "years"
        return None, ""
    if said.lower_ == "one":
        return None, ""
    if _in_letters(said):
        return said, "years"
    if said.tag_ == "CD" and not [
        c for c in said.rights if not c.is_punct and c.dep_ not in ("cc", "conj", "appos", "prep")
    ]:
        plausible = not said.text.isdigit() or 1 <= int(said.text) <= 119
        return (said if (plausible and said.is_alpha) or (said.text.isdigit() and plausible) else None), "years"
    if (
        said.lemma_ == "year"
        and said.dep_ == "attr"
        and not [c for c in said.children if c.dep_ in ("prep", "relcl", "amod")]
    ):
        return counted(said), "years"
    if said.lemma_ == "year" and said.i + 1 < len(said.doc) and said.nbor(1).lower_ == "old":
        return counted(said), "years"
    return None, ""


def _in_letters(word: "Token") -> bool:
    """Whether it is a number such as "eighty-three", which is tagged as an adjective."""
    return word.tag_ == "JJ" and "-" in word.text and word.lower_.split("-")[0].endswith("ty")


def state(reading: Reading, said: "Token") -> Draft | None:
    """A lasting adjective; moods and states of the moment are none."""
    word = said.lower_
    over = has_ended(reading.clause)
    if word in ("allergic", "intolerant"):
        return _allergic(said, word, over)
    if word in _SKILLED:
        what = object_of(said, "at", "in", "with")
        skilled = what is not None and not bound_to_context(what) and what.ent_type_ != "GPE" and _no_article(what)
        return Draft(Kind.SKILL) if skilled else None
    if word in ("overweight", "underweight", "unwell", "homeless", "housebound", "bedridden", "estranged"):
        return Draft(Kind.FACT, ends=over)
    if word == "due" and reading.when is not None and reading.personal:
        return Draft(Kind.EVENT)
    capital = said.text[:1].isupper() and not said.text.isupper() and said.i > said.sent.start and said.tag_ == "JJ"
    of_a_people = (capital and word.endswith(("an", "ish", "ese", "ch", "sh", "i", "ss", "k", "ic"))) or (
        said.ent_type_ == "NORP" and (said.tag_ == "JJ" or (said.tag_ == "NNP" and said.dep_ != "ROOT"))
    )
    other_noun = said.pos_ in ("NOUN", "PROPN") and word not in STABLE_STATES | DIETS | MARITAL
    keen = object_of(said, "of", "with", "about", "on") if word in _DRAWN_TO else None
    if (
        keen is not None
        and keen.tag_ in ("NNS", "NN", "NNP", "VBG")
        and _no_article(keen)
        and not bound_to_context(keen)
    ):
        return Draft(Kind.PREFERENCE)
    if (word in MOMENTS or other_noun) and not of_a_people:
        return None
    if word in DIETS:
        return Draft(Kind.FACT, "diet", word, ends=over)
    if word in MARITAL:
        return Draft(Kind.FACT, "marital status", word, ends=over)
    if word in ("retired", "unemployed", "self-employed", "freelance"):
        return Draft(Kind.FACT, "occupation", word)
    if word in _DRAWN_TO or word in _AFRAID:
        what = object_of(said, "of", "with", "about", "on", "to")
        kind = Kind.PREFERENCE if word in _DRAWN_TO else Kind.FACT
        return None if bound_to_context(what) else Draft(kind)
    if word in _FAITHS:
        return Draft(Kind.FACT, "religion", word)
    if of_a_people:
        return Draft(Kind.FACT, "nationality", noun_phrase(said))
    return Draft(Kind.FACT, ends=over) if word in STABLE_STATES or word.endswith("-free") else None


def _no_article(noun: "Token") -> bool:
    return not any(child.dep_ == "det" for child in noun.children)


def _allergic(said: "Token", word: str, over: bool) -> Draft | None:
    what = object_of(said, "to", "of")
    before = [child for child in said.children if child.dep_ in ("npadvmod", "compound", "amod", "nmod")]
    misread = [child for child in said.children if child.dep_ == "xcomp" and child.tag_ == "VB"]
    severe = any(child.lower_ in ("severely", "highly", "deathly", "very", "extremely") for child in said.children)
    if what is None and severe:
        return Draft(Kind.FACT, timed=False)
    if what is None and not before and not misread:
        return None
    value = noun_phrase(what) if what is not None else before[0].text if before else misread[0].text
    return Draft(Kind.FACT, "allergy" if word == "allergic" else "intolerance", value, ends=over, timed=False)
