"""Requests to the program in words: "remember that …", "forget that …", "what do you know about me?", "call me …"."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from memos_engine.cube import browsing, items
from memos_engine.cube.ids import normalise
from memos_engine.lifecycle.change import joined
from memos_engine.lifecycle.wording import content_words, key_words, stem
from memos_engine.reader.secrets import SecretSpan, find_secrets
from memos_engine.services import reading, reads
from memos_engine.services.home import OpenHome
from memos_engine.services.place import Place
from memos_engine.types import (
    Caller,
    Candidate,
    Kind,
    Memory,
    MemoryCall,
    MemoryChanges,
    MemoryFilter,
    Message,
    Purpose,
    Recalled,
    SortKey,
    State,
)

if TYPE_CHECKING:
    from memos_engine.reader.requests import SpokenRequest

_LISTED = 30
_ASKED_ABOUT = 5
_ALIKE = 0.35
"""Cosine from which a memory may be what a person means ("my husband", "Married to Jonas": 0.37)."""
_MEMORIES = tuple(kind for kind in Kind if kind not in (Kind.MESSAGE, Kind.CHUNK))
_JUST_THAT = re.compile(r"\W*(?:that|this|it|what i (?:just )?(?:said|wrote|told you))?\W*", re.IGNORECASE)


@dataclass(frozen=True)
class SpokenAnswer:
    """What the program says, the memories that it names, and what it changed. `withheld`: secrets that were told beside
    the request; `quotable`: answers may be made of the words of the message."""

    text: str
    used: tuple[Recalled, ...] = ()
    changes: MemoryChanges = field(default_factory=MemoryChanges)
    withheld: tuple[Candidate, ...] = ()
    quotable: bool = False


class SpokenRequests:
    """Carries out what a person asks of the program itself."""

    def __init__(self, home: OpenHome, place: Place) -> None:
        self._home = home
        self._place = place

    def answer(self, question: Message) -> SpokenAnswer | None:
        """What the program says to a message that is a request to it; None when it is one for the model.

        Where memory is off, or nothing is kept, there is nothing to do and only that is said.
        """
        from memos_engine.reader.requests import RequestKind, spoken_request

        request = spoken_request(self._home.pipeline, question.text)
        if request is None:
            return None
        if not self._place.remembers:
            kept = "This conversation is temporary: nothing is remembered or looked up here."
            off = "Memory is off in this chat. Turn it on above, and ask again."
            return SpokenAnswer(kept if self._place.conversation.temporary else off)
        read = self._home.reader.read(question.text, time=question.time)
        paused, span = reading.paused(self._home), (request.start, request.end)
        beside = () if paused else read
        withheld = tuple(candidate for candidate in beside if candidate.withheld and not _overlap(span, candidate))
        if request.kind is RequestKind.REMEMBER:
            answer = self._remember(question, request, read)
            quotable = all(_within(request, secret) for secret in find_secrets(question.text))
            return replace(answer, withheld=withheld, quotable=quotable and not paused)
        answer = {
            RequestKind.CALL_ME: self._call_me,
            RequestKind.FORGET: self._remove,
            RequestKind.LIST: self._list,
        }[request.kind](question, request)
        told = self._place.absorb(question, self._beside(request, read), ask=reading.asks_first(self._home))
        quotable = request.kind is RequestKind.CALL_ME and not paused and not find_secrets(question.text)
        return replace(
            answer,
            changes=joined([answer.changes, told]),
            withheld=withheld,
            quotable=quotable,
        )

    def _call_me(self, _: Message, request: "SpokenRequest") -> SpokenAnswer:
        self._home.settings.set("chat.name", request.text)
        return SpokenAnswer(f"I will call you {request.text}.", changes=MemoryChanges(settings=("chat.name",)))

    def _remember(self, question: Message, request: "SpokenRequest", read: Sequence[Candidate]) -> SpokenAnswer:
        """The person said so: all of it, secrets too, and without asking again."""
        within = [replace(candidate, withheld=False) for candidate in read if _within(request, candidate)]
        unread = [span for span in request.statements if not any(_overlap(span, each) for each in within)]
        parts = [*within, *(_as_said(question.text, *span) for span in unread)]
        beside = self._beside(request, read)
        waiting = MemoryChanges()
        if beside and reading.asks_first(self._home):
            waiting = self._place.absorb(question, beside, ask=True)
            beside = []
        whole = [_as_said(question.text, request.start, request.end)]
        asked = parts if within or len(parts) > 1 else whole
        changes = self._place.absorb(question, [*asked, *beside], ask=False)
        texts = [change.memory.text for change in changes.memories if change.memory is not None]
        if not texts:
            return SpokenAnswer("I know that already.", changes=joined([changes, waiting]))
        return SpokenAnswer("I will remember: " + "; ".join(texts) + ".", changes=joined([changes, waiting]))

    def _beside(self, request: "SpokenRequest", read: Sequence[Candidate]) -> list[Candidate]:
        """What the message tells beside its request, which is remembered as in any other message."""
        if reading.paused(self._home):
            return []
        span = (request.start, request.end)
        return [candidate for candidate in read if not candidate.withheld and not _overlap(span, candidate)]

    def _remove(self, question: Message, request: "SpokenRequest") -> SpokenAnswer:
        """One memory that says it goes to the trash; of several, the person is asked which. What is in the trash
        already is named: a window offers to forget it."""
        meant, near = self._meant(question, request)
        if len(meant) == 1:
            changes = self._home.lifecycle.remove([meant[0].id])
            return SpokenAnswer(
                f"I no longer use “{meant[0].text}”. It is in the trash; undo brings it back, and forgetting it in "
                "Memories erases it for good.",
                changes=changes,
            )
        trashed = [] if meant else self._trashed(request)
        if trashed:
            return SpokenAnswer(_in_the_trash(trashed), tuple(map(_named, trashed)))
        listed = meant or near
        if not listed:
            return SpokenAnswer("Nothing that I remember says so. All of it stands in Memories.")
        asked = "Which of these do you mean?" if len(listed) > 1 else "Do you mean this one?"
        lines = "\n".join(f"- {memory.text}" for memory in listed)
        return SpokenAnswer(f"{asked} Say it in its words.\n\n{lines}", tuple(map(_named, listed)))

    def _meant(self, question: Message, request: "SpokenRequest") -> tuple[list[Memory], list[Memory]]:
        """The memories that a request surely means, and those that are near it."""
        if _JUST_THAT.fullmatch(request.text):
            return self._just_learned(question), []
        found = [item.memory for item in self._search(request.text)]
        read = self._home.reader.read(request.text, time=question.time)
        said = {normalise(text) for text in (request.text, *(candidate.text for candidate in read))}
        same = [memory for memory in found if normalise(memory.text) in said]
        wanted = set(map(stem, content_words(request.text)))
        holding = [memory for memory in found if wanted and wanted <= set(map(stem, content_words(memory.text)))]
        return same or holding, self._near(request.text, found)

    def _near(self, text: str, found: Sequence[Memory]) -> list[Memory]:
        """Those that hold most of the words, or mean something alike, also by the name of what they tell ("my job":
        occupation)."""
        wanted = set(map(stem, key_words(text)))
        told = [memory.text for memory in found]
        named = [f"{memory.slot}: {memory.text}" if memory.slot else memory.text for memory in found]
        meanings = self._home.encoder.encode([text, *told, *named])
        alike = (meanings[1:] @ meanings[0]).reshape(2, len(found)).max(axis=0)
        return [
            memory
            for memory, likeness in zip(found, alike, strict=True)
            if 2 * len(wanted & set(map(stem, key_words(memory.text)))) > len(wanted) or likeness >= _ALIKE
        ]

    def _search(self, text: str) -> tuple[Recalled, ...]:
        call = MemoryCall(Caller.CHAT, Purpose.SEARCH, text, kinds=_MEMORIES, limit=_ASKED_ABOUT)
        return tuple(self._home.retrieval.recall(self._home.gate.admit(call)))

    def _trashed(self, request: "SpokenRequest") -> list[Memory]:
        """What lies in the trash and holds the words of the request, newest first."""
        wanted = " ".join(content_words(request.text))
        readable = self._home.gate.admit(MemoryCall(Caller.CHAT, Purpose.SEARCH, kinds=_MEMORIES)).cube_ids
        if not wanted or not readable or _JUST_THAT.fullmatch(request.text):
            return []
        call = MemoryCall(Caller.WINDOW, Purpose.BROWSE, wanted, readable, kinds=_MEMORIES, limit=_ASKED_ABOUT)
        return newest(self._home, call, State.ARCHIVED)[0]

    def _just_learned(self, question: Message) -> list[Memory]:
        """What the latest message before this one left behind and holds."""
        call = MemoryCall(Caller.CHAT, Purpose.SEARCH, kinds=_MEMORIES)
        for message in reversed(self._place.thread(question.parent_id)):
            learned = reads.found(self._home, self._home.gate.admit(call), message.written)
            if learned:
                return [learned[memory_id] for memory_id in message.written if memory_id in learned]
        return []

    def _list(self, _: Message, request: "SpokenRequest") -> SpokenAnswer:
        if request.text:
            about = self._search(request.text)
            lines = "\n".join(f"- {item.memory.text}" for item in about)
            said = f"This is what I remember about that:\n\n{lines}" if about else "I remember nothing about that."
            return SpokenAnswer(said, about)
        call = MemoryCall(Caller.CHAT, Purpose.SEARCH, kinds=_MEMORIES, limit=_LISTED)
        listed, total = newest(self._home, call)
        if not listed:
            return SpokenAnswer("I remember nothing about you yet.")
        lines = "\n".join(f"- {memory.text}" for memory in listed)
        more = f"\n\nand {total - len(listed)} more, in Memories." if total > len(listed) else ""
        return SpokenAnswer(f"This is what I remember:\n\n{lines}{more}", tuple(map(_named, listed)))


def newest(home: OpenHome, call: MemoryCall, state: State = State.ACTIVATED) -> tuple[list[Memory], int]:
    """The newest memories that a call may read and that hold the words of its query, pinned ones first, and how many
    there are."""
    grant = home.gate.admit(call)
    which = MemoryFilter(call.query, call.kinds, states=(state,), sort=SortKey.NEWEST, limit=call.limit)
    found: list[Memory] = []
    total = 0
    for cube_id in grant.cube_ids:
        with home.shelf.get(cube_id).read() as session:
            rows, count = browsing.page(session, which, grant.scope)
            found += items.to_memories(session, rows, cube_id)
            total += count
    found.sort(key=lambda memory: (memory.pinned, memory.created), reverse=True)
    return found[: call.limit], total


def _as_said(message: str, start: int, end: int) -> Candidate:
    quote = message[start:end]
    text = quote.strip().rstrip(".!")
    return Candidate(text[:1].upper() + text[1:], Kind.FACT, "me", quote, start, end)


def _within(request: "SpokenRequest", span: Candidate | SecretSpan) -> bool:
    return request.start <= span.start and span.end <= request.end


def _overlap(span: tuple[int, int], candidate: Candidate) -> bool:
    return span[0] < candidate.end and candidate.start < span[1]


def _in_the_trash(memories: Sequence[Memory]) -> str:
    if len(memories) == 1:
        return f"“{memories[0].text}” is in the trash: I do not use it. Forgetting it erases it for good."
    lines = "\n".join(f"- {memory.text}" for memory in memories)
    return f"These are in the trash: I do not use them. Forgetting them erases them for good.\n\n{lines}"


def _named(memory: Memory) -> Recalled:
    return Recalled(memory, 1.0, {"named": 1.0})
