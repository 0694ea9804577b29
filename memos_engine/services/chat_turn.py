"""One turn of chat, as the design draws it: words → recall → reply → what is remembered."""

import logging
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import replace

from memos_engine.cube.ids import new_id
from memos_engine.errors import MemosError
from memos_engine.inference.host import Generation
from memos_engine.inference.prompt import Prompt
from memos_engine.inference.sampling import Sampling
from memos_engine.inference.session import Stopped
from memos_engine.reader.asking import only_asks
from memos_engine.reader.secrets import find_secrets
from memos_engine.services import reading, supported, wording
from memos_engine.services.attachments import AttachedFile
from memos_engine.services.home import OpenHome
from memos_engine.services.place import Place, ReplyDraft
from memos_engine.services.prompting import Prompting
from memos_engine.services.spoken import SpokenAnswer, SpokenRequests
from memos_engine.types import (
    CancelToken,
    Candidate,
    ChatListener,
    Ending,
    MemoriesUsed,
    MemoryChanges,
    Message,
    MessageState,
    Reply,
    TextDelta,
)

_log = logging.getLogger(__name__)


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
        reads = self._reads
        question = self._place.ask(
            said,
            parent_id,
            files,
            unread=reads,
            quotable=reads and not find_secrets(said),
            message_id=message_id or new_id(),
        )
        self._home.publish(MemoryChanges(conversations=(question.conversation_id,)))
        request = SpokenRequests(self._home, self._place).answer(question)
        if request is not None:
            self._place.set_quotable(question, request.quotable)
            return self._say(question, request)
        return self._answer(question, self._start_reading(question))

    def answer_again(self, question: Message) -> Reply:
        """Another reply to a message that is kept already; what it told is not read again."""
        return self._answer(question, None)

    # --- the steps

    def _answer(self, question: Message, read: "Future[list[Candidate]] | None") -> Reply:
        try:
            self._home.ready_model(cancel=self._cancel)
            asked = Prompting(self._home, self._place).with_memories(question)
            self._listener(MemoriesUsed(question, asked.used))
            with self._place.reply(question, self._model_name()) as draft, self._home.queue.while_replying():
                generation = self._generate(asked.prompt, draft)
                state = MessageState.CUT if generation.stopped is Stopped.CANCELLED else MessageState.DONE
                message = draft.end(generation.text, state, asked.used, self._ending(generation), asked.files)
            message = supported.supported(self._home, self._place, message, asked.used)
        except BaseException:
            self._remember(question, read)
            raise
        changes, withheld = self._remember(question, read)
        return Reply(
            conversation_id=question.conversation_id,
            question=question,
            message=message,
            used=asked.used,
            changes=changes,
            withheld=withheld,
            tokens=generation.tokens,
            ttft_ms=generation.ttft_ms,
        )

    def _ending(self, generation: Generation) -> Ending | None:
        if generation.stopped is Stopped.CANCELLED and self._cancel.by_person:
            return Ending.STOPPED
        return Ending.LENGTH if generation.stopped is Stopped.LENGTH else None

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

    def _say(self, question: Message, said: SpokenAnswer) -> Reply:
        """A reply of the program itself."""
        self._listener(MemoriesUsed(question, said.used))
        with self._place.reply(question, "") as draft:
            self._listener(TextDelta(draft.message.id, said.text))
            message = draft.end(said.text, MessageState.DONE, said.used)
        changes = replace(said.changes, conversations=(question.conversation_id,))
        self._home.publish(changes)
        return Reply(question.conversation_id, question, message, said.used, changes, said.withheld)

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
                candidates = self._candidates(read)
                if candidates is not None:
                    changes = self._place.absorb(question, candidates, ask=reading.asks_first(self._home))
                    withheld = tuple(candidate for candidate in candidates if candidate.withheld)
                    if not candidates and only_asks(self._home.pipeline, question.text):
                        self._place.set_quotable(question, False)
                elif self._cancel.by_person:
                    reading.submit(self._home)
            except MemosError as error:
                # Locked, or being written, by now: the message stays unread, and is read later. The reply is there.
                _log.warning("what was said is not remembered yet: %s", error.message)
            except Exception:  # noqa: BLE001 - a fault of the reader
                _log.exception("what was said is not remembered yet")
        changes = replace(changes, conversations=(question.conversation_id,))
        self._home.publish(changes)
        return changes, withheld

    def _candidates(self, read: "Future[list[Candidate]]") -> list[Candidate] | None:
        """What was read; None where the turn is stopped before the reader is done: the message stays unread then."""
        come = threading.Event()
        read.add_done_callback(lambda _: come.set())
        no_longer = self._cancel.on_cancel(come.set)
        come.wait()
        no_longer()
        if read.done():
            return read.result()
        read.cancel()
        return None

    def _model_name(self) -> str:
        current = self._home.host.current
        return current.name if current else ""
