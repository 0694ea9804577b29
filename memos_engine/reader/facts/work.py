"""Work and study: employers, jobs begun and left, schools, degrees."""

from typing import TYPE_CHECKING

from memos_engine.reader.clauses import Clause, Tense, has_ended
from memos_engine.reader.facts.reading import Draft, Reading, bound_to_context, noun_phrase, place_name, without_time
from memos_engine.reader.facts.roles import is_occupation
from memos_engine.reader.lexicon import WORKPLACES, word_class
from memos_engine.types import Kind

if TYPE_CHECKING:
    from memos_engine.language.pipeline import Token

_PAST = (Tense.PAST, Tense.PERFECT, Tense.BARE)
_BEGUN = word_class(
    "job work position role internship company business university school college phd "
    "apprenticeship course degree blog podcast band nursery kindergarten preschool"
)
_JOINED = word_class("club gym choir team army navy band group class union church")
_SCHOOLING = word_class("nursery kindergarten preschool university school college course degree phd")


def working(reading: Reading) -> Draft | None:
    """ "I work as a nurse at AZ Delta", "I've been working for Philips since 2019", "I no longer work there"."""
    clause = reading.clause
    if clause.lemma not in ("work", "freelance", "teach", "intern", "volunteer") or not reading.personal:
        return None
    if (clause.modal and clause.modal != "can") or (
        clause.lemma == "work"
        and clause.child("dobj") is not None
        and clause.prep("as", "at", "for") is None
        and not _timely(clause)
    ):
        return None
    taught = clause.child("dative", "dobj")
    if clause.lemma == "teach" and taught is not None and taught.lower_ in word_class("you me us how them him her"):
        return None
    if clause.lemma == "volunteer" and clause.prep("at", "for", "with", "in") is None and not _timely(clause):
        return None
    without = without_time(reading)
    job, place = clause.prep("as", "like"), clause.prep("at", "for")
    beside = clause.prep("with")
    field = clause.prep("in", "from")
    over = has_ended(clause)
    past = clause.tense in (Tense.PAST, Tense.PAST_PROGRESSIVE)
    slot = value = ""
    if (
        place is not None
        and not bound_to_context(place)
        and place.ent_type_ not in ("DATE", "TIME")
        and place.lower_ not in word_class("moment night home living hours company week")
    ):
        slot, value = "employer", place_name(place, without=without)
    elif job is not None and not bound_to_context(job):
        slot, value = "occupation", noun_phrase(job, without=without)
    elif clause.lemma == "work" and all(bound_to_context(one) for one in (field, beside)) and not _timely(clause):
        return None
    on = clause.prep("on")
    if (
        on is not None
        and (slot == "" or past)
        and on.lower_ not in word_class("saturdays sundays mondays fridays weekends")
    ):
        return None
    if slot == "employer" and clause.lemma in ("volunteer", "teach", "freelance"):
        slot = ""
    if clause.negated and not over:
        slot = ""
    return Draft(Kind.FACT, "" if past else slot, value, ends=over)


def _timely(clause: Clause) -> bool:
    words = {child.lower_ for child in clause.verb.subtree}
    return bool(
        words & word_class("remotely nights part-time full-time weekends night freelance shift shifts home part full")
    )


def changing_job(reading: Reading) -> Draft | None:
    """ "I started at Philips", "I quit my job", "I got hired by", "I was laid off", "I retired in 2019"."""
    clause = reading.clause
    if not reading.personal or clause.modal or clause.negated:
        return None
    lemma, without = clause.lemma, without_time(reading)
    if lemma in ("start", "begin", "join") and clause.tense is not Tense.PRESENT:
        return _starting(reading)
    if lemma in ("quit", "leave", "resign", "retire", "lose") and clause.tense is not Tense.PRESENT:
        return _leaving(reading, lemma)
    if lemma in word_class("fire hire lay promote dismiss sack layoff") and any(
        c.dep_ in ("auxpass", "aux") for c in clause.finite.children
    ):
        by = clause.prep("by", "from", "at")
        value = place_name(by, without=without) if by is not None and by.pos_ == "PROPN" else ""
        ends = lemma in ("fire", "lay", "dismiss", "sack")
        return Draft(
            Kind.EVENT,
            "employer" if ends and value else "",
            value,
            ends=ends and bool(value),
            follows="started at" if lemma == "hire" and value else "",
        )
    if lemma == "retire":
        return Draft(Kind.EVENT)
    return None


def _starting(reading: Reading) -> Draft | None:
    """ "I started at Philips", "I began a new job as a baker", "she joined the navy"."""
    clause, target = reading.clause, reading.object
    without = without_time(reading)
    settled = clause.tense in _PAST
    if target is not None:
        noun = target.lemma_.lower()
        joined = clause.lemma == "join" and (target.ent_type_ == "ORG" or noun in _JOINED)
        if noun not in _BEGUN and not joined:
            return None
        at = clause.prep("at", "with", "for") or (target if clause.lemma == "join" else None)
        employer = place_name(at, without=without) if at is not None and _is_workplace(at) else ""
        works = settled and bool(employer) and noun not in _SCHOOLING | _JOINED
        return Draft(Kind.EVENT, "", employer, follows="started at" if works else "")
    at, job = clause.prep("at", "with", "for"), clause.prep("as")
    if at is not None and not bound_to_context(at) and _is_workplace(at):
        school = at.lemma_.lower() in _SCHOOLING
        follows = "started at" if settled and not school else ""
        return Draft(Kind.EVENT, "", place_name(at, without=without), follows=follows)
    if job is not None and not bound_to_context(job) and is_occupation(job):
        follows = "started as" if settled else ""
        return Draft(Kind.EVENT, "", noun_phrase(job, without=without), follows=follows)
    return None


def _is_workplace(noun: "Token") -> bool:
    """A name, a bare lower-case one ("at spotify"), or a noun for a place of work."""
    bare = noun.tag_ in ("NN", "NNS") and not any(child.dep_ in ("det", "amod", "poss") for child in noun.children)
    named = noun.pos_ == "PROPN" or bare or any(child.pos_ == "PROPN" for child in noun.children)
    return named or noun.lemma_.lower() in WORKPLACES | _SCHOOLING


def _leaving(reading: Reading, lemma: str) -> Draft | None:
    clause, target = reading.clause, reading.object
    without = without_time(reading)
    if lemma == "retire":
        return Draft(Kind.EVENT, "occupation", "", ends=True)
    stopped = clause.child("xcomp")
    if stopped is not None and lemma == "quit":
        return Draft(Kind.EVENT, ends=True)
    source = target or clause.prep("from")
    if source is None or bound_to_context(source):
        return Draft(Kind.EVENT, "employer", "", ends=True) if lemma == "resign" else None
    noun = source.lemma_.lower()
    is_job = noun in word_class("job position role company work post career")
    if lemma == "lose":
        return (
            Draft(Kind.EVENT, "employer" if is_job else "", "", ends=is_job)
            if noun
            in word_class(
                "job licence license wife husband mother father mom mum dad brother sister dog cat baby house "
                "leg hearing friend grandmother grandfather grandma grandpa weight son daughter"
            )
            else None
        )
    if lemma == "leave" and not (
        is_job
        or source.ent_type_ in ("ORG", "GPE", "PERSON")
        or noun in word_class("church army school university wife husband band home country team club")
    ):
        return None
    if lemma == "leave" and source.ent_type_ == "GPE":
        return Draft(Kind.EVENT)
    at = clause.prep("at", "with", "as") if is_job else source
    if is_job and at is None:
        at = next(
            (c for p in source.children if p.lower_ in ("at", "with", "as") for c in p.children if c.dep_ == "pobj"),
            None,
        )
    if lemma == "quit" and not is_job and source.ent_type_ not in ("ORG",):
        return Draft(Kind.EVENT, ends=True)
    employer = place_name(at, without=without) if at is not None and at.pos_ == "PROPN" else ""
    return Draft(
        Kind.EVENT, "employer" if is_job or employer else "", employer, ends=is_job or source.ent_type_ == "ORG"
    )


def studying(reading: Reading) -> Draft | None:
    """ "I study physics at Ghent", "I graduated from MIT in 2015", "I'm doing a PhD in …"."""
    clause = reading.clause
    if not reading.personal or clause.modal:
        return None
    lemma, target = clause.lemma, reading.object
    definite = target is not None and any(c.dep_ == "det" and c.lower_ == "the" for c in target.children)
    if definite and lemma == "study":
        return None
    if lemma in ("study", "major", "minor") and not (target is not None and bound_to_context(target)):
        if lemma == "study" and target is None and clause.prep("at", "in", "for", "to") is None:
            return None
        over = has_ended(clause)
        return Draft(Kind.FACT, ends=over)
    if lemma == "graduate" and clause.tense is not Tense.PRESENT and not clause.negated:
        return Draft(Kind.EVENT)
    if lemma in word_class("attend do finish complete get earn pursue hold have") and target is not None:
        noun = target.lemma_.lower()
        if (
            noun
            in word_class(
                "phd doctorate degree master masters mba apprenticeship internship bachelor diploma a-levels "
                "gcses residency thesis dissertation course"
            )
            and not clause.negated
        ):
            if noun == "course" and clause.tense not in (Tense.PROGRESSIVE, Tense.PAST, Tense.PERFECT):
                return None
            return Draft(
                Kind.EVENT if clause.tense in _PAST and lemma in ("finish", "complete", "get", "earn") else Kind.FACT
            )
    if (
        lemma == "attend"
        and target is not None
        and not bound_to_context(target)
        and clause.tense in (Tense.PRESENT, Tense.PAST)
    ):
        return Draft(Kind.FACT) if target.ent_type_ in ("ORG", "GPE", "FAC") or clause.tense is Tense.PRESENT else None
    if lemma == "go" and clause.prep("to") is not None and clause.tense in (Tense.PRESENT, Tense.PAST, Tense.PERFECT):
        school = clause.prep("to")
        assert school is not None
        if school.lemma_.lower() in ("university", "college", "school") and (
            any(c.dep_ in ("compound", "amod") for c in school.children)
            or reading.when is not None
            or clause.prep("in") is not None
        ):
            return Draft(Kind.FACT)
    return None
