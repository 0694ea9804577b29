"""One turn of chat, as the design draws it: words → recall → reply → what is remembered."""

import logging
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import replace

from memos_engine.cube.ids import new_id
from memos_engine.errors import MemosError
from memos_engine.inference.host import Generation
from memos_engine.inference.opening import Opening
from memos_engine.inference.prompt import Prompt, PromptParts, Turn
from memos_engine.inference.prompt_notes import day
from memos_engine.inference.sampling import Sampling
from memos_engine.inference.session import Stopped
from memos_engine.reader.asking import only_asks, wants_answer
from memos_engine.services import core, excerpts, notes, reading, standing, supported, wording
from memos_engine.services.answerability import Signals
from memos_engine.services.attachments import AttachedFile
from memos_engine.services.distilled import distilled
from memos_engine.services.home import OpenHome
from memos_engine.services.place import Place, ReplyDraft
from memos_engine.services.spoken import SpokenRequests
from memos_engine.types import (
    Caller,
    CancelToken,
    Candidate,
    ChatListener,
    Ending,
    FileUse,
    Kind,
    MemoriesUsed,
    Memory,
    MemoryCall,
    MemoryChanges,
    Message,
    MessageState,
    Purpose,
    Recalled,
    Reply,
    Role,
    TextDelta,
    now,
)

_log = logging.getLogger(__name__)

_LOOKED_AT = 3
"""Times as many memories are recalled as may stand in a prompt: some say the same."""
_LONGEST_QUERY = 2_000


class ChatTurn:
    """Takes turns in one conversation; `listener` hears how the reply grows, `cancel` stops it within a token."""

    def __init__(
        self,
        home: OpenHome,
        place: Place,
        listener: ChatListener,
        cancel: CancelToken,
    ) -> None:
        self._home = home
        self._place = place
        self._listener = listener
        self._cancel = cancel

    def take(
        self, text: str, parent_id: str | None, files: Sequence[AttachedFile] = (), *, message_id: str = ""
    ) -> Reply:
        """Keep what the person says (under this id, where one is given), answer it, and remember what they told.
        Raises `InputError` and what the model raises; the message is kept before the model is asked."""
        said = wording.said(text)
        question = self._place.ask(said, parent_id, files, unread=self._reads, message_id=message_id or new_id())
        self._home.publish(MemoryChanges(conversations=(question.conversation_id,)))
        request = SpokenRequests(self._home, self._place).answer(question)
        if request is not None:
            if not request.quotable:
                self._place.withdraw(question)
            return self._say(question, request.text, request.used, request.changes)
        if self._place.remembers and not self._reads:
            self._place.withdraw(question)
        return self._answer(question, self._start_reading(question))

    def answer_again(self, question: Message) -> Reply:
        """Another reply to a message that is kept already; what it told is not read again."""
        return self._answer(question, None)

    # --- the steps

    def _answer(self, question: Message, read: "Future[list[Candidate]] | None") -> Reply:
        try:
            self._home.ready_model(cancel=self._cancel)
            wishes = self._wishes()
            recalled = self._recall(question, wishes)
            prompt, files = self._asked(question, recalled, wishes)
            used = (*recalled[: len(prompt.notes)], *(Recalled(wish, 1.0, {"standing": 1.0}) for wish in wishes))
            self._listener(MemoriesUsed(question, used))
            with self._place.reply(question, self._model_name()) as draft, self._home.queue.while_replying():
                generation = self._generate(prompt, draft)
                state = MessageState.CUT if generation.stopped is Stopped.CANCELLED else MessageState.DONE
                message = draft.end(generation.text, state, used, self._ending(generation), files)
            message = supported.supported(self._home, self._place, message, used)
        except BaseException:
            self._remember(question, read)
            raise
        changes, withheld = self._remember(question, read)
        return Reply(
            conversation_id=question.conversation_id,
            question=question,
            message=message,
            used=used,
            changes=changes,
            withheld=withheld,
            tokens=generation.tokens,
            ttft_ms=generation.ttft_ms,
        )

    def _ending(self, generation: Generation) -> Ending | None:
        if generation.stopped is Stopped.CANCELLED and self._cancel.by_person:
            return Ending.STOPPED
        return Ending.LENGTH if generation.stopped is Stopped.LENGTH else None

    def _recall(self, question: Message, wishes: Sequence[Memory]) -> tuple[Recalled, ...]:
        """The notes for a question; `wishes` stand in the prompt already."""
        most = self._home.settings.whole("memory.notes")
        thread = self._place.thread(question.id)
        call = MemoryCall(
            Caller.CHAT,
            Purpose.ANSWER,
            question.text[:_LONGEST_QUERY],
            limit=most * _LOOKED_AT,
            temporary=self._place.conversation.temporary,
            memory_on=self._place.remembers,
            exclude_messages=tuple(message.id for message in thread),
        )
        if not most:
            return ()
        grant = self._home.gate.admit(call)
        wished = {wish.id for wish in wishes}
        recalled = [item for item in self._home.retrieval.recall(grant) if item.memory.id not in wished]
        related = core.related(question.text, recalled)
        chosen = notes.chosen(distilled(self._home, grant, related), most)
        noted = core.with_core(self._home, grant, question.text, chosen, most)
        return tuple(item for item in noted if item.memory.id not in wished)

    def _wishes(self) -> tuple[Memory, ...]:
        call = MemoryCall(
            Caller.CHAT,
            Purpose.ANSWER,
            kinds=(Kind.PREFERENCE,),
            temporary=self._place.conversation.temporary,
            memory_on=self._place.remembers,
        )
        return standing.standing(self._home, self._home.gate.admit(call))

    def prompt(self, question: Message, recalled: Sequence[Recalled], wishes: Sequence[Memory]) -> Prompt:
        """What the model is sent for a kept message, with these memories beside it."""
        return self._asked(question, recalled, wishes)[0]

    def _asked(
        self, question: Message, recalled: Sequence[Recalled], wishes: Sequence[Memory]
    ) -> tuple[Prompt, tuple[FileUse, ...]]:
        """The prompt, and what of attached files stands in it."""
        asks = bool(question.attachments) or wants_answer(self._home.pipeline, question.text)
        asked = self._with_files(question) if asks else excerpts.Asked(question.text)
        parts = self._parts(question.parent_id, asked.text, wishes)
        parts = replace(parts, notes=tuple(notes.note(item) for item in recalled), asks=asks)
        prompt = self._home.host.build(parts, Sampling.from_settings(self._home.settings))
        return replace(prompt, opening=None if asked.files else self._opening(question, prompt)), asked.files

    def _opening(self, question: Message, prompt: Prompt) -> Opening | None:
        """What recall says to whether the notes answer a question; nothing where there are none, or it is a task."""
        weighing = self._home.weighing()
        if weighing is None or not prompt.notes or not only_asks(self._home.pipeline, question.text):
            return None
        notes_said = [note.text for note in prompt.notes]
        return weighing.opening(Signals.of(question.text, notes_said, self._home.encoder.encode))

    def _with_files(self, question: Message) -> excerpts.Asked:
        said = [message for message in self._place.thread(question.parent_id) if message.role is Role.PERSON]
        earlier = [
            excerpts.EarlierFile(file, ago)
            for ago, message in zip(range(len(said), 0, -1), said, strict=True)
            if message.attachments
            for file in self._place.files(message.id)
        ]
        own = self._place.files(question.id)
        if not own and not earlier:
            return excerpts.Asked(question.text)
        room = excerpts.room_of(self._home.host.context)
        return excerpts.with_files(question.text, own, earlier, room, self._home.encoder.encode)

    def parts(self, last_message: str | None, question: str) -> PromptParts:
        """The prompt's parts, without notes: the branch up to `last_message`, and what stands for every reply."""
        return self._parts(last_message, question, self._wishes())

    def _parts(self, last_message: str | None, question: str, wishes: Sequence[Memory]) -> PromptParts:
        settings = self._home.settings
        return PromptParts(
            question=question,
            history=tuple(_turn(message) for message in self._place.thread(last_message) if message.text),
            name=standing.name(settings.text("chat.name"), wishes),
            instructions=standing.instructions(settings.text("chat.instructions"), wishes),
            today=day(now()),
        )

    def _generate(self, prompt: Prompt, draft: ReplyDraft) -> Generation:
        grown: list[str] = []

        def hear(text: str) -> None:
            grown.append(text)
            self._listener(TextDelta(draft.message.id, text))
            draft.grow("".join(grown))

        return self._home.host.generate(
            prompt,
            Sampling.from_settings(self._home.settings),
            on_text=hear,
            on_prefill=self._listener,
            cancel=self._cancel,
        )

    def _say(self, question: Message, text: str, used: tuple[Recalled, ...], changes: MemoryChanges) -> Reply:
        """A reply of the program itself."""
        self._listener(MemoriesUsed(question, used))
        with self._place.reply(question, "") as draft:
            self._listener(TextDelta(draft.message.id, text))
            message = draft.end(text, MessageState.DONE, used)
        changes = replace(changes, conversations=(question.conversation_id,))
        self._home.publish(changes)
        return Reply(question.conversation_id, question, message, used, changes)

    # --- remembering

    @property
    def _reads(self) -> bool:
        return self._place.remembers and not reading.paused(self._home)

    def _start_reading(self, question: Message) -> "Future[list[Candidate]] | None":
        if not self._reads:
            return None
        return self._home.pool.submit(lambda: self._home.reader.read(question.text, time=question.time))

    def _remember(
        self, question: Message, read: "Future[list[Candidate]] | None"
    ) -> tuple[MemoryChanges, tuple[Candidate, ...]]:
        changes = MemoryChanges()
        withheld: tuple[Candidate, ...] = ()
        if read is not None:
            try:
                candidates = read.result()
                changes = self._place.absorb(question, candidates, ask=reading.asks_first(self._home))
                withheld = tuple(candidate for candidate in candidates if candidate.withheld)
                if not candidates and only_asks(self._home.pipeline, question.text):
                    self._place.withdraw(question)
            except MemosError as error:
                # Locked, or being written, by now: the message stays unread, and is read later. The reply is there.
                _log.warning("what was said is not remembered yet: %s", error.message)
            except Exception:  # noqa: BLE001 - a fault of the reader
                _log.exception("what was said is not remembered yet")
        changes = replace(changes, conversations=(question.conversation_id,))
        self._home.publish(changes)
        return changes, withheld

    def _model_name(self) -> str:
        current = self._home.host.current
        return current.name if current else ""


def _turn(message: Message) -> Turn:
    if message.role == Role.ASSISTANT:
        return Turn("assistant", message.text)
    return Turn("user", message.text if message.role == Role.PERSON else f"{message.speaker}: {message.text}")
