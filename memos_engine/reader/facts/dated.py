"""What is told with a time that lies well back, or of an outing with a day: worth keeping whatever the verb."""

from datetime import timedelta
from typing import TYPE_CHECKING

from memos_engine.reader.clauses import Tense
from memos_engine.reader.facts.reading import Draft, Reading, bound_to_context
from memos_engine.reader.lexicon import APPOINTMENTS, BELONGINGS, OUTINGS, WORKPLACES, word_class
from memos_engine.reader.subjects import About
from memos_engine.reader.times import Bound
from memos_engine.types import Kind, Precision

if TYPE_CHECKING:
    from memos_engine.language.pipeline import Token

_VAGUE = word_class(
    "be think need look try wonder ask feel let do see use check eat watch buy talk call say tell know mean want "
    "like love hate hear read send get have go come happen seem mention discuss speak write chat ask remember "
    "forget notice realise realize believe hope keep find put set give show leave stay sleep cost open close "
    "order pay work expect agree"
)
_PLACES = word_class("house home flat village town employer team band landlord building street")
_RECENT = timedelta(days=9)


def dated(reading: Reading) -> Draft | None:
    """ "I painted that lake last year", "we took the kids to the aquarium last weekend"."""
    clause, when = reading.clause, reading.when
    if when is None or clause.modal or clause.negated or clause.tense not in (Tense.PAST, Tense.PERFECT):
        return None
    thing = reading.subject.about is About.THING and reading.subject.relation in WORKPLACES | BELONGINGS | _PLACES
    known = reading.subject.about in (About.PERSON, About.PET) and reading.subject.relation
    if not (reading.mine or known or thing):
        return None
    if (
        clause.finite.dep_ in ("advcl", "relcl", "ccomp")
        or when.bound not in (Bound.AT, Bound.DURING)
        or when.range.start > reading.base
    ):
        return None
    if _outing(reading):
        return Draft(Kind.EVENT)
    done = clause.lemma in ("have", "get") and any(
        word.tag_ == "VBN" and word.dep_ in ("ccomp", "acl", "oprd") for word in clause.verb.subtree
    )
    if done:
        return Draft(Kind.EVENT) if when.range.end < reading.base - _RECENT else None
    target, rest = reading.object, clause.child("dobj", "prep", "attr", "agent", "oprd")
    if clause.lemma == "go" and clause.child("acomp") is not None:
        return Draft(Kind.EVENT)
    if clause.lemma in _VAGUE or rest is None or (target is not None and _pointless(target)):
        return None
    far = when.range.end < reading.base - _RECENT
    return (
        Draft(Kind.EVENT) if far and when.range.precision in (Precision.DAY, Precision.MONTH, Precision.YEAR) else None
    )


def _outing(reading: Reading) -> bool:
    """Whether people went, or were taken, somewhere or to something that is an occasion."""
    clause, target = reading.clause, reading.object
    place = clause.prep("to", "on", "in", "at")
    if clause.lemma in ("take", "bring") and target is not None:
        return place is not None and place.lemma_.lower() in OUTINGS and not bound_to_context(place)
    if clause.lemma == "have" and target is not None and target.lemma_.lower() in APPOINTMENTS:
        return reading.when is not None and reading.when.range.end < reading.base - _RECENT
    if (
        clause.lemma in ("attend", "host", "visit", "organise", "organize", "join", "hold", "throw")
        and target is not None
    ):
        return target.lemma_.lower() in OUTINGS
    if clause.lemma in ("go", "travel", "drive"):
        doing = clause.child("xcomp", "advcl")
        out = doing is not None and doing.lower_ in word_class(
            "camping hiking climbing skiing sailing surfing kayaking snowboarding diving fishing"
        )
        return out or (place is not None and place.lemma_.lower() in OUTINGS and not bound_to_context(place))
    return False


def _pointless(noun: "Token") -> bool:
    """Whether what it was done to is nothing by itself: "it", "this", "them"; "that lake sunrise" is something."""
    return bound_to_context(noun) and (
        noun.pos_ == "PRON" or not any(c.dep_ in ("compound", "amod") for c in noun.children)
    )
