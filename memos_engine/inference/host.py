"""ModelHost: the one chat model that is loaded, and who may use it when."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from memos_engine.errors import CancelledError, ModelError, ModelRejectedError
from memos_engine.inference.adapter_file import AdapterFile
from memos_engine.inference.catalogue import chat_template, default_threads, free_memory, inspect, require_usable
from memos_engine.inference.examples import LARGEST_SHOWN, MOST_NOTES
from memos_engine.inference.grammar import grammar_of
from memos_engine.inference.prompt import Prompt, PromptParts, build
from memos_engine.inference.request_line import PreemptedError, Request, RequestLine
from memos_engine.inference.sampling import Sampling
from memos_engine.inference.session import LlamaSession, Stopped
from memos_engine.inference.template import ChatMessage
from memos_engine.inference.trial import Trials, rejection
from memos_engine.inference.writing import Writing
from memos_engine.resources import weights
from memos_engine.settings import Settings
from memos_engine.types import CancelToken, ModelInfo, Prefilled, Progress, ProgressCallback, TokenCounts, no_progress

_SMALLEST_REPLY = 64


@dataclass(frozen=True)
class Generation:
    """A finished (or stopped) reply. `ttft_ms` is from the request to its first text, waiting included."""

    text: str
    tokens: TokenCounts
    ttft_ms: float
    stopped: Stopped


@dataclass(frozen=True)
class _Wanted:
    info: ModelInfo
    context: int
    threads: int

    def serves(self, path: Path, settings: Settings) -> bool:
        """Whether this is that file as the settings want it."""
        return self.info.path.resolve() == path.resolve() and (self.context, self.threads) == _sizes(
            self.info, settings
        )


@dataclass(frozen=True)
class _Loaded:
    session: LlamaSession
    wanted: _Wanted
    adapter: AdapterFile | None = None
    merged: bool = False
    """Whether the adapter is in the session's weights, rather than beside them."""


class ModelHost:
    """Loads, runs and releases one chat model. Every method may be called from any thread.

    Requests wait in one line, a person's before background ones; a background request that runs when a person's arrives
    is stopped and begins anew afterwards. Callbacks run on the thread that asked. Raises `ModelError` where a model is
    needed and none is loaded.
    """

    def __init__(self, trials: Path | None = None) -> None:
        """`trials` keeps which files were tried (see `Trials`)."""
        self._trials = Trials(trials)
        self._line = RequestLine("inference", at_end=lambda: self._replace(None))
        self._loaded: _Loaded | None = None
        self._unmerged: LlamaSession | None = None
        """The model itself, once a request wants another strength than that of the merged copy which serves."""
        # Held while the vocabulary is used from another thread, and while the model is replaced.
        self._in_use = threading.RLock()

    # --- the model ---

    @property
    def current(self) -> ModelInfo | None:
        """The loaded model, or None."""
        loaded = self._loaded
        return loaded.wanted.info if loaded else None

    @property
    def context(self) -> int:
        """Tokens of the loaded model's context; 0 when there is none."""
        loaded = self._loaded
        return loaded.session.context if loaded else 0

    def load(
        self,
        path: Path,
        settings: Settings,
        *,
        progress: ProgressCallback = no_progress,
        cancel: CancelToken | None = None,
    ) -> ModelInfo:
        """Check and load a GGUF file; one that did not come along is tried first. On any error the old model goes on.

        Raises `NotFoundError`, `ModelRejectedError`, `NotEnoughMemoryError`, `CancelledError`.
        """
        wanted = self._wanted(path, settings)
        self._line.ask(lambda request: self._swap(request, wanted, progress), cancel, background=False)
        return wanted.info

    def ensure(
        self,
        path: Path,
        settings: Settings,
        *,
        progress: ProgressCallback = no_progress,
        cancel: CancelToken | None = None,
    ) -> ModelInfo:
        """`load`, unless this file is loaded already with the context and threads that the settings name."""
        loaded = self._loaded
        if loaded and loaded.wanted.serves(path, settings):
            return loaded.wanted.info
        wanted = self._wanted(path, settings)

        def work(request: Request) -> None:
            # Another thread may have asked for the same meanwhile.
            if self._loaded is None or not self._loaded.wanted.serves(path, settings):
                self._swap(request, wanted, progress)

        self._line.ask(work, cancel, background=False)
        return wanted.info

    def _wanted(self, path: Path, settings: Settings) -> "_Wanted":
        info = inspect(path, context=settings.whole("model.context"))
        old = self._loaded
        require_usable(info, released=old.wanted.info.memory_needed if old else 0)
        if self.stops_library(info):
            raise rejection(path.name)
        return _Wanted(info, *_sizes(info, settings))

    def stops_library(self, info: ModelInfo) -> bool:
        """Whether a trial of this file has shown that llama.cpp ends the process at it."""
        return self._trials.verdict(info) is False

    @property
    def adapter(self) -> AdapterFile | None:
        """The adapter that serves with the loaded model, or None."""
        loaded = self._loaded
        return loaded.adapter if loaded else None

    def adapt(self, adapter: AdapterFile | None, merged: Path | None = None) -> None:
        """Let an adapter (as `read_adapter` gave it) serve with the loaded model, in the place of the one before, or
        none. Each request says how strongly it counts. `merged`: a copy of the model that has the adapter in its
        weights, which serves faster than both beside one another.

        Raises `ModelError` where no model is loaded, and `ModelRejectedError`; then the one before goes on.
        """

        def work(_: Request) -> None:
            loaded = self._require_loaded()
            if adapter is not None and adapter.base_digest != loaded.wanted.info.digest:
                raise ModelRejectedError(
                    f"{adapter.name} was made for another model.", "Choose an adapter that was made for this model."
                )
            if merged is not None:
                self._replace(_Loaded(_open_copy(loaded, merged), loaded.wanted, adapter, merged=True))
                return
            session = _open_copy(loaded, loaded.wanted.info.path) if loaded.merged else loaded.session
            try:
                session.adapt(adapter)
            except ModelRejectedError:
                if session is not loaded.session:
                    session.close()
                raise
            self._replace(_Loaded(session, loaded.wanted, adapter))

        self._line.ask(work, background=False)

    def unload(self) -> None:
        """Stop what runs and waits, and release the model's memory."""
        self._line.give_up()
        self._line.ask(lambda _: self._replace(None), background=False)

    def forget_state(self) -> None:
        """Drop what the model keeps of the prompts that it has seen, as soon as it is free; nobody waits for it."""
        if self._loaded is not None:
            self._line.leave(lambda _: self._forget_state())

    def _forget_state(self) -> None:
        for session in (self._loaded.session if self._loaded else None, self._unmerged):
            if session is not None:
                session.forget()

    def close(self) -> None:
        """Stop what runs and waits, release the model, end the thread."""
        self._line.close()

    # --- requests ---

    def generate(
        self,
        prompt: Prompt,
        sampling: Sampling,
        *,
        on_text: Callable[[str], None] = lambda _: None,
        on_prefill: Callable[[Prefilled], None] = lambda _: None,
        cancel: CancelToken | None = None,
        background: bool = False,
    ) -> Generation:
        """Write a reply. A cancelled one is returned as far as it came (`stopped` says so), not raised.

        A background request's text arrives in one piece at its end, since it may have to begin anew.
        """
        asked = time.monotonic()

        def work(request: Request) -> Generation:
            on = _Listener(request, on_text, on_prefill, streams=not background)
            return self._generate(request, prompt, sampling, "", on, asked)

        try:
            return self._line.ask(work, cancel, background=background)
        except CancelledError:
            return Generation("", TokenCounts(0, 0, 0), 0.0, Stopped.CANCELLED)

    def complete_json(
        self,
        prompt: str,
        schema: str,
        cancel: CancelToken | None = None,
        *,
        background: bool = True,
        max_tokens: int = 512,
    ) -> str:
        """The bare model's answer as JSON that fits the JSON schema (given as text), by grammar, at temperature 0.

        Raises `CancelledError`, and `ModelError` when the answer did not end within `max_tokens`.
        """
        asked = time.monotonic()
        grammar = grammar_of(schema)
        sampling = Sampling(temperature=0.0, repeat_penalty=1.0, max_tokens=max_tokens, adapter=0.0)
        asking = Prompt((ChatMessage("user", prompt),))

        def work(request: Request) -> Generation:
            on = _Listener(request, lambda _: None, lambda _: None, streams=False)
            return self._generate(request, asking, sampling, grammar, on, asked)

        done = self._line.ask(work, cancel, background=background)
        if done.stopped is Stopped.CANCELLED:
            raise CancelledError
        if done.stopped is not Stopped.END:
            raise ModelError("The model's answer did not come to an end.", "Try again with a shorter text.")
        return done.text

    def log_likelihoods(self, messages: tuple[ChatMessage, ...], reply: str, *, adapter: float = 1.0) -> list[float]:
        """Natural log of the probability of each token of a reply to a chat, with so much of the adapter. Raises
        `TooLargeError`."""

        def work(_: Request) -> list[float]:
            session = self._adapted(adapter)
            return session.log_likelihoods(session.tokenise_chat(messages), session.tokenise(reply))

        return self._line.ask(work, background=True)

    def count(self, text: str) -> int:
        """Tokens of plain text."""
        with self._in_use:
            return len(self._session().tokenise(text))

    def count_chat(self, messages: tuple[ChatMessage, ...]) -> int:
        """Tokens of a chat, markup included, up to where the reply starts."""
        with self._in_use:
            return len(self._session().tokenise_chat(messages))

    def build(self, parts: PromptParts, sampling: Sampling) -> Prompt:
        """The prompt that leaves room for the reply: `sampling.max_tokens`, or a quarter of a small context. A small
        model gets no notes where it is only told something: it takes them up. It gets examples, and the best three
        notes at most, unless an adapter has taught it what the examples show."""
        with self._in_use:
            session = self._session()
            reply = min(sampling.max_tokens, max(session.context // 4, _SMALLEST_REPLY))
            adapted = self.adapter is not None and sampling.adapter > 0
            small = session.weights <= LARGEST_SHOWN
            if small and not parts.asks:
                parts = replace(parts, notes=())
            if small and not adapted:
                parts = replace(parts, examples=True, notes=parts.notes[:MOST_NOTES])
            return build(parts, session.context - reply, self.count_chat)

    # --- on the inference thread ---

    def _generate(
        self,
        request: Request,
        prompt: Prompt,
        sampling: Sampling,
        grammar: str,
        on: "_Listener",
        asked: float,
    ) -> Generation:
        session = self._adapted(sampling.adapter)
        tokens = session.tokenise_chat(prompt.messages) + session.tokenise(prompt.reply_start)
        # What is reused was computed in other portions, which round otherwise: a given seed must give the same reply.
        fresh = sampling.seed >= 0
        reused, reason = session.prefill(tokens, fresh=fresh, on_prefill=on.prefill, stopped=request.stopped)
        writing = Writing(session, sampling, grammar=grammar, tell=on.text, stopped=request.stopped)
        if reason is None:
            reason = writing.write(tokens, prompt.reply_start, prompt.fallback)
        if reason is Stopped.PREEMPTED:
            raise PreemptedError
        on.end(writing.text)
        return Generation(
            writing.text,
            TokenCounts(len(tokens), reused, writing.generated),
            (writing.first - asked) * 1000 if writing.first else 0.0,
            reason,
        )

    def _swap(self, request: Request, wanted: _Wanted, progress: ProgressCallback) -> None:
        def report(at: Progress) -> None:
            request.tell(lambda: progress(at))

        old = self._loaded
        side_by_side = wanted.info.memory_needed <= free_memory()
        if old and not side_by_side:
            self._replace(None)
        try:
            if not _came_along(wanted.info.path):
                self._trials.require(
                    wanted.info,
                    context=wanted.context,
                    threads=wanted.threads,
                    progress=report,
                    cancel=request.given_up,
                )
            self._replace(_open(wanted, report, request.given_up))
        except BaseException:
            if old and not side_by_side:
                self._replace(_open(old.wanted))
            raise

    def _replace(self, new: _Loaded | None) -> None:
        with self._in_use:
            old, self._loaded = self._loaded, new
            if old and (new is None or old.session is not new.session):
                old.session.close()
            if self._unmerged:
                self._unmerged.close()
                self._unmerged = None

    def _require_loaded(self) -> _Loaded:
        loaded = self._loaded
        if loaded is None:
            raise ModelError("No chat model is loaded.", "Choose one in Models.")
        return loaded

    def _session(self) -> LlamaSession:
        return self._require_loaded().session

    def _adapted(self, strength: float) -> LlamaSession:
        """The session that answers with the adapter as strong as a request wants it."""
        loaded = self._require_loaded()
        if loaded.merged:
            if strength == 1:
                return loaded.session
            if self._unmerged is None:
                self._unmerged = _open_copy(loaded, loaded.wanted.info.path)
        session = self._unmerged or loaded.session
        session.adapt(loaded.adapter if strength > 0 else None, strength)
        return session


def _open(wanted: _Wanted, progress: ProgressCallback = no_progress, cancel: CancelToken | None = None) -> _Loaded:
    path = wanted.info.path
    session = LlamaSession(
        path,
        context=wanted.context,
        threads=wanted.threads,
        template=chat_template(path),
        progress=progress,
        cancel=cancel,
    )
    return _Loaded(session, wanted)


def _open_copy(loaded: _Loaded, file: Path) -> LlamaSession:
    """Another session on the loaded model: on its own file, or on a copy that has an adapter in its weights."""
    wanted = loaded.wanted
    return LlamaSession(file, context=wanted.context, threads=wanted.threads, like=loaded.session)


def _came_along(path: Path) -> bool:
    """Whether set-up fetched this file and checked all of it."""
    return any(entry.role == "chat" and entry.path.resolve() == path.resolve() for entry in weights())


def _sizes(info: ModelInfo, settings: Settings) -> tuple[int, int]:
    context = min(settings.whole("model.context"), info.context_length)
    return context, settings.whole("model.threads") or default_threads()


class _Listener:
    """Hands what happens on the inference thread to the callbacks of the asking one."""

    def __init__(
        self,
        request: Request,
        on_text: Callable[[str], None],
        on_prefill: Callable[[Prefilled], None],
        *,
        streams: bool,
    ) -> None:
        self._tell = request.tell
        self._on_text = on_text
        self._on_prefill = on_prefill
        self._streams = streams

    def prefill(self, at: Prefilled) -> None:
        """Progress of the prompt."""
        self._tell(lambda: self._on_prefill(at))

    def text(self, new: str) -> None:
        """The reply grew."""
        if new and self._streams:
            self._tell(lambda: self._on_text(new))

    def end(self, text: str) -> None:
        """The reply ended as `text`."""
        if text and not self._streams:
            self._tell(lambda: self._on_text(text))
