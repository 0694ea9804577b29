"""Habits and skills: the simple present of a verb of doing says what someone does again and again."""

from typing import TYPE_CHECKING

from memos_engine.reader.clauses import Tense, has_ended
from memos_engine.reader.facts.limits import is_drug
from memos_engine.reader.facts.reading import Draft, Reading, bound_to_context, noun_phrase, phrase_tokens
from memos_engine.reader.lexicon import (
    ABSTRACT,
    ARTEFACTS,
    BELONGINGS,
    BODY,
    DIETS,
    INSTRUMENTS,
    KNOWING,
    is_condition,
    word_class,
)
from memos_engine.reader.sensitivity import tags
from memos_engine.reader.subjects import PETS, About
from memos_engine.reader.times import Bound
from memos_engine.types import Kind

if TYPE_CHECKING:
    from memos_engine.language.pipeline import Token

_ABLE = word_class(
    "speak play swim drive cook sing dance ski juggle code knit ride bake paint draw sew surf "
    "read type fly sail weld dive"
)
_INTAKE = word_class("eat drink smoke vape consume")
_CARERS = word_class("therapist psychologist psychiatrist counsellor counselor physio cardiologist chiropractor")
_LASTING_ALONE = word_class("garden knit meditate snore stutter stammer drive surf ski smoke paint drink swim climb")
_WAITING = word_class("try think wait look work have do talk")
_CRAFTS = word_class("make build bake sew knit design sell grow brew carve breed repair restore train")
_NOT_CRAFTED = word_class(
    "mistake joke plan decision excuse friend noise change assumption suggestion choice promise sure sense money "
    "use progress fun effort call payment way room mess trouble fool list note appointment reservation exception "
    "weight height up"
)
_PURSUED = word_class(
    "novel book thesis dissertation memoir marathon exam course language degree licence license "
    "house home boat album phd masters play screenplay guitar piano cello violin test wedding "
    "triathlon"
)


def consuming(reading: Reading) -> Draft | None:
    """ "I don't eat meat", "I can't have gluten", "I quit smoking", "I drink my coffee black"."""
    clause = reading.clause
    if not reading.personal:
        return None
    if clause.lemma in ("stop", "quit", "give") and clause.tense in (Tense.PAST, Tense.PERFECT, Tense.BARE):
        stopped = clause.child("xcomp") or (reading.object if clause.lemma != "stop" else None)
        if clause.lemma == "give" and not clause.has("up"):
            return None
        if stopped is None or clause.negated or bound_to_context(stopped):
            return None
        if (
            stopped.pos_ == "VERB"
            and stopped.lemma_.lower() in word_class("work load respond talk run play_ing")
            and not reading.mine
        ):
            return None
        return Draft(Kind.EVENT, ends=True)
    if (
        clause.modal == "can"
        and clause.negated
        and clause.verb.tag_ == "VBN"
        and reading.object is None
        and any(child.lower_ in ("have", "eat") for child in clause.finite.children)
    ):
        return Draft(
            Kind.FACT,
            "",
            f"no {clause.verb.text}",
            f"{reading.subject.phrase} cannot have {clause.verb.text}".strip().capitalize()
            if not reading.subject.phrase
            else f"{reading.subject.phrase} cannot have {clause.verb.text}",
        )
    if clause.lemma in _INTAKE or (
        clause.lemma in ("have", "take", "touch", "digest") and clause.negated and clause.modal == "can"
    ):
        if clause.modal not in ("", "can") or (
            clause.tense not in (Tense.PRESENT, Tense.FORMER, Tense.PERFECT)
            and not (clause.negated and clause.tense is Tense.PROGRESSIVE and reading.object is not None)
        ):
            return None
        if (clause.modal == "can" and not clause.negated) or (
            clause.tense is Tense.PERFECT and not (clause.negated or clause.verb.tag_ == "VBG")
        ):
            return None
        food = reading.object
        if food is None and clause.lemma in word_class("eat have take touch digest consume"):
            return None
        if food is not None and (
            bound_to_context(food)
            or (
                food.lemma_.lower() in ("time", "lunch", "breakfast", "dinner")
                and clause.negated
                and clause.lemma != "eat"
            )
            or food.lemma_.lower() in ("time", "look", "wait")
        ):
            return None
        diet = clause.negated and food is not None and clause.lemma in ("eat", "have")
        return Draft(
            Kind.FACT,
            "",
            f"no {noun_phrase(food)}" if diet and food is not None else "",
            ends=has_ended(clause),
            timed=False,
        )
    return None


def skill(reading: Reading) -> Draft | None:
    """ "I speak Dutch", "I play the cello", "I can swim", "I've been playing guitar for ten years"."""
    clause = reading.clause
    if not reading.personal or clause.tense in (Tense.FUTURE, Tense.PAST, Tense.PAST_PROGRESSIVE):
        return None
    lemma, target = clause.lemma, reading.object
    if (
        lemma == "speak"
        and (
            (target is not None and (target.ent_type_ in ("NORP", "LANGUAGE") or target.text[:1].isupper()))
            or clause.modal == "can"
        )
        and clause.modal in ("", "can")
    ):
        if target is None or bound_to_context(target):
            return None
        return Draft(Kind.SKILL, ends=has_ended(clause))
    tongue = lemma == "speak" and any(
        child.ent_type_ in ("NORP", "LANGUAGE") and child.i > clause.verb.i for child in clause.verb.children
    )
    if tongue and target is None and clause.modal in ("", "can"):
        return Draft(Kind.SKILL, ends=has_ended(clause))
    if lemma == "play" and target is not None and clause.modal in ("", "can"):
        if bound_to_context(target):
            return None
        kind = Kind.SKILL if target.lemma_.lower() in INSTRUMENTS or target.lower_ in INSTRUMENTS else Kind.FACT
        if clause.tense is Tense.PROGRESSIVE and kind is not Kind.SKILL:
            return None
        return Draft(kind, ends=has_ended(clause))
    if clause.modal == "can" and lemma in _ABLE and (not clause.negated or reading.object is None):
        if any(bound_to_context(child) for child in clause.verb.children if child.dep_ == "dobj"):
            return None
        return Draft(Kind.SKILL)
    if lemma == "know" and clause.tense is Tense.PRESENT:
        how = clause.child("xcomp")
        if (
            how is not None
            and any(child.lower_ == "how" for child in how.children)
            and not clause.negated
            and how.lemma_.lower() in _ABLE
        ):
            return Draft(Kind.SKILL)
        language = target is not None and target.ent_type_ in ("NORP", "LANGUAGE")
        tool = (
            target is not None and target.pos_ == "PROPN" and target.ent_type_ not in ("PERSON", "GPE", "LOC", "DATE")
        )
        return Draft(Kind.SKILL) if (language or tool) and not clause.negated else None
    return None


def habit(reading: Reading) -> Draft | None:
    """ "I run every morning", "I collect stamps", "I commute by train", "I'm learning Spanish"."""
    clause = reading.clause
    if any(child.dep_ == "auxpass" for child in clause.finite.children):
        return None
    if reading.subject.about is About.THING:
        return _of_a_thing(reading)
    eating = reading.subject.about is About.PET and clause.lemma in ("eat", "drink", "sleep", "take", "need")
    if not (reading.personal or eating) or clause.modal:
        return None
    if clause.tense is Tense.PROGRESSIVE or (clause.tense is Tense.PERFECT and clause.verb.tag_ == "VBG"):
        return _going_on(reading)
    if clause.tense is Tense.FORMER:
        if not reading.mine:
            return None
        return (
            Draft(Kind.FACT, ends=True)
            if clause.lemma not in ("be", "have", "think", "get", "work")
            or reading.object is not None
            or clause.child("attr") is not None
            else None
        )
    if clause.tense is not Tense.PRESENT:
        return None
    return _again_and_again(reading)


def _of_a_thing(reading: Reading) -> Draft | None:
    """What a group, a course, a way to work does again and again: "my choir rehearses on Mondays"."""
    clause = reading.clause
    if clause.modal or clause.negated or clause.tense is not Tense.PRESENT or clause.is_copula:
        return None
    regular = _repeats(clause.verb) and clause.lemma in word_class(
        "meet rehearse train practise practice gather run start begin end finish perform play close open"
    )
    taken = clause.lemma in ("take", "last", "cost") and reading.subject.relation in word_class(
        "commute shift journey course class rent drive walk therapy treatment"
    )
    return Draft(Kind.FACT, timed=False) if regular or taken else None


def _again_and_again(reading: Reading) -> Draft | None:
    """The simple present of a verb of doing."""
    clause, target = reading.clause, reading.object
    repeated = _repeats(clause.verb)
    if clause.lemma in _CRAFTS and target is not None and target.tag_ in ("NNS", "NN") and _made(target):
        return Draft(Kind.FACT, timed=False)
    if clause.lemma in ("go", "take", "do", "forget", "lose", "get", "make", "have", "feel"):
        return _everyday(reading, repeated)
    if clause.lemma == "see" and target is not None and target.lemma_.lower() in _CARERS:
        return Draft(Kind.FACT, timed=False)
    if clause.lemma in ("keep", "eat") and any(child.lower_ in DIETS for child in clause.verb.children):
        return Draft(Kind.FACT, timed=False)
    if reading.subject.about is About.PET and clause.lemma in ("eat", "drink", "sleep", "take", "need"):
        return Draft(Kind.FACT, timed=False) if target is not None and not bound_to_context(target) else None
    if clause.lemma == "keep" and target is not None and _nouns(target) & PETS | _nouns(target) & BELONGINGS:
        return Draft(Kind.FACT, timed=False)
    worn = clause.lemma == "wear" and {word.lemma_.lower() for word in clause.verb.subtree} & word_class(
        "aid glass lens brace"
    )
    if worn and not clause.negated:
        return Draft(Kind.FACT, timed=False)
    if target is not None and target.lower_ in ("me", "us") and reading.subject.relation and repeated:
        known = clause.lemma in word_class("call phone ring visit text help teach drive")
        return Draft(Kind.FACT, timed=False) if known else None
    if any(child.dep_ == "ccomp" and child.i > clause.verb.i for child in clause.verb.children):
        return None
    if clause.lemma in KNOWING or (_depends(clause.verb) and not repeated):
        return None
    if target is None:
        other = clause.child("prep", "npadvmod")
        with_noun = (
            other is not None
            and clause.lemma not in ("speak", "drink")
            and clause.prep() is not None
            and _settled(clause.prep(), clause.lemma)
        )
        if clause.negated and clause.lemma in word_class("fly drive swim cook dance gamble ski camp drink smoke"):
            return Draft(Kind.FACT, timed=False)
        to_work = any(child.dep_ == "xcomp" and child.lower_ == "work" for child in clause.verb.children)
        alone = clause.lemma in _LASTING_ALONE or to_work
        if any(child.dep_ == "advcl" for child in clause.verb.children) and other is None:
            return None
        return Draft(Kind.FACT, timed=False) if repeated or alone or (with_noun and reading.mine) else None
    if not _settled(target, clause.lemma) and not (repeated and not bound_to_context(target)):
        return None
    if target.lemma_.lower() in ABSTRACT and not repeated:
        return None
    known = reading.mine or repeated or bool(reading.subject.relation or reading.subject.name)
    return Draft(Kind.FACT, timed=False) if known else None


def _everyday(reading: Reading, repeated: bool) -> Draft | None:
    """Verbs that say little by themselves: "I go to church", "I take the bus to work", "I do yoga twice a week"."""
    clause, target, place = reading.clause, reading.object, reading.clause.prep("to")
    if clause.lemma == "get" and target is not None and is_condition(target.lemma_.lower()):
        return Draft(Kind.FACT, timed=False)
    outing = clause.child("xcomp", "advcl") if clause.lemma == "go" else None
    if outing is not None and outing.tag_ == "VBG" and repeated:
        return Draft(Kind.FACT, timed=False)
    if clause.lemma == "go" and place is not None:
        bare = not any(child.dep_ in ("det", "poss") for child in place.children) and place.tag_ == "NN"
        regular = bare or place.lemma_.lower() in ("gym", "mosque", "synagogue", "library", "temple")
        return Draft(Kind.FACT, timed=False) if (repeated or regular) and not bound_to_context(place) else None
    if (
        clause.lemma == "take"
        and target is not None
        and clause.prep("with", "without") is None
        and not bound_to_context(target)
    ):
        travel = target.lemma_.lower() in ("bus", "train", "metro", "tram", "ferry", "subway", "tube")
        dose = "health" in tags(phrase_tokens(target)) or any(child.like_num for child in target.children)
        return (
            Draft(Kind.FACT, timed=False)
            if repeated
            or dose
            or (travel and any(word.lower_ == "to" for word in clause.verb.subtree))
            or any(is_drug(word) for word in phrase_tokens(target))
            else None
        )
    mine = target is not None and any(child.lower_ in ("my", "our") for child in target.children)
    if clause.lemma in ("take", "have") and target is not None and mine and clause.prep("with", "without") is not None:
        return Draft(Kind.PREFERENCE, timed=False)
    if target is None or bound_to_context(target) or target.lemma_.lower() in ARTEFACTS:
        return None
    articled = any(child.dep_ in ("det", "poss", "nummod") for child in target.lefts)
    if target.lower_ in word_class("ok okay well fine good great"):
        return None
    practice = clause.lemma == "do" and target.tag_ in ("NN", "NNP", "VBG") and not articled
    if practice and target.lemma_.lower() not in word_class("homework laundry work business research shopping time"):
        return Draft(Kind.FACT, timed=False)
    return Draft(Kind.FACT, timed=False) if repeated and clause.lemma != "get" else None


def _depends(verb: "Token") -> bool:
    """Whether an adverbial clause other than a reason limits what is said."""
    held = [child for child in verb.children if child.dep_ == "advcl"]
    return any(not any(c.lower_ in ("because", "as", "since", "so") for c in child.children) for child in held)


def _made(noun: "Token") -> bool:
    """Whether a noun without article is something that is crafted or dealt in, and no "mistakes" or "plans"."""
    articled = any(child.dep_ in ("det", "poss", "nummod") for child in noun.children)
    return not articled and noun.lemma_.lower() not in ABSTRACT | ARTEFACTS | _NOT_CRAFTED


def _nouns(noun: "Token") -> set[str]:
    return {word.lemma_.lower() for word in noun.subtree if word.pos_ == "NOUN"}


def _settled(noun: "Token | None", verb: str) -> bool:
    """Whether what is done it to is no thing of the moment: no "it", no code, no "the …" that was just spoken of."""
    if noun is None or bound_to_context(noun) or noun.lemma_.lower() in ARTEFACTS:
        return False
    definite = any(child.dep_ == "det" and child.lower_ == "the" for child in noun.children)
    return not definite or bool(noun.ent_type_) or verb in ("own", "run", "play", "lead", "coach", "manage", "teach")


def _repeats(verb: "Token") -> bool:
    words = {word.lower_ for word in verb.subtree}
    if words & word_class(
        "every each daily weekly usually often always sometimes regularly mornings evenings weekends "
        "nights normally twice mondays tuesdays wednesdays thursdays fridays saturdays sundays once "
        "rarely never"
    ):
        return True
    return (
        "a" in words
        and bool(words & {"week", "day", "month", "year"})
        and any(word.like_num or word.lower_ in ("times", "once", "twice") for word in verb.subtree)
    )


def _going_on(reading: Reading) -> Draft | None:
    clause, target = reading.clause, reading.object
    lemma = clause.lemma
    if clause.tense is Tense.PERFECT and reading.when is not None and reading.when.bound is Bound.SINCE:
        vague = lemma in _WAITING
        return (
            None if vague or clause.negated or (target is not None and bound_to_context(target)) else Draft(Kind.FACT)
        )
    began = clause.prep("since") if clause.tense is Tense.PERFECT else None
    talked = began is not None and began.lemma_.lower() in ("chat", "talk", "conversation", "message", "time")
    if (
        began is not None
        and not talked
        and not clause.negated
        and not bound_to_context(began)
        and lemma not in _WAITING
    ):
        return Draft(Kind.FACT) if target is None or not bound_to_context(target) else None
    if lemma in ("breastfeed", "fast", "diet", "retrain", "homeschool") and not clause.negated:
        return Draft(Kind.FACT)
    if clause.negated:
        return None
    if lemma in ("take", "do", "attend") and target is not None and _repeats(clause.verb):
        return None if bound_to_context(target) else Draft(Kind.FACT)
    if target is not None and (bound_to_context(target) or target.lemma_.lower() in ARTEFACTS):
        return None
    if lemma in word_class(
        "learn train renovate raise teach commute coach foster homeschool practise practice study restore save"
    ):
        if lemma == "learn" and target is None and clause.child("xcomp") is None:
            return None
        return Draft(Kind.FACT)
    if lemma in word_class("write build prepare plan organise organize take run do play work"):
        nouns = {word.lemma_.lower() for word in clause.verb.subtree if word.pos_ in ("NOUN", "PROPN")}
        if lemma in ("take", "do"):
            return (
                Draft(Kind.FACT)
                if nouns
                & word_class(
                    "medication antibiotic antidepressant insulin class lesson course statin pill vitamin "
                    "supplement masters phd degree iron ibuprofen metformin"
                )
                else None
            )
        if lemma == "plan":
            return (
                Draft(Kind.EVENT) if nouns & word_class("wedding trip holiday vacation party honeymoon move") else None
            )
        if lemma == "work":
            return None
        return Draft(Kind.FACT) if nouns & _PURSUED else None
    if lemma in ("miss", "lack") and target is not None and _nouns(target) & BODY:
        return Draft(Kind.FACT)
    if lemma in ("suffer", "recover"):
        return Draft(Kind.FACT) if clause.prep("from") is not None else None
    if lemma in ("struggle", "live", "deal", "cope", "battle", "fight") and (ill := clause.prep("with")) is not None:
        return Draft(Kind.FACT) if is_condition(ill.lemma_.lower()) else None
    if (
        lemma == "see"
        and target is not None
        and target.lemma_.lower()
        in word_class("therapist psychologist psychiatrist counsellor counselor physio cardiologist")
    ):
        return Draft(Kind.FACT)
    return None
