"""The reader that needs no language model: candidates from spaCy's dependency parse."""

import time as clock
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from memos_engine.language.identify import identify
from memos_engine.language.pipeline import LanguagePipeline
from memos_engine.reader import consequences, material, sensitivity
from memos_engine.reader.clauses import Clause, Tense, clauses, own_tokens, subject_of
from memos_engine.reader.facts import RULES, Draft, Reading
from memos_engine.reader.facts.asides import as_what, asides, of_condition, of_role, own_conditions
from memos_engine.reader.facts.reading import phrase_tokens
from memos_engine.reader.fiction import plays
from memos_engine.reader.lexicon import word_class
from memos_engine.reader.phrasing import tell
from memos_engine.reader.protocol import ME, ReadRequest
from memos_engine.reader.secrets import find_secrets
from memos_engine.reader.standing import OWN_FRAGMENTS, Standing, standing
from memos_engine.reader.subjects import About, People, Subject
from memos_engine.reader.surface import Surface, prepare
from memos_engine.reader.times import Bound, When, is_ahead, points_ahead, when
from memos_engine.reader.windows import windows
from memos_engine.reader.wishes import REPLIES, Wish, is_about_answers, wishes
from memos_engine.reader.withholding import withhold
from memos_engine.types import Candidate, Kind

if TYPE_CHECKING:
    from memos_engine.language.pipeline import Token

_ONCE_AND_FOR_ALL = frozenset(("birthplace", "relation", "name"))
"""Slots that a past tense fills as well: "was born in Porto"."""
_DENIABLE = word_class("eat drink like smoke drive have own stand bear believe celebrate know speak")
_SEASONS = word_class("spring summer autumn fall winter")
_BUDGET_S = 20.0
"""Longest time spent on one text: what lies behind is left unread (100,000 characters take about 12 s on two cores)."""


class LinguisticReader:
    """Reads English on a dependency parse; text in other languages gives no candidates.

    Thread-safe as far as its pipeline is; holds no text between calls.
    """

    name = "linguistic"

    def __init__(self, pipeline: LanguagePipeline) -> None:
        self._pipeline = pipeline

    def read(self, text: str, *, time: datetime, speaker: str = ME, language: str | None = None) -> list[Candidate]:
        """Candidates of one text, in the order of their spans."""
        return next(self.read_many([ReadRequest(text, time, speaker, language)]))

    def read_many(self, requests: Iterable[ReadRequest]) -> Iterator[list[Candidate]]:
        """The same for many texts, in order; short ones are parsed in batches."""
        batch: list[ReadRequest] = []
        for request in requests:
            batch.append(request)
            if len(batch) == 64:
                yield from self._read_batch(batch)
                batch = []
        yield from self._read_batch(batch)

    def _read_batch(self, batch: list[ReadRequest]) -> Iterator[list[Candidate]]:
        prepared = [self._prepare(request) for request in batch]
        first = [surfaces[0][1].doc for surfaces in prepared if surfaces]
        parsed = iter(self._pipeline.parse_many(first))
        for request, surfaces in zip(batch, prepared, strict=True):
            if not surfaces:
                yield withhold(request.text, [], find_secrets(request.text), request.speaker)
                continue
            started = clock.monotonic()
            people = People(request.speaker)
            found: list[Candidate] = []
            for place, (offset, surface) in enumerate(surfaces):
                if clock.monotonic() - started > _BUDGET_S:
                    break
                doc = next(parsed) if place == 0 else self._pipeline.parse(surface.doc)
                found += _Page(replace(surface, doc=doc), offset, request, people).candidates()
            yield withhold(request.text, _distinct(found), find_secrets(request.text), request.speaker)

    def _prepare(self, request: ReadRequest) -> list[tuple[int, Surface]]:
        """Surfaces of the windows of a text with their offsets; none for a language that is not read here."""
        language = request.language or identify(request.text)
        if language != "en" or not request.text.strip():
            return []
        surfaces = []
        for start, end in windows(request.text):
            part = request.text[start:end]
            surface = prepare(self._pipeline, part, material.hidden(part))
            if len(surface.doc):
                surfaces.append((start, surface))
        return surfaces


class _Page:
    """One parsed window of a text."""

    def __init__(self, surface: Surface, offset: int, request: ReadRequest, people: People) -> None:
        self._surface = surface
        self._offset = offset
        self._request = request
        self._people = people
        self._quoted = material.quoted(surface.text)

    def candidates(self) -> list[Candidate]:
        """All that is to be remembered of it."""
        doc = self._surface.doc
        played = plays(doc)
        found: list[Candidate] = []
        wished: set[int] = set()
        for wish in wishes(doc) if self._request.speaker == ME else ():
            if not self._in_quotes(wish.tokens[0]) and wish.tokens[0].sent.start < played:
                found.append(self._from_wish(wish))
                wished.update(token.i for token in wish.tokens)
        noticed = 0
        for clause in clauses(doc):
            for token in doc[noticed : clause.verb.i]:
                self._people.notice(token)
            noticed = max(noticed, clause.verb.i)
            if clause.verb.i in wished or clause.finite.sent.start >= played or self._in_quotes(clause.verb):
                continue
            found += self._from_clause(clause)
        return found

    def _from_clause(self, clause: Clause) -> list[Candidate]:
        role = self._from_role(clause) + self._from_conditions(clause)
        subject = self._subject(clause)
        if subject is None or standing(clause) is not Standing.ASSERTED:
            return role
        reading = Reading(clause, subject, when(clause, self._request.time), self._request.time, self._people)
        for rule in RULES:
            draft = rule(reading)
            if draft is not None and _lasts_already(reading, draft):
                reading = replace(reading, when=None)
                draft = rule(reading) or replace(draft, kind=Kind.FACT, timed=False)
            elif draft is not None and _happens_once(reading, draft):
                draft = replace(draft, kind=Kind.EVENT, slot="", value="")
            if draft is not None and of_a_stranger(clause, subject, draft):
                return role
            if draft is not None:
                first = [*role, self._candidate(reading, draft)] if draft.text or stands_alone(clause, draft) else []
                return first + [self._candidate(reading, more, tokens) for more, tokens in asides(reading, draft)]
        return role

    def _from_role(self, clause: Clause) -> list[Candidate]:
        """ "As a vegetarian, what should I order?": so, whatever the clause itself is."""
        found = as_what(clause)
        if found is None:
            return []
        noun, tokens = found
        reading = Reading(clause, self._people.me(), None, self._request.time, self._people)
        draft = of_role(reading, noun, tokens)
        return [self._candidate(reading, draft, tokens)] if draft is not None else []

    def _from_conditions(self, clause: Clause) -> list[Candidate]:
        """ "Which exercise helps with my arthritis?": whoever speaks of an illness as theirs has it."""
        told = list(own_conditions(clause))
        if not told or standing(clause) in (Standing.HYPOTHETICAL, Standing.REPORTED, Standing.UNSURE):
            return []
        found = []
        for token, owner in told:
            subject = self._people.me() if owner.lower_ in ("my", "our") else self._people.owner(owner)
            if subject is not None:
                reading = Reading(clause, subject, None, self._request.time, self._people)
                found.append(self._candidate(reading, of_condition(reading, token), phrase_tokens(token)))
        return found

    def _subject(self, clause: Clause) -> Subject | None:
        if clause.subject is not None:
            if introduces_me(clause):
                return self._people.me()
            if answers_mine(clause):
                return Subject(About.OTHER, self._request.speaker, "")
            return self._people.resolve(clause.subject)
        if drops_subject(clause):
            return self._people.me()
        return None

    def _candidate(self, reading: Reading, draft: Draft, said: "list[Token] | None" = None) -> Candidate:
        clause = reading.clause
        subject = draft.subject or reading.subject
        time = reading.when if draft.timed else None
        text = draft.text or tell(clause, subject, time, leave_out=draft.leave_out)
        over = clause.tense in (Tense.PAST, Tense.PAST_PROGRESSIVE) and draft.kind is Kind.FACT
        if not draft.ends and (clause.negated or (over and draft.slot not in _ONCE_AND_FOR_ALL)):
            draft = replace(draft, slot="", value="")
        if subject.company and (draft.kind is Kind.EVENT or clause.lemma in ("speak", "talk")):
            text = f"{text} (with {subject.company})"
        text = _with_name(text, draft.value)
        tokens = said or _evidence(clause, reading.subject)
        start, end = self._surface.span(tokens)
        wished = draft.kind is Kind.PREFERENCE and is_ahead(time, clause, reading.base)
        valid_from, valid_to = _validity(None if wished else time, draft)
        mine = subject.label == ME
        candidate = Candidate(
            text=text,
            kind=draft.kind,
            subject=subject.label,
            quote=self._surface.text[start:end],
            start=self._offset + start,
            end=self._offset + end,
            slot=draft.slot,
            value=draft.value,
            valid_from=valid_from,
            valid_to=valid_to,
            valid_precision=time.range.precision if time and not wished else None,
            confidence=draft.confidence,
            sensitivity=sensitivity.tags(tokens),
            tags=(REPLIES,) if mine and draft.kind is Kind.PREFERENCE and is_about_answers(tokens) else (),
            ends=draft.ends,
        )
        inferred = consequences.follows(
            draft.follows, candidate, subject.phrase, plural=subject.plural, object_phrase=_bought(reading, draft)
        )
        return replace(candidate, inferred=inferred)

    def _from_wish(self, wish: Wish) -> Candidate:
        start, end = self._surface.span(list(wish.tokens))
        return Candidate(
            text=wish.text,
            kind=Kind.PREFERENCE,
            subject=ME,
            quote=self._surface.text[start:end],
            start=self._offset + start,
            end=self._offset + end,
            slot=wish.slot,
            value=wish.value,
            tags=(REPLIES,),
        )

    def _in_quotes(self, token: "Token") -> bool:
        start, end = self._surface.spans[token.i]
        return any(low <= start and end <= high for low, high in self._quoted)


def answers_mine(clause: Clause) -> bool:
    """Whether a copula names something of the speaker's behind it: "Sushi is my favourite food", "it's my birthday"."""
    if clause.lemma == "call" and clause.child("oprd") and any(child.lower_ == "me" for child in clause.verb.children):
        return clause.subject is not None and clause.subject.lower_ not in ("you", "i")
    thing = clause.child("attr") if clause.is_copula else None
    if thing is None or not any(child.dep_ == "poss" and child.lower_ in ("my", "our") for child in thing.children):
        return False
    return thing.lemma_.lower() in ("birthday", "anniversary") or any(
        child.lower_ in ("favourite", "favorite", "fave") for child in thing.children
    )


def of_a_stranger(clause: Clause, subject: Subject, draft: Draft) -> bool:
    """Whether it tells how it was with a name of which nothing says who it is: perhaps someone of history."""
    bare = subject.about is About.PERSON and not subject.relation and subject.name != ""
    told = draft.kind is Kind.FACT or clause.lemma in ("have", "bear", "marry")
    return bare and told and clause.tense in (Tense.PAST, Tense.PAST_PROGRESSIVE)


def stands_alone(clause: Clause, draft: Draft) -> bool:
    """Whether a clause says something without the words around it: no preposition that lost its noun ("the shelter I
    volunteer at"), nothing pointed at ("places like this"), nothing between those who talk ("we trust each other").
    """
    tokens = [token for token in _evidence(clause, Subject(About.OTHER, "", "")) if not token.is_punct]
    words = [token.lower_ for token in tokens]
    if "each other" in (joined := " ".join(words)) or "one another" in joined:
        return False
    last = tokens[-1]
    if last.dep_ == "prep" and not list(last.children) and clause.finite.dep_ == "relcl":
        return False
    if last.lower_ in ("sure", "certain") and len(tokens) > 2:
        return False
    pointing = word_class("it this that them these those one") | (
        word_class("there here") if draft.kind is not Kind.EVENT else frozenset()
    )
    pointed = (token for token in tokens if token.dep_ == "det" and token.lower_ in ("this", "that"))
    seasons = word_class("summer winter spring autumn fall year month week weekend morning evening term")
    here = any(
        token.i > clause.verb.i and token.head.lower_ not in seasons and not token.head.ent_type_ for token in pointed
    )
    if here and draft.kind is not Kind.EVENT:
        return False
    if last.dep_ == "pobj" and last.head.lower_ == "of":
        return True
    return not (len(tokens) > 1 and last.lower_ in pointing and last.dep_ in word_class("pobj dobj advmod pcomp attr"))


def introduces_me(clause: Clause) -> bool:
    """Whether a message opens with who writes it: "This is Paulo from Recife", "It's Jonas here"."""
    name = clause.child("attr") if clause.is_copula and clause.tense is Tense.PRESENT else None
    if name is None or name.pos_ != "PROPN" or name.ent_type_ not in ("PERSON", "") or clause.negated:
        return False
    subject = clause.subject
    opening = clause.finite.sent.start == 0 and subject is not None
    here = any(child.lower_ == "here" for child in (*clause.verb.children, *name.children))
    return (
        opening
        and subject is not None
        and (
            (subject.lower_ == "this" and clause.verb.doc[0].lower_ in ("hi", "hello", "hey", "this"))
            or (subject.lower_ == "it" and here)
        )
    )


def drops_subject(clause: Clause) -> bool:
    """Whether a clause speaks of its speaker without saying "I": "Moved to Ghent last week", "Allergic to nuts btw"."""
    head = clause.finite
    leads = head.dep_ in ("advcl", "ccomp") and head.left_edge.i == head.sent.start and head.tag_ == "VBD"
    if head.dep_ != "ROOT" and not (head.dep_ == "conj" and head.head.dep_ == "ROOT") and not leads:
        return False
    if head.dep_ == "conj" and subject_of(head.head) is not None:
        return False
    before = [token for token in head.sent if token.i < head.i and token.head.i == head.i]
    if any(
        token.dep_ not in word_class("advmod aux auxpass neg intj punct npadvmod prep cc dep compound amod det nummod")
        for token in before
    ):
        return False
    if clause.tense is Tense.BARE:
        if head.tag_ in ("VB", "VBP") and head.i == head.sent.start:
            return head.lemma_.lower() in OWN_FRAGMENTS
        return head.tag_ in ("JJ", "VBN", "VBG", "VBD") or head.pos_ in ("ADJ", "NOUN", "PROPN", "ADP")
    denied = clause.negated and head.tag_ == "VB" and clause.lemma in _DENIABLE
    liked = head.dep_ == "conj" and head.tag_ in ("VB", "VBP") and clause.lemma in ("hate", "love", "like", "prefer")
    if denied or liked:
        return True
    return head.tag_ in ("VBD", "VBN", "VBG") and clause.tense in (Tense.PAST, Tense.PERFECT, Tense.PROGRESSIVE)


def _with_name(text: str, value: str) -> str:
    """`text` with the value as its slot spells it: "Lives in Ghent" of "i live in ghent"."""
    place = text.casefold().find(value.casefold()) if value else -1
    found = text[place : place + len(value)]
    capitals = place > 0 and value != value.lower() and found.casefold() == value.casefold()
    return text[:place] + value + text[place + len(value) :] if capitals else text


def _evidence(clause: Clause, subject: Subject) -> "list[Token]":
    tokens = {token.i: token for part in clause.chain for token in own_tokens(part)}
    tokens |= {token.i: token for token in subject.tokens if token.sent.start == clause.finite.sent.start}
    kept = [tokens[place] for place in sorted(tokens)]
    while len(kept) > 1 and (kept[-1].is_punct or kept[-1].dep_ == "cc"):
        kept.pop()
    while len(kept) > 1 and (kept[0].is_punct or kept[0].dep_ in ("cc", "mark", "intj")):
        kept.pop(0)
    return kept


def _validity(time: When | None, draft: Draft) -> tuple[datetime | None, datetime | None]:
    if time is None:
        return None, None
    if (draft.ends and draft.kind is Kind.FACT) or time.bound is Bound.UNTIL:
        return None, time.range.start
    if time.bound is Bound.DURING:
        return time.range.start, time.range.end
    return time.range.start, None


def _lasts_already(reading: Reading, draft: Draft) -> bool:
    """Whether a habit or state of the present came out with a time ahead, which then tells no beginning of it: "I play
    tennis on Sunday", "my neighbour plays the tuba at 2am", "she's pregnant, due in July"."""
    time, clause = reading.when, reading.clause
    if time is None or not draft.timed or draft.text or not is_ahead(time, clause, reading.base):
        return False
    if draft.kind is Kind.EVENT:
        season = any(token.lower_ in _SEASONS for token in time.tokens) and not points_ahead(time)
        target = reading.object
        ill = target is not None and (target.lower_ == "fever" or "health" in sensitivity.tags([target, *target.lefts]))
        return season and ill and clause.lemma in ("have", "get", "suffer")
    return not _is_of_a_thing(reading) and not points_ahead(time)


def _happens_once(reading: Reading, draft: Draft) -> bool:
    """Whether what is told in the present is of one time ahead: "I work from home tomorrow"."""
    time = reading.when
    ahead = time is not None and is_ahead(time, reading.clause, reading.base) and points_ahead(time)
    return ahead and draft.timed and draft.kind is Kind.FACT and not draft.text and not _is_of_a_thing(reading)


def _is_of_a_thing(reading: Reading) -> bool:
    """Whether a clause says when something is: "my test is tomorrow"."""
    return reading.clause.is_copula and reading.subject.about is About.THING


def _bought(reading: Reading, draft: Draft) -> str:
    target = reading.object
    if draft.follows != "bought" or target is None:
        return ""
    from memos_engine.reader.facts.reading import phrase_tokens, without_time

    tokens = phrase_tokens(target, without=without_time(reading))
    return "".join(token.text_with_ws for token in tokens if token.lower_ not in ("my", "our", "new")).strip(" ,.")


def _distinct(found: list[Candidate]) -> list[Candidate]:
    seen: dict[tuple[str, str], Candidate] = {}
    for candidate in sorted(found, key=lambda one: (one.start, one.end)):
        if candidate.text.strip():
            seen.setdefault((candidate.subject.casefold(), candidate.text.casefold()), candidate)
    return list(seen.values())
