"""What stands before the model at a turn: the branch, the memories that bear on the question, wishes and files."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from memos_engine.inference.fallback import Fallback
from memos_engine.inference.prompt import Prompt, PromptParts, Turn
from memos_engine.inference.prompt_notes import day
from memos_engine.inference.sampling import Sampling
from memos_engine.language.identify import identify
from memos_engine.reader.asking import looks_back, only_asks, wants_answer
from memos_engine.services import core, excerpts, notes, standing
from memos_engine.services.answerability import Evidence
from memos_engine.services.distilled import distilled
from memos_engine.services.home import OpenHome
from memos_engine.services.place import Place
from memos_engine.types import Caller, FileUse, Kind, Memory, MemoryCall, Message, Purpose, Recalled, Role, now

_LOOKED_AT = 3
"""Times as many memories are recalled as may stand in a prompt: some say the same."""
_LONGEST_QUERY = 2_000
_TRIES = 3
"""Recalls of one turn at most: each may bring notes that push another message out of the prompt."""


@dataclass(frozen=True)
class Asked:
    """A prompt, the memories in it (notes best first, then wishes), and what of attached files stands in it."""

    prompt: Prompt
    used: tuple[Recalled, ...] = ()
    files: tuple[FileUse, ...] = ()


@dataclass(frozen=True)
class _Bare:
    """A question's prompt as far as it depends on no recall."""

    history: tuple[Message, ...]
    """Those of `parts`, in the same order."""
    parts: PromptParts
    question: str
    """As it was asked, without files."""
    wishes: tuple[Memory, ...]
    files: tuple[FileUse, ...]


class Prompting:
    """Puts together what the model is sent about one conversation. For a prompt, the model must be loaded."""

    def __init__(self, home: OpenHome, place: Place) -> None:
        self._home = home
        self._place = place

    def with_memories(self, question: Message) -> Asked:
        """A kept message with what was recalled for it.

        What is said in the prompt's own messages is not recalled once more; what was said in earlier ones, which a long
        conversation has pushed out of the prompt, is.
        """
        bare = self._bare(question, self._wishes())
        there = {question.id, *(message.id for message in bare.history)}
        call = self.call(question)
        for _ in range(_TRIES):
            recalled = self._recall(call, bare, there)
            prompt = self._built(bare, recalled)
            kept = {question.id, *(message.id for message in bare.history[prompt.dropped_turns :])}
            if not prompt.dropped_turns or kept >= there:
                break
            there = kept
        return self._asked(question, bare, recalled, prompt)

    def with_these(self, question: Message, recalled: Sequence[Recalled], wishes: Sequence[Memory]) -> Prompt:
        """A kept message with these memories beside it."""
        bare = self._bare(question, wishes)
        return self._asked(question, bare, recalled, self._built(bare, recalled)).prompt

    def parts(self, last_message: str | None, question: str) -> PromptParts:
        """The prompt's parts, without notes: the branch up to `last_message`, and what stands for every reply."""
        return self._parts(_with_words(self._place.thread(last_message)), question, self._wishes())

    def call(self, question: Message) -> MemoryCall:
        """What this chat may read for a question."""
        query = question.text[:_LONGEST_QUERY]
        return replace(self._call, query=query, former=looks_back(self._home.pipeline, query))

    # --- memories

    def _recall(self, call: MemoryCall, bare: "_Bare", there: set[str]) -> tuple[Recalled, ...]:
        """The notes for a question; its wishes stand in the prompt already, and so do the messages `there`."""
        most = self._home.settings.whole("memory.notes")
        if not most:
            return ()
        call = replace(call, limit=most * _LOOKED_AT, exclude_messages=tuple(there))
        grant = self._home.gate.admit(call)
        wished = {wish.id for wish in bare.wishes}
        recalled = [item for item in self._home.retrieval.recall(grant) if item.memory.id not in wished]
        related = core.related(bare.question, recalled)
        chosen = notes.chosen(distilled(self._home, grant, related), most)
        noted = core.with_core(self._home, grant, bare.question, chosen, most)
        return tuple(item for item in noted if item.memory.id not in wished)

    def _wishes(self) -> tuple[Memory, ...]:
        return standing.standing(self._home, self._home.gate.admit(replace(self._call, kinds=(Kind.PREFERENCE,))))

    @property
    def _call(self) -> MemoryCall:
        temporary = self._place.conversation.temporary
        return MemoryCall(Caller.CHAT, Purpose.ANSWER, temporary=temporary, memory_on=self._place.remembers)

    # --- the prompt

    def _bare(self, question: Message, wishes: Sequence[Memory]) -> "_Bare":
        asks = bool(question.attachments) or wants_answer(self._home.pipeline, question.text)
        thread = self._place.thread(question.parent_id)
        said = self._with_files(question, thread) if asks else excerpts.Asked(question.text)
        history = _with_words(thread)
        parts = replace(self._parts(history, said.text, wishes), asks=asks)
        return _Bare(history, parts, question.text, tuple(wishes), said.files)

    def _built(self, bare: "_Bare", recalled: Sequence[Recalled]) -> Prompt:
        parts = replace(bare.parts, notes=tuple(notes.note(item, bare.question) for item in recalled))
        return self._home.host.build(parts, Sampling.from_settings(self._home.settings))

    def _asked(self, question: Message, bare: "_Bare", recalled: Sequence[Recalled], prompt: Prompt) -> Asked:
        used = recalled[: len(prompt.notes)]
        if used and not bare.files:
            prompt = replace(prompt, fallback=self._fallback(question.text, prompt))
        wished = (Recalled(wish, 1.0, {"standing": 1.0}) for wish in bare.wishes)
        return Asked(prompt, (*used, *wished), bare.files)

    def _fallback(self, question: str, prompt: Prompt) -> Fallback | None:
        """Not to know, where the notes seem not to answer a question; nothing where it is a task, or open to whatever
        is known, or in a language whose words are not those of the notes."""
        weighing = self._home.weighing()
        if weighing is None or identify(question) != self._home.pipeline.language:
            return None
        if core.is_open(question) or not only_asks(self._home.pipeline, question):
            return None
        return weighing.fallback(Evidence(question, prompt.notes, self._home.encoder.encode))

    def _with_files(self, question: Message, thread: Sequence[Message]) -> excerpts.Asked:
        said = [message for message in thread if message.role is Role.PERSON]
        earlier = [
            excerpts.EarlierFile(file, ago)
            for ago, message in zip(range(len(said), 0, -1), said, strict=True)
            if message.attachments
            for file in self._place.files(message.id)
        ]
        own = self._place.files(question.id)
        if not own and not earlier:
            return excerpts.Asked(question.text)
        host, files = self._home.host, [*own, *(one.file for one in earlier)]
        room = excerpts.room_of(host.context, files, host.count)
        return excerpts.with_files(question.text, own, earlier, room, self._home.encoder.encode)

    def _parts(self, history: Sequence[Message], question: str, wishes: Sequence[Memory]) -> PromptParts:
        settings = self._home.settings
        return PromptParts(
            question=question,
            history=tuple(map(_turn, history)),
            name=standing.name(settings.text("chat.name"), wishes),
            instructions=standing.instructions(settings.text("chat.instructions"), wishes),
            today=day(now()),
        )


def _with_words(thread: Sequence[Message]) -> tuple[Message, ...]:
    return tuple(message for message in thread if message.text)


def _turn(message: Message) -> Turn:
    if message.role == Role.ASSISTANT:
        return Turn("assistant", message.text)
    return Turn("user", message.text if message.role == Role.PERSON else f"{message.speaker}: {message.text}")
