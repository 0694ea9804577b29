"""Likes, dislikes, preferences and lasting wishes."""

from typing import TYPE_CHECKING

from memos_engine.reader.clauses import Tense, has_ended
from memos_engine.reader.facts.reading import Draft, Reading, bound_to_context
from memos_engine.reader.facts.roles import is_occupation
from memos_engine.reader.lexicon import ARTEFACTS, word_class
from memos_engine.reader.phrasing import finish, third_person
from memos_engine.types import Kind

if TYPE_CHECKING:
    from memos_engine.language.pipeline import Token

_LIKING = word_class("like love hate enjoy adore dislike detest loathe prefer despise fancy")
_WISHING = word_class("want hope dream plan intend aim")
_GOAL_VERBS = word_class(
    "learn become visit travel move retire lose quit start run study open buy marry go climb "
    "publish adopt train save switch stop live work sail walk grow emigrate compete qualify sell change retrain"
)


_TRANSITIVE = word_class("make share say have get do see help take give use find visit know hear know try keep show")
_EFFORTS = word_class("cut eat conceive reduce improve avoid drink smoke sleep gain")


_DAYS = word_class("monday tuesday wednesday thursday friday saturday sunday")


def _at_work(verb: "Token") -> bool:
    return any(
        token.lemma_.lower() in ARTEFACTS or bound_to_context(token) for token in verb.children if token.dep_ == "dobj"
    )


def liking(reading: Reading) -> Draft | None:
    """ "I love sushi", "she hates flying", "I can't stand coriander", "I don't like loud places"."""
    clause = reading.clause
    if not reading.personal:
        return None
    lemma = clause.lemma
    cannot_bear = (
        lemma in ("stand", "bear", "tolerate", "stomach", "abide") and clause.negated and clause.modal == "can"
    )
    if lemma == "swear" and clause.tense is Tense.PRESENT and not clause.negated:
        return Draft(Kind.PREFERENCE, timed=False) if not bound_to_context(clause.prep("by")) else None
    if lemma == "find" and clause.tense is Tense.PRESENT and not clause.negated:
        return _finding(reading)
    if lemma not in _LIKING and not cannot_bear:
        return None
    if (clause.modal and not cannot_bear) or clause.tense not in (
        Tense.PRESENT,
        Tense.PERFECT,
        Tense.FORMER,
        Tense.PAST,
        *((Tense.BARE,) if clause.subject is None else ()),
    ):
        return None
    if clause.tense is Tense.PAST and reading.mine:
        return None
    what = clause.child("dobj", "xcomp", "ccomp", "oprd") or _next_noun(clause.verb)
    if what is not None and what.lower_ == "it" and lemma in ("hate", "love", "dislike", "like"):
        return _when_so(reading)
    if clause.tense is Tense.BARE and what is not None and any(child.lower_ == "the" for child in what.subtree):
        return None
    if what is None or _fleeting(what) or what.lemma_.lower().rstrip("s") in _DAYS:
        return None
    if what.tag_ in ("VB", "VBG") and what.lemma_.lower() in _TRANSITIVE and not _goes_on(what):
        return None
    if what.dep_ == "ccomp" and any(
        child.dep_ == "nsubj" and child.lower_ in ("you", "it", "that", "this") for child in what.children
    ):
        return None
    if any(child.tag_ in ("WP", "WRB", "WDT") for child in what.children):
        return None
    return Draft(Kind.PREFERENCE, ends=has_ended(clause), timed=False)


def _next_noun(verb: "Token") -> "Token | None":
    """The noun behind a verb that the parser hung on something else."""
    after = verb.nbor(1) if verb.i + 1 < len(verb.doc) else verb
    if after.pos_ == "NOUN" and after.dep_ == "dep":
        return after
    for child in verb.children:
        near = child.i > verb.i and child.left_edge.i == verb.i + 1
        if (
            near
            and (child.pos_ in ("NOUN", "PROPN") or child.tag_ == "VBG")
            and child.dep_ in ("dep", "npadvmod", "conj")
        ):
            return child
    return None


def _goes_on(verb: "Token") -> bool:
    """Whether a verb has what it is done to, or where, or how."""
    return any(
        child.dep_ in ("dobj", "prep", "xcomp", "ccomp", "attr", "acomp", "advmod", "prt") and child.i > verb.i
        for child in verb.children
    )


def _finding(reading: Reading) -> Draft | None:
    """ "I find crowded places stressful"."""
    verb = reading.clause.verb
    judged = [
        child for child in verb.children if child.dep_ in ("oprd", "acomp", "ccomp", "xcomp") and child.pos_ == "ADJ"
    ]
    thing = reading.object or next(
        (grand for child in judged for grand in child.children if grand.dep_ == "nsubj"), None
    )
    general = (
        thing is not None and thing.tag_ in ("NNS", "NN") and not any(c.dep_ in ("det", "poss") for c in thing.children)
    )
    return Draft(Kind.PREFERENCE, timed=False) if judged and general else None


def _when_so(reading: Reading) -> Draft | None:
    """ "I hate it when people are late"."""
    verb = reading.clause.verb
    clause = next((child for child in verb.children if child.dep_ in ("advcl", "ccomp") and child.i > verb.i), None)
    if clause is None or not any(mark.lower_ == "when" for mark in clause.children):
        return None
    who = next((child for child in clause.children if child.dep_ in ("nsubj", "nsubjpass")), None)
    if who is None or not (
        who.tag_ == "NNS" or who.lower_ in ("people", "someone", "somebody", "everyone", "everything")
    ):
        return None
    words = [token for token in clause.subtree if not token.is_punct]
    if any(token.lower_ in ("you", "this", "that", "i") for token in words):
        return None
    said = "".join(token.text_with_ws for token in words)
    text = f"{reading.subject.phrase} {third_person(reading.clause.lemma)} it {said}"
    return Draft(Kind.PREFERENCE, text=finish(text), timed=False) if not reading.clause.negated else None


def _fleeting(what: "Token") -> bool:
    """Whether what is liked is something of this conversation: "I love it", "I like your answer", "I like the idea"."""
    if bound_to_context(what) and what.dep_ != "xcomp":
        return True
    definite = any(child.dep_ == "det" and child.lower_ == "the" for child in what.children)
    if definite and (
        what.lemma_.lower() in ARTEFACTS
        or what.lemma_.lower()
        in word_class("fact part plan sound suggestion second first last other new recipe one style tone look")
    ):
        return True
    return what.lower_ in word_class("you him her them idea sound")


def wanting(reading: Reading) -> Draft | None:
    """Goals: "I want to learn Dutch", "I'd like to visit Japan some day", "I'm saving for a house"."""
    clause = reading.clause
    if not reading.personal:
        return None
    if clause.lemma == "want" and reading.object is not None:
        return _wanted_replies(reading)
    if clause.lemma in _WISHING or (clause.lemma in ("like", "love") and clause.modal == "would"):
        goal = clause.child("xcomp")
        able = goal.children if goal is not None and goal.lemma_ == "be" else ()
        enabled = next((child for child in able if child.lower_ == "able"), None)
        inner = next((c for c in enabled.children if c.dep_ == "xcomp"), None) if enabled is not None else None
        goal = inner or goal
        if goal is not None and goal.lemma_ == "be" and not clause.negated and clause.tense is Tense.PRESENT:
            aim = next((child for child in goal.children if child.dep_ == "attr"), None)
            return Draft(Kind.PREFERENCE, confidence=0.7) if aim is not None and is_occupation(aim) else None
        if (
            clause.negated
            or clause.tense in (Tense.PAST, Tense.FORMER, Tense.PAST_PROGRESSIVE)
            or goal is None
            or goal.lemma_.lower() not in _GOAL_VERBS
        ):
            return None
        if goal.lemma_.lower() not in ("retire", "travel", "move", "emigrate", "marry") and not _goes_on(goal):
            return None
        if any(bound_to_context(child) for child in goal.children if child.dep_ == "dobj"):
            return None
        if goal.lemma_.lower() in word_class("go start stop run work walk study buy switch train change") and not any(
            child.dep_ in ("dobj", "prep", "xcomp") for child in goal.children
        ):
            return None
        if any(child.lemma_.lower() in ARTEFACTS for child in goal.children):
            return None
        return Draft(Kind.PREFERENCE, confidence=0.7)
    if clause.lemma == "try" and clause.tense in (Tense.PROGRESSIVE, Tense.PRESENT) and not clause.negated:
        aim = clause.child("xcomp")
        hoped = clause.prep("for")
        if hoped is not None and hoped.lemma_.lower() in ("baby", "child"):
            return Draft(Kind.FACT, confidence=0.7)
        lasting = aim is not None and (aim.lemma_.lower() in _GOAL_VERBS | _EFFORTS) and not _at_work(aim)
        return Draft(Kind.FACT, confidence=0.7) if lasting else None
    if clause.lemma == "save" and clause.has("up", "for") and clause.tense is Tense.PROGRESSIVE:
        return Draft(Kind.FACT, confidence=0.7)
    if clause.lemma == "look" and clause.prep("to") is not None and clause.has("forward"):
        return None
    return None


def _wanted_replies(reading: Reading) -> Draft | None:
    """ "I want short answers"."""
    what = reading.object
    if what is None or reading.clause.tense is not Tense.PRESENT or what.tag_ != "NNS":
        return None
    about_replies = what.lemma_.lower() in ("answer", "reply", "response", "explanation")
    return Draft(Kind.PREFERENCE) if about_replies and any(c.dep_ == "amod" for c in what.children) else None
