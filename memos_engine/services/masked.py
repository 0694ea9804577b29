"""Asking again with memories masked: what a memory changes in a reply, side by side. Nothing of it is kept."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import replace

from memos_engine.errors import CancelledError, InputError
from memos_engine.inference.sampling import Sampling
from memos_engine.inference.session import Stopped
from memos_engine.services.home import OpenHome
from memos_engine.services.place import Place
from memos_engine.services.prompting import Prompting
from memos_engine.services.reads import found
from memos_engine.types import (
    CancelToken,
    Comparison,
    ComparisonListener,
    ComparisonText,
    Message,
    Recalled,
)

_SEEDS = 2**31


class MaskedQuestion:
    """The question of a reply, put again: with the memories that the reply had, and without some of them."""

    def __init__(self, home: OpenHome, place: Place, question: Message, reply: Message) -> None:
        self._home = home
        self._prompting = Prompting(home, place)
        self._question = question
        self._reply = reply

    def ask(self, masked: Collection[str], listener: ComparisonListener, cancel: CancelToken) -> Comparison:
        """Both replies, made with the same seed. Memories that are gone by now, or of a locked cube, are in neither.

        Raises `InputError` where the reply used none of the masked ones, `CancelledError`, and what the model raises.
        """
        used = self._used()
        hidden = tuple(item.memory for item in used if item.memory.id in masked)
        if not hidden:
            raise InputError("This reply did not use that memory, or it is gone by now.", "Choose another one.")
        self._home.ready_model(cancel=cancel)
        sampling = Sampling.from_settings(self._home.settings)
        if sampling.seed < 0:
            sampling = replace(sampling, seed=secrets.randbelow(_SEEDS))
        kept = tuple(item for item in used if item.memory.id not in masked)
        with self._home.queue.while_replying():
            whole = self._answer(used, sampling, listener, cancel, masked=False)
            without = self._answer(kept, sampling, listener, cancel, masked=True)
        return Comparison(self._question, hidden, whole, without)

    def _used(self) -> tuple[Recalled, ...]:
        grant = self._home.gate.admit(self._prompting.call(self._question))
        there = found(self._home, grant, [used.memory_id for used in self._reply.used])
        return tuple(
            Recalled(there[used.memory_id], used.score, used.why)
            for used in self._reply.used
            if used.memory_id in there
        )

    def _answer(
        self,
        used: Sequence[Recalled],
        sampling: Sampling,
        listener: ComparisonListener,
        cancel: CancelToken,
        *,
        masked: bool,
    ) -> str:
        notes = [item for item in used if "standing" not in item.why]
        wishes = [item.memory for item in used if "standing" in item.why]
        generation = self._home.host.generate(
            self._prompting.with_these(self._question, notes, wishes),
            sampling,
            on_text=lambda text: listener(ComparisonText(masked, text)),
            cancel=cancel,
        )
        if generation.stopped is Stopped.CANCELLED:
            raise CancelledError
        return generation.text
