"""What someone cannot do, needs and has to do, for the sake of their body: "I can't climb stairs", "I need glasses"."""

from typing import TYPE_CHECKING

from memos_engine.reader.clauses import Tense
from memos_engine.reader.facts.reading import Draft, Reading, bound_to_context, phrase_tokens
from memos_engine.reader.lexicon import ARTEFACTS, BODY, word_class
from memos_engine.reader.sensitivity import tags
from memos_engine.types import Kind

if TYPE_CHECKING:
    from memos_engine.language.pipeline import Token

_MOVING = word_class("walk climb kneel bend lift jump run stand sit squat crouch grip write type chew swallow carry")
_SENSING = word_class("see hear smell taste feel")
_DOING = word_class(
    "drive swim cook sing dance ski cycle ride fly dive knit sew surf garden exercise travel work read sleep"
)
_SPORTS = word_class(
    "climbing running swimming hiking cycling skiing dancing surfing riding diving jogging rowing skating "
    "football tennis rugby basketball golf squash badminton volleyball hockey cricket"
)
_AIDS = word_class("glasses wheelchair crutch cane oxygen insulin dialysis inhaler epipen hearing walker brace")
_TREATMENTS = word_class(
    "mammogram scan checkup check-up injection shot infusion dialysis transfusion test therapy smear mri"
)
_REMEDIES = word_class(
    "vitamin supplement iron magnesium zinc creatine omega aspirin paracetamol tablet pill hormone hrt painkiller "
    "steroid antihistamine antibiotic antidepressant statin probiotic collagen calcium ritalin ozempic xanax"
)
_NO_DRUGS = word_class(
    "magazine machine headline deadline airline pipeline routine discipline gasoline doctrine limousine everyone "
    "someone telephone headphone microphone milestone suicide countryside pesticide decline trampoline submarine "
    "baseline guideline alcohol control protocol football handball volleyball school baseball basketball landline "
    "sunshine coastline"
)
_DRUGS = tuple(word_class("ine ol pril statin formin fen cillin mycin pam zole arin one ide tan"))


def unable(reading: Reading) -> Draft | None:
    """ "I can't go climbing until June", "she can't hear on the left", "I can't feel my hand properly"."""
    clause, target = reading.clause, reading.object
    if clause.modal != "can" or not clause.negated or not reading.personal or clause.tense is Tense.PAST:
        return None
    if target is not None and (bound_to_context(target) or target.lemma_.lower() in ARTEFACTS):
        return None
    body = target is not None and any(token.lemma_.lower() in BODY for token in phrase_tokens(target))
    if clause.lemma in _SENSING:
        side = clause.prep("in", "on", "out", "with", "from")
        alone = target is None and (
            clause.lemma in ("smell", "taste") or (side is not None and not bound_to_context(side))
        )
        return Draft(Kind.FACT) if body or alone else None
    if clause.lemma in ("move", "bend", "lift", "use", "raise", "straighten"):
        weights = target is not None and target.lower_ in ("anything", "weights", "things") and list(target.children)
        return Draft(Kind.FACT) if body or (clause.lemma == "lift" and (target is None or weights)) else None
    outing = clause.child("xcomp", "advcl") if clause.lemma in ("go", "do", "start") else None
    if clause.lemma == "go" and outing is not None and outing.lower_ in _SPORTS:
        return Draft(Kind.FACT)
    if clause.lemma in ("do", "play") and target is not None and target.lower_ in _SPORTS:
        return Draft(Kind.FACT)
    if clause.lemma in _MOVING and target is None:
        return Draft(Kind.FACT)
    general = target is None or (
        target.tag_ in ("NN", "NNS") and not any(c.dep_ in ("det", "poss") for c in target.children)
    )
    return (
        Draft(Kind.FACT)
        if clause.lemma in _DOING | _MOVING and general and clause.lemma not in ("work", "sleep")
        else None
    )


def never_learned(reading: Reading) -> Draft | None:
    """ "My mother never learned to read", "I've never learned how to swim"."""
    clause = reading.clause
    what = clause.child("xcomp", "ccomp")
    if clause.lemma != "learn" or not clause.negated or what is None or not reading.personal or clause.modal:
        return None
    return Draft(Kind.FACT) if not any(bound_to_context(c) for c in what.children if c.dep_ == "dobj") else None


def obliged(reading: Reading) -> Draft | None:
    """What health asks for: "I have to avoid nuts", "I must take insulin before meals", "I need glasses"."""
    clause, target = reading.clause, reading.object
    if clause.tense is not Tense.PRESENT or target is None or bound_to_context(target) or clause.negated:
        return None
    if clause.lemma == "need":
        aids = "health" in tags(phrase_tokens(target)) or {target.lemma_.lower(), target.lower_} & _AIDS
        return Draft(Kind.FACT, timed=False) if not clause.modal and aids else None
    if clause.modal not in ("have to", "must") or not reading.personal or target.lemma_.lower() in ARTEFACTS:
        return None
    treated = clause.lemma in ("get", "have", "do") and not _TREATMENTS.isdisjoint(
        word.lemma_.lower() for word in phrase_tokens(target)
    )
    if treated:
        return Draft(Kind.FACT, timed=False)
    dose = clause.lemma in ("take", "inject", "use") and ("health" in tags(phrase_tokens(target)) or is_drug(target))
    return Draft(Kind.FACT, timed=False) if dose or clause.lemma == "avoid" else None


def is_drug(noun: "Token") -> bool:
    """Whether a noun ends as medicines do."""
    word = noun.lemma_.lower()
    named_so = len(word) > 6 and word.endswith(_DRUGS) and word not in _NO_DRUGS
    return (named_so or word in _REMEDIES) and noun.tag_ in (
        "NN",
        "NNP",
        "NNS",
    )
