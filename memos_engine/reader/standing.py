"""Whether a clause is something that the speaker asserts as so: the gate before any memory is made of it."""

from enum import StrEnum
from typing import TYPE_CHECKING

from memos_engine.reader.clauses import SUBJECTS, Clause, Tense, is_aside, relative_noun, subject_of
from memos_engine.reader.lexicon import word_class

if TYPE_CHECKING:
    from memos_engine.language.pipeline import Span, Token


class Standing(StrEnum):
    """How a clause stands in its text; only what is `ASSERTED` can become a memory."""

    ASSERTED = "asserted"
    QUESTION = "question"
    TASK = "task"
    HYPOTHETICAL = "hypothetical"
    REPORTED = "reported"
    UNSURE = "unsure"


_SAYING = word_class(
    "say tell claim mention think believe hear read write report joke insist suggest argue reckon "
    "complain shout ask announce state warn swear promise text reply answer explain assume note "
    "quote feel know find"
)
_OWN_WORDS = word_class(
    "say tell mention think believe know realise realize remember remind guess note forget find "
    "explain confess admit announce add write share update let figure reckon feel mean decide "
    "learn notice confirm afraid glad happy sure proud sad sorry excited pleased thrilled ashamed "
    "grateful lucky delighted bet like see hate love"
)
"""Words under which the speaker's own clause is still asserted: "I think I told you that I'm vegan"."""
OWN_FRAGMENTS = word_class("hate love like prefer dislike enjoy live work speak have")
"""Verbs by which a sentence without a subject tells of its writer ("Hate cold calls.") and is no order."""
_UNREAL = word_class(
    "wish imagine suppose pretend dream hope doubt wonder want say_if let assume worry fear "
    "consider fantasise fantasize expect predict"
)
_CONDITIONS = word_class("if unless whether lest supposing assuming providing")
_WHENS = word_class("when whenever once until till before after")
_MOCKING = (
    "oh sure",
    "oh great",
    "oh yes",
    "oh wonderful",
    "oh joy",
    "oh fantastic",
    "oh right",
    "yeah right",
    "sure i",
)
_JOKING = word_class("kidding joking jokingly pretended pretending lied fibbed")
_IMPERSONAL = word_class("turn happen transpire")
_INTRODUCING = word_class("thing point truth fact problem news trouble reason issue situation update plan reality")
_UNSURE = word_class("almost nearly maybe perhaps possibly probably hopefully supposedly apparently allegedly")


def standing(clause: Clause) -> Standing:
    """How `clause` stands, judged on its own form and on every clause that holds it."""
    if _is_ironic(clause.finite.sent):
        return Standing.UNSURE
    own = _own_form(clause)
    if own is not Standing.ASSERTED:
        return own
    return _held(clause.finite)


def _is_ironic(sentence: "Span") -> bool:
    """Whether a sentence opens as mockery does ("Oh sure, I love working weekends") or says that it jests."""
    words = [token.lower_ for token in sentence if not token.is_punct]
    joined = " ".join(words)
    return joined.startswith(_MOCKING) or "as a joke" in joined or not _JOKING.isdisjoint(words)


def _own_form(clause: Clause) -> Standing:
    if is_question(clause.finite):
        return Standing.QUESTION
    wished = clause.lemma in ("like", "love") and clause.modal == "would" and clause.child("xcomp") is not None
    if wished and clause.subject is not None and clause.subject.lower_ in ("i", "we"):
        return Standing.ASSERTED
    if clause.modal == "must" and clause.lemma in ("avoid", "take", "inject") and clause.tense is not Tense.PERFECT:
        return Standing.ASSERTED
    if clause.modal in word_class("would could might may should must ought 'd"):
        return Standing.HYPOTHETICAL if clause.modal != "should" else Standing.UNSURE
    if any(child.dep_ == "mark" and child.lower_ in _CONDITIONS for child in clause.finite.children):
        return Standing.HYPOTHETICAL
    if any(child.lower_ == "according" for child in clause.finite.children):
        return Standing.REPORTED
    opening = clause.finite.sent[0]
    if opening.lower_ == "once" and opening.head.i == clause.finite.i and clause.tense is Tense.PRESENT:
        return Standing.HYPOTHETICAL
    if any(child.lower_ in _UNSURE for part in clause.chain for child in part.children):
        return Standing.UNSURE
    if _has_condition(clause.finite):
        return Standing.HYPOTHETICAL
    liked = clause.lemma in OWN_FRAGMENTS
    if clause.tense is Tense.BARE and clause.subject is None and clause.verb.tag_ in ("VB", "VBP") and not liked:
        return Standing.TASK
    return Standing.ASSERTED


def _has_condition(finite: "Token") -> bool:
    return any(
        child.dep_ == "advcl"
        and any(mark.lower_ in _CONDITIONS and mark.dep_ in ("mark", "advmod") for mark in child.children)
        for child in finite.children
    )


def _held(token: "Token") -> Standing:
    """What the clauses above `token` make of it, nearest first."""
    while token.dep_ != "ROOT":
        above = token.head
        judged = _step(token, above)
        if judged is not None:
            return judged
        token = above
    return Standing.ASSERTED


def _step(token: "Token", above: "Token") -> Standing | None:
    """The verdict of one step up; None to go on upwards."""
    marks = {child.lower_ for child in token.children if child.dep_ in ("mark", "advmod", "prep") and child.i < token.i}
    if is_aside(token) or relative_noun(token) is not None:
        return _outer(above)
    if token.dep_ == "advcl":
        if marks & _CONDITIONS or "like" in marks or "as if" in " ".join(sorted(marks)):
            return Standing.HYPOTHETICAL
        if marks & _WHENS and token.tag_ not in ("VBD",) and not _past_inside(token):
            return Standing.HYPOTHETICAL
        if not marks and any(child.dep_ == "aux" and child.lower_ == "to" for child in token.children):
            return Standing.HYPOTHETICAL
        return _outer(above)
    if token.dep_ == "relcl":
        timing = above.lemma_.lower() in ("time", "moment") and above.dep_ == "npadvmod"
        return Standing.HYPOTHETICAL if timing else _outer(above)
    if token.dep_ in ("ccomp", "parataxis", "acl", "csubj"):
        return _complement(token, above, marks)
    if token.dep_ == "pcomp":
        return Standing.UNSURE
    return None


def _outer(above: "Token") -> Standing | None:
    """A because-clause or relative clause is presupposed: it stands even inside a question or a task, not inside other
    people's words or a hypothesis."""
    while True:
        if above.dep_ in ("ccomp", "advcl", "relcl"):
            judged = _step(above, above.head)
            if judged in (Standing.REPORTED, Standing.HYPOTHETICAL):
                return judged
        if above.dep_ == "ROOT":
            return Standing.ASSERTED
        above = above.head


def _complement(token: "Token", above: "Token", marks: set[str]) -> Standing | None:
    lemma = above.lemma_.lower()
    if marks & _CONDITIONS:
        return Standing.UNSURE
    speaker = next((child for child in above.children if child.dep_ in SUBJECTS), None) or subject_of(above)
    mine = speaker is None or speaker.lower_ in ("i", "we")
    if speaker is not None and (
        (speaker.lower_ == "it" and lemma in _IMPERSONAL)
        or (speaker.lemma_.lower() in _INTRODUCING and lemma == "be" and not is_question(above))
    ):
        return None
    if _is_splice(token, above, lemma):
        return Standing.ASSERTED
    if lemma in _UNREAL:
        return Standing.HYPOTHETICAL
    if lemma == "say" and speaker is None and above.i == above.sent.start:
        return Standing.HYPOTHETICAL
    if lemma == "forget" and speaker is None and not any(child.dep_ == "neg" for child in above.children):
        return Standing.TASK
    if lemma in _OWN_WORDS and (
        mine or (speaker is not None and speaker.lower_ == "you" and lemma in ("know", "remember", "see"))
    ):
        unsaid = ["say", "call"] if any(child.tag_ == "MD" for child in above.children) else []
        doubted = any(child.dep_ == "neg" for child in above.children) and lemma in (
            "think",
            "believe",
            "know",
            "feel",
            "mean",
            *unsaid,
        )
        if doubted:
            return Standing.UNSURE
        if lemma in ("tell", "mention", "say") and is_question(above):
            asked_how = any(child.tag_ in ("WRB", "WP") for child in above.children)
            return Standing.QUESTION if asked_how else Standing.ASSERTED
        if mine and lemma in word_class("forget remember note know remind let") and above.dep_ == "ROOT":
            return Standing.ASSERTED
        return None
    if lemma in _SAYING or not mine:
        return Standing.REPORTED
    return Standing.UNSURE if lemma not in ("be",) else None


def _is_splice(token: "Token", above: "Token", lemma: str) -> bool:
    """Two main clauses joined by a comma, which the parser hangs under each other: "I'm vegan, what should I cook?"."""
    if token.dep_ == "parataxis":
        return lemma not in _SAYING
    own = any(child.dep_ in SUBJECTS for child in token.children)
    speaker = next((child for child in above.children if child.dep_ in SUBJECTS), None)
    between_them = speaker is not None and token.i < speaker.i and own
    own_object = any(child.dep_ == "dobj" for child in above.children)
    if between_them and (lemma not in _SAYING | _OWN_WORDS or own_object):
        return True
    before = token.right_edge.i < above.i or token.i < above.i
    if not (own and before):
        return False
    between = token.doc[token.i : above.i]
    joined = any(word.lower_ in word_class(", ; - – — : . so and but") for word in between)
    return joined and lemma not in _SAYING


def _past_inside(token: "Token") -> bool:
    return any(child.tag_ == "VBD" for child in token.children if child.dep_ in ("aux", "auxpass"))


def is_question(finite: "Token") -> bool:
    """Whether the clause of `finite` asks: an auxiliary before its subject, a question word in front, or the question
    mark of a sentence of which it is the main clause."""
    subject = next((child for child in finite.children if child.dep_ in SUBJECTS), None)
    if finite.dep_ == "relcl" or relative_noun(finite) is not None:
        return False
    auxiliaries = [child for child in finite.children if child.dep_ in ("aux", "auxpass")]
    if finite.pos_ == "AUX":
        auxiliaries.append(finite)
    if subject is not None and any(aux.i < subject.i for aux in auxiliaries) and subject.dep_ != "expl":
        fronted = [
            child for child in finite.children if child.i < subject.i and child.lower_ in ("neither", "so", "nor")
        ]
        if not fronted:
            return True
    in_complement = finite.dep_ in ("advcl",)
    for child in finite.children:
        if child.tag_ in ("WP", "WDT", "WRB", "WP$") and child.i < finite.i and not in_complement:
            return True
        if (
            child.i < finite.i
            and child.dep_ in word_class("dobj attr nsubj advmod prep acomp")
            and any(grand.tag_ in ("WP", "WDT", "WRB", "WP$") for grand in child.children)
        ):
            return True
    return _ends_asking(finite)


def _ends_asking(finite: "Token") -> bool:
    sentence = finite.sent
    if not asks(sentence):
        return False
    if finite.dep_ == "ROOT":
        return not any(
            child.dep_ == "conj" and child.i > finite.i and any(grand.dep_ in SUBJECTS for grand in child.children)
            for child in finite.children
        )
    if finite.dep_ == "conj":
        return finite.head.dep_ != "ROOT" or all(token.i <= finite.right_edge.i + 1 for token in sentence[-1:])
    return False


def asks(sentence: "Span") -> bool:
    """Whether a sentence ends in a question mark."""
    return any(token.text.startswith("?") or token.text.endswith("?") for token in sentence[-3:])
