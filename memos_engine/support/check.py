"""Which memory supports which sentence of a reply, and which sentence claims something that nothing supports.

The reader finds the claims: a reply is seen as the person would say it (`mirror`), and what would then be remembered is
what the reply claims. Each claim is compared with the memories that stood in the prompt and with what the person said
in the conversation (`agreement`). Where the words leave it open, the sentence encoder gives a second opinion: it can
add a mark where no name, number, date, person or denial speaks against it, and it can hold a verdict back.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import accumulate
from typing import TYPE_CHECKING

from memos_engine.language.identify import identify
from memos_engine.language.pipeline import LanguagePipeline
from memos_engine.reader.linguistic import LinguisticReader
from memos_engine.reader.protocol import ME, ReadRequest
from memos_engine.reader.wishes import REPLIES
from memos_engine.support import fragments
from memos_engine.support.agreement import Finding, compare
from memos_engine.support.clausal import Speech
from memos_engine.support.elsewhere import supported_elsewhere
from memos_engine.support.hedging import hedges, is_personal
from memos_engine.support.known import Known, Spoken, requests
from memos_engine.support.mirror import mirrored, speaks_to
from memos_engine.support.nearness import Encode, Nearness
from memos_engine.support.sentences import Sentence, sentences
from memos_engine.support.statements import Note, Statement, note_of, statements
from memos_engine.types import Candidate, Memory, Support

if TYPE_CHECKING:
    from memos_engine.language.pipeline import Doc

_MOST_SENTENCES = 200
_STATED = 0.95
"""How sure a mark is that only the words of a clause give (1: what the reader takes for a fact)."""
_TURNS = 8
"""Of what the person said so many messages are read, the newest; the words of all are looked at."""


class SupportCheck:
    """Compares replies with memories. Any thread may call; holds no text between calls."""

    def __init__(self, pipeline: LanguagePipeline, encode: Encode) -> None:
        self._pipeline = pipeline
        self._encode = encode
        self._reader = LinguisticReader(pipeline)

    def check(
        self, reply: str, time: datetime, memories: Sequence[Memory], said: Sequence[Spoken] = ()
    ) -> tuple[Support, ...]:
        """What each sentence of `reply` (Markdown, written at `time`) rests on, in their order.

        `said` is what the person said before it, the question last. Sentences that rest on nothing and claim nothing
        are among them. A reply in a language that the pipeline does not parse gets no verdicts.
        """
        found = sentences(reply)[:_MOST_SENTENCES]
        if not found:
            return ()
        if identify(" ".join(sentence.plain for sentence in found)) != self._pipeline.language:
            return supported_elsewhere(found, memories, self._encode)
        return _Reading(self._pipeline, self._reader, self._encode, found, time).supports(memories, said)


class _Reading:
    """One reply, being compared."""

    def __init__(
        self,
        pipeline: LanguagePipeline,
        reader: LinguisticReader,
        encode: Encode,
        found: Sequence[Sentence],
        time: datetime,
    ) -> None:
        self._pipeline = pipeline
        self._reader = reader
        self._encode = encode
        self._found = found
        self._time = time
        self._docs = list(pipeline.parse_many([sentence.plain for sentence in found]))

    def supports(self, memories: Sequence[Memory], said: Sequence[Spoken]) -> tuple[Support, ...]:
        """What each sentence rests on."""
        claims, known = self._read(memories, said)
        compared = [
            [(claim, [compare(claim, one, known.names) for one in known.statements]) for claim in group]
            for group in claims
        ]
        near = Nearness(self._encode, [pair for group in compared for pair in group], known)
        speech = Speech(("you", "your"), known.called())
        results = []
        personal = not said or is_personal(said[-1].text)
        for doc, sentence, group in zip(self._docs, self._found, compared, strict=True):
            stated = dict(self._stated(speech, doc, known))
            marks = dict.fromkeys(stated, _STATED)
            judged = not hedges(sentence.plain)
            unsupported = False
            for claim, comparisons in group:
                found = near.supporters(claim, comparisons)
                marks |= {memory_id: max(score, marks.get(memory_id, 0.0)) for memory_id, score in found.items()}
                alone = bool(stated) and len(group) == 1
                is_stated = alone or any(claim.words <= one.words for one in stated.values())
                if judged and not (found or is_stated) and (personal or _is_of_somebody(claim)):
                    unsupported |= near.is_alone(claim, comparisons)
            if not group and not marks:
                marks = fragments.answered(doc, known, said[-1].text if said else "")
            best = sorted(marks, key=lambda memory_id: marks[memory_id], reverse=True)
            results.append(Support(sentence.start, sentence.end, tuple(best), unsupported))
        return tuple(results)

    @staticmethod
    def _stated(speech: Speech, doc: "Doc", known: Known) -> Iterator[tuple[str, Statement]]:
        """The memories that say what a clause of a sentence states, and what it states."""
        said = [*zip(known.statements, known.owners, strict=True)]
        said += zip(known.clauses, known.clause_owners, strict=True)
        for claim in speech.statements(doc):
            for one, owner in said:
                if owner is not None and compare(claim, one, known.names).finding is Finding.SAYS:
                    yield owner, claim

    def _read(self, memories: Sequence[Memory], said: Sequence[Spoken]) -> tuple[list[list[Statement]], Known]:
        """The claims of each sentence, and what is known, all read and parsed in one go."""
        lines: list[str] = []
        owner: list[int] = []
        for place, doc in enumerate(self._docs):
            for line in mirrored(doc):
                lines.append(" ".join(line.split()))
                owner.append(place)
        starts = list(accumulate((len(line) + 1 for line in lines), initial=0))
        asked = [ReadRequest("\n".join(lines), self._time, language=self._pipeline.language)]
        turned, *read = self._reader.read_many([*asked, *requests(memories, said[-_TURNS:], self._pipeline.language)])
        known = Known(memories, said, read)
        claims: list[tuple[int, Note]] = []
        for candidate in turned:
            place = owner[bisect_right(starts, candidate.start) - 1]
            if self._claims(candidate, self._docs[place], known):
                claims.append((place, note_of(candidate)))
        taken = statements(self._pipeline, [*known.notes, *(note for _, note in claims)])
        known.take(taken[: len(known.notes)])
        known.take_clauses(self._pipeline.parse_many([text for _, text, _ in known.verbatim]))
        groups: list[list[Statement]] = [[] for _ in self._found]
        for (place, _), statement in zip(claims, taken[len(known.notes) :], strict=True):
            groups[place].append(statement)
        return groups, known

    @staticmethod
    def _claims(candidate: Candidate, doc: "Doc", known: Known) -> bool:
        """Whether a candidate of the mirrored reply is a claim about the person, or about somebody of theirs."""
        if REPLIES in candidate.tags or doc.text.rstrip().endswith("?"):
            return False
        return speaks_to(doc) or (candidate.subject != ME and known.names_somebody(candidate.subject))


def _is_of_somebody(claim: Statement) -> bool:
    """Whether a claim can be of nobody but the person, or somebody of theirs: "you sit in a train" is said of all."""
    return bool(claim.note.slot) or not claim.is_mine
