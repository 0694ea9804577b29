"""A reply as it is written: token by token, and begun anew where its first sentence does not stand."""

import time
from collections.abc import Callable, Sequence

from memos_engine.inference.fallback import Fallback, Logits, first_sentence
from memos_engine.inference.sampling import Sampling
from memos_engine.inference.session import FirstLogits, LlamaSession, Stopped
from memos_engine.inference.streaming import TextStream


class Writing:
    """Writes one reply behind a finished prefill; `tell` hears each new piece of its text."""

    def __init__(
        self,
        session: LlamaSession,
        sampling: Sampling,
        *,
        grammar: str,
        tell: Callable[[str], None],
        stopped: Callable[[], Stopped | None],
    ) -> None:
        self._session = session
        self._sampling = sampling
        self._grammar = grammar
        self._tell = tell
        self._stopped = stopped
        self.text = ""
        """What was told so far."""
        self.generated = 0
        """Tokens of the reply."""
        self.first = 0.0
        """When its first text was told (`time.monotonic`); 0 while there is none."""

    def write(self, prompt: Sequence[int], start: str, fallback: Fallback | None) -> Stopped:
        """Write until it ends; returns why it did. `prompt`: the tokens that were prefilled; `start`: the words at
        their end with which the reply begins. One that is stopped before its first sentence stood stays empty."""
        if fallback is None:
            return self._run(start)
        words = self._session.tokenise(fallback.words)
        draft = _Draft(fallback, words[0])
        reason = self._run(start, draft.bar, draft)
        if draft.stands is not False:
            return reason
        _, stopped = self._session.prefill([*prompt, *words], on_prefill=lambda _: None, stopped=self._stopped)
        reason = stopped or self._run(start + fallback.words)
        self.generated += len(words)
        return reason

    def _run(self, start: str, first: FirstLogits | None = None, draft: "_Draft | None" = None) -> Stopped:
        """Until the reply ends, or its draft does not stand."""
        stream, self.generated, reason = TextStream(self._sampling.stop), 0, Stopped.END
        self._grow(stream.feed(start.encode()), draft)
        for piece in self._session.decode(self._sampling, grammar=self._grammar, first=first, stopped=self._stopped):
            if isinstance(piece, Stopped):
                reason = piece
                break
            self.generated += 1
            self._grow(stream.feed(piece), draft)
            if draft is not None and draft.stands is False:
                return reason
            if stream.stopped:
                reason = Stopped.STOP_STRING
                break
        self._grow(stream.finish(), draft)
        if draft is not None and reason not in (Stopped.CANCELLED, Stopped.PREEMPTED):
            self._show(draft.end())
        return reason

    def _grow(self, text: str, draft: "_Draft | None") -> None:
        self._show(text if draft is None else draft.hear(text))

    def _show(self, text: str) -> None:
        if text:
            self.first = self.first or time.monotonic()
            self.text += text
            self._tell(text)


class _Draft:
    """A reply that is held back until its first sentence stands."""

    def __init__(self, fallback: Fallback, token: int) -> None:
        self._fallback = fallback
        self._token = token
        self._odds = 0.0
        self._held = ""
        self.stands: bool | None = None
        """None while it is not decided."""

    def bar(self, logits: Logits) -> None:
        """Before the first token is drawn."""
        self._odds = self._fallback.bar(logits, self._token)

    def hear(self, text: str) -> str:
        """It grew by `text`; returns what may be shown."""
        if self.stands:
            return text
        self._held += text
        sentence = first_sentence(self._held)
        return self._judged(sentence) if sentence is not None else ""

    def end(self) -> str:
        """It ended by itself; returns what may be shown besides."""
        return self._judged(self._held.strip()) if self.stands is None else ""

    def _judged(self, sentence: str) -> str:
        self.stands = self._fallback.stands(self._odds, sentence)
        return self._held if self.stands else ""
