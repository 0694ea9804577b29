"""One loaded model and its context: tokens, prefill with reuse, and decoding. Used from one thread, the host's."""

import ctypes
import math
import os
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np

from memos_engine.errors import ModelError, ModelRejectedError, TooLargeError
from memos_engine.inference.adapter_file import AdapterFile
from memos_engine.inference.fallback import Logits, log_sum
from memos_engine.inference.library import forget_problems, last_problem, llama
from memos_engine.inference.sampling import Sampling
from memos_engine.inference.template import ChatMessage, ChatTemplate, Piece
from memos_engine.types import CancelToken, Prefilled, Progress, ProgressCallback, no_progress

BATCH = 64
"""Most tokens of one llama.cpp call; a larger one aborts the process. Measured: 64 prefill as fast as 256 (192 and 198
tokens/s), need a quarter of the buffers, and let a stop in after a third of a second."""
_CHUNK_SECONDS = 0.3
_FIRST_CHUNK = 32
_PENALISED = 64
_CONTROL, _UNKNOWN, _USER_DEFINED = 8, 1, 16
_BYTE_PAIRS = 2
"""`LLAMA_VOCAB_TYPE_BPE`: llama.cpp splits the text into words by a pattern before it looks them up."""
_LONGEST_STRETCH = 2000
"""Characters split by a pattern at once. C++'s regular expressions recurse for each character of a word: one of 26,000
letters or marks overflows a stack of 8 MiB (of 2 MiB: 6,500), which ends the program."""


_WORD_BREAK = re.compile(r"(?<=\w) (?=\w)")


FirstLogits = Callable[[Logits], None]
"""Changes them in place."""


class Stopped(StrEnum):
    """Why a reply ended: by itself, at its longest, at a stop string, by the person, or for a person's request."""

    END = "end"
    LENGTH = "length"
    STOP_STRING = "stop_string"
    CANCELLED = "cancelled"
    PREEMPTED = "preempted"


@dataclass(frozen=True)
class Vocabulary:
    """What must never come out of plain text: token id → the characters of its markup."""

    markup: dict[int, str]
    size: int


class LlamaSession:
    """A GGUF model in memory with one context of `context` tokens.

    Raises `ModelRejectedError` when llama.cpp refuses the file, `CancelledError` when `cancel` stopped the load. The
    caller has checked the file with `catalogue.inspect` before: llama.cpp trusts headers more than one should.
    """

    def __init__(
        self,
        path: Path,
        *,
        context: int,
        threads: int,
        template: str = "",
        like: "LlamaSession | None" = None,
        check_weights: bool = False,
        progress: ProgressCallback = no_progress,
        cancel: CancelToken | None = None,
    ) -> None:
        """`like`: a session on the same model, whose vocabulary and chat template hold here too. `check_weights`: read
        all of them and refuse what is no number."""
        self._lib = llama()
        self._model: Any = None
        self._context: Any = None
        self._cached: list[int] = []
        self._chunk = _FIRST_CHUNK
        self.adapter: AdapterFile | None = None
        """The LoRA adapter that is added to the weights, if any."""
        self._adapters: dict[str, Any] = {}
        self._strength = 0.0
        forget_problems()
        try:
            self._load(path, progress, cancel or CancelToken(), check_weights=check_weights)
            self._open_context(context, threads)
            self.vocabulary: Vocabulary = like.vocabulary if like else self._read_vocabulary(template)
            self._adds_space = b"".join(map(self._bytes_of, self._tokenise("\n", special=False))) == b" \n"
            self.template: ChatTemplate = (
                like.template if like else ChatTemplate(template, bos=self._piece_of("bos"), eos=self._piece_of("eos"))
            )
        except BaseException:
            self.close()
            raise

    def _load(self, path: Path, progress: ProgressCallback, cancel: CancelToken, *, check_weights: bool) -> None:
        def report(share: float, _: ctypes.c_void_p) -> bool:
            progress(Progress(round(share * 100), 100, "%", "loading the model"))
            return not cancel.cancelled

        params = self._lib.llama_model_default_params()
        # Builds with AMX kernels crash in them (ggml_backend_amx_mul_mat, llama.cpp of 0.3.36): plain kernels there.
        params.use_extra_bufts = b"AMX_INT8 = 1" not in self._lib.llama_print_system_info()
        params.check_tensors = check_weights
        params.progress_callback = callback = self._lib.llama_progress_callback(report)
        self._model = self._lib.llama_model_load_from_file(os.fsencode(path), params)
        del callback
        cancel.check()
        if self._model is None:
            raise ModelRejectedError(
                f"{path.name} could not be loaded: {last_problem() or 'llama.cpp gave no reason'}.",
                "Choose another file, or fetch this one again.",
            )
        self._vocab = self._lib.llama_model_get_vocab(self._model)
        self.weights = int(self._lib.llama_model_n_params(self._model))
        self._splits_by_pattern = self._lib.llama_vocab_type(self._vocab) == _BYTE_PAIRS

    def _open_context(self, context: int, threads: int) -> None:
        params = self._lib.llama_context_default_params()
        params.n_ctx = context
        params.n_batch = params.n_ubatch = BATCH
        # Flash attention takes another path for batches of 64 and more: logits differ by up to 1 with the portions that
        # a prompt happens to be computed in. Without it they do not, and it is faster here (decode 52 to 41 tokens/s).
        params.flash_attn_type = self._lib.LLAMA_FLASH_ATTN_TYPE_DISABLED
        params.n_threads = params.n_threads_batch = threads
        self._context = self._lib.llama_init_from_model(self._model, params)
        if self._context is None:
            raise ModelError(
                f"There is no memory for a context of {context} tokens.", "Choose a shorter context in Settings."
            )
        self._memory = self._lib.llama_get_memory(self._context)
        self.context = min(context, int(self._lib.llama_n_ctx(self._context)))

    def _read_vocabulary(self, template: str) -> Vocabulary:
        # Markup is every control token, every token that ends a reply, and user-defined ones that the template writes.
        size = self._lib.llama_vocab_n_tokens(self._vocab)
        markup = {}
        for token in range(size):
            attributes = self._lib.llama_vocab_get_attr(self._vocab, token)
            if attributes & _UNKNOWN:
                continue
            if attributes & (_CONTROL | _USER_DEFINED) or self._lib.llama_vocab_is_eog(self._vocab, token):
                text = self._lib.llama_vocab_get_text(self._vocab, token).decode("utf-8", "replace")
                if text and (not attributes & _USER_DEFINED or text in template):
                    markup[token] = text
        return Vocabulary(markup, size)

    def _piece_of(self, name: str) -> str:
        token = getattr(self._lib, f"llama_vocab_{name}")(self._vocab)
        return self.vocabulary.markup.get(token, "")

    def close(self) -> None:
        """Release the memory. Closing twice does nothing."""
        self._adapters.clear()  # llama.cpp frees them with their model
        if self._context is not None:
            self._lib.llama_free(self._context)
            self._context = None
        if self._model is not None:
            self._lib.llama_model_free(self._model)
            self._model = None

    # --- the adapter ---

    def adapt(self, adapter: AdapterFile | None, strength: float = 1.0) -> None:
        """Add `strength` times an adapter (or none) to the weights, from the next token on. What was computed with
        others is forgotten. Raises `ModelRejectedError`; the adapter before then goes on."""
        if (adapter, strength if adapter else 0.0) == (self.adapter, self._strength):
            return
        handles = [self._adapter(adapter)] if adapter else []
        lib = self._lib
        array = (lib.llama_adapter_lora_p_ctypes * len(handles))(*handles)
        lib.llama_set_adapters_lora(self._context, array, len(handles), (ctypes.c_float * 1)(strength))
        self.adapter, self._strength = adapter, strength if adapter else 0.0
        self.forget()

    def _adapter(self, adapter: AdapterFile) -> Any:
        if adapter.digest not in self._adapters:
            forget_problems()
            handle = self._lib.llama_adapter_lora_init(self._model, os.fsencode(adapter.path))
            if not handle:
                raise ModelRejectedError(
                    f"{adapter.path.name} could not be loaded: {last_problem() or 'llama.cpp gave no reason'}.",
                    "Choose another adapter, or fetch this one again.",
                )
            self._adapters[adapter.digest] = handle
        return self._adapters[adapter.digest]

    # --- tokens ---

    def tokenise(self, text: str, *, goes_on: bool = False) -> list[int]:
        """Tokens of plain text: no token of markup is among them, whatever the text says. `goes_on`: other text stands
        right before it."""
        tokens = self._tokenise(text, special=False, goes_on=goes_on)
        if self.vocabulary.markup.keys().isdisjoint(tokens):
            return tokens
        # A vocabulary may mark its roles as ordinary tokens: those are taken apart into characters that mean nothing.
        marks = {self.vocabulary.markup[token] for token in tokens if token in self.vocabulary.markup}
        harmless: list[int] = []
        for part in _split_marks(text, marks):
            found = self._tokenise(part, special=False, goes_on=goes_on or bool(harmless))
            harmless += [token for token in found if token not in self.vocabulary.markup]
        return harmless

    def tokenise_pieces(self, pieces: Sequence[Piece]) -> list[int]:
        """Tokens of a rendered prompt, with the model's begin token where it wants one."""
        tokens: list[int] = []
        for piece in pieces:
            goes_on = bool(tokens) and tokens[-1] not in self.vocabulary.markup
            if piece.markup:
                tokens += self._tokenise(piece.text, special=True, goes_on=goes_on)
            else:
                tokens += self.tokenise(piece.text, goes_on=goes_on)
        begin = self._lib.llama_vocab_bos(self._vocab)
        if self._lib.llama_vocab_get_add_bos(self._vocab) and tokens[:1] != [begin]:
            tokens.insert(0, begin)
        return tokens

    def tokenise_chat(self, messages: Sequence[ChatMessage]) -> list[int]:
        """Tokens of a chat up to where the reply starts."""
        return self.tokenise_pieces(self.template.render(messages))

    def _tokenise(self, text: str, *, special: bool, goes_on: bool = False) -> list[int]:
        if goes_on and self._adds_space:
            # Such a vocabulary puts a space before each text, which belongs before the first one only.
            lead, tokens = (self._tokenise(part, special=special) for part in ("\n", f"\n{text}"))
            return tokens[len(lead) :] if tokens[: len(lead)] == lead else self._tokenise(text, special=special)
        if self._splits_by_pattern and len(text) > _LONGEST_STRETCH:
            return [token for part in _stretches(text) for token in self._tokenise(part, special=special)]
        data = text.encode("utf-8", "replace")
        if not data:
            return []
        room = len(data) + 8
        buffer = (self._lib.llama_token * room)()
        count = self._lib.llama_tokenize(self._vocab, data, len(data), buffer, room, False, special)
        if count < 0:
            buffer = (self._lib.llama_token * -count)()
            count = self._lib.llama_tokenize(self._vocab, data, len(data), buffer, -count, False, special)
        return list(buffer[:count])

    def _bytes_of(self, token: int) -> bytes:
        room = 64
        buffer = ctypes.create_string_buffer(room)
        count = self._lib.llama_token_to_piece(self._vocab, token, buffer, room, 0, False)
        if count < 0:
            room = -count
            buffer = ctypes.create_string_buffer(room)
            count = self._lib.llama_token_to_piece(self._vocab, token, buffer, room, 0, False)
        return buffer.raw[:count]

    # --- running the model ---

    def prefill(
        self,
        tokens: Sequence[int],
        *,
        fresh: bool = False,
        on_prefill: Callable[[Prefilled], None],
        stopped: Callable[[], Stopped | None],
    ) -> tuple[int, Stopped | None]:
        """Run the prompt through the model; what it shares with the last one is reused, unless it must be `fresh`.

        Returns how many tokens were reused, and why it stopped early (None: it did not). Raises `TooLargeError` for a
        prompt that leaves no room for a reply.
        """
        if not tokens or len(tokens) >= self.context:
            raise TooLargeError(
                f"The prompt has {len(tokens)} tokens and the context {self.context}.", "Shorten the message."
            )
        if min(tokens) < 0 or max(tokens) >= self.vocabulary.size:
            raise ModelError("A token is outside the model's vocabulary.", "Load the model again.")
        reused = 0 if fresh else self._keep_shared(tokens)
        if not reused:
            self.forget()
        at = reused
        while at < len(tokens):
            on_prefill(Prefilled(at, len(tokens)))
            if reason := stopped():
                return reused, reason
            chunk = tokens[at : at + (_FIRST_CHUNK if fresh else self._chunk)]
            began = time.monotonic()
            self._decode(chunk)
            took = max(time.monotonic() - began, 1e-3)
            if len(chunk) >= self._chunk:
                self._chunk = max(8, min(BATCH, int(len(chunk) / took * _CHUNK_SECONDS)))
            at += len(chunk)
        on_prefill(Prefilled(at, len(tokens)))
        return reused, None

    def _keep_shared(self, tokens: Sequence[int]) -> int:
        shared = 0
        for old, new in zip(self._cached, tokens, strict=False):
            if old != new:
                break
            shared += 1
        shared = min(shared, len(tokens) - 1)
        if shared == len(self._cached):
            return shared
        if shared and self._lib.llama_memory_seq_rm(self._memory, 0, shared, -1):
            del self._cached[shared:]
            return shared
        return 0

    def forget(self) -> None:
        """Drop what was computed of every prompt."""
        self._lib.llama_memory_clear(self._memory, True)
        self._cached.clear()

    def _decode(self, tokens: Sequence[int], *, every_logits: bool = False) -> None:
        if len(tokens) > BATCH or len(self._cached) + len(tokens) > self.context:
            raise ModelError("More tokens than the context holds.", "Start a new chat.")
        array = (self._lib.llama_token * len(tokens))(*tokens)
        batch = self._lib.llama_batch_get_one(array, len(tokens))
        wanted = (ctypes.c_int8 * len(tokens))(*[1] * len(tokens))
        if every_logits:
            batch.logits = wanted
        code = self._lib.llama_decode(self._context, batch)
        if code != 0:
            self.forget()
            raise ModelError(f"llama.cpp could not run the model (code {code}).", "Load the model again.")
        self._cached += tokens

    def log_likelihoods(self, prompt: Sequence[int], reply: Sequence[int]) -> list[float]:
        """Natural log of the probability of each token of `reply`, given the prompt and the reply before it.

        What the prompt shares with the last one is reused. Raises `TooLargeError` where both do not fit.
        """
        if len(prompt) + len(reply) > self.context:
            raise TooLargeError(f"Prompt and reply do not fit into {self.context} tokens.", "Shorten the text.")
        self.prefill(prompt, on_prefill=lambda _: None, stopped=lambda: None)
        found: list[float] = []
        logits = [self._logits(-1)]
        for start in range(0, len(reply), BATCH):
            chunk = reply[start : start + BATCH]
            self._decode(chunk, every_logits=True)
            logits += [self._logits(place) for place in range(len(chunk))]
            found += [_log_softmax(row, token) for row, token in zip(logits, chunk, strict=False)]
            logits = logits[-1:]
        return found

    def _logits(self, place: int) -> Logits:
        return self._view_logits(place).copy()

    def _view_logits(self, place: int) -> Logits:
        """Until the next `_decode`."""
        row = self._lib.llama_get_logits_ith(self._context, place)
        view: Logits = np.ctypeslib.as_array(row, (self.vocabulary.size,))
        return view

    def decode(
        self,
        sampling: Sampling,
        *,
        grammar: str = "",
        first: FirstLogits | None = None,
        stopped: Callable[[], Stopped | None],
    ) -> Iterator[bytes | Stopped]:
        """Yield the bytes of one token after another, and at last why it ended. Needs a finished `prefill`; `first` may
        change the logits from which the first token is drawn."""
        sampler = self._sampler(sampling, grammar)
        try:
            if first is not None:
                first(self._view_logits(-1))
            for _ in range(min(sampling.max_tokens, self.context - len(self._cached))):
                if reason := stopped():
                    yield reason
                    return
                self._require_numbers()
                token = self._lib.llama_sampler_sample(sampler, self._context, -1)
                if self._lib.llama_vocab_is_eog(self._vocab, token):
                    yield Stopped.END
                    return
                yield self._bytes_of(token)
                if len(self._cached) < self.context:
                    self._decode([token])
            yield Stopped.LENGTH
        finally:
            self._lib.llama_sampler_free(sampler)

    def _require_numbers(self) -> None:
        """Sampling sorts the logits, and what is no number has no place in an order."""
        if not math.isfinite(float(self._view_logits(-1).max())):
            raise ModelError("The model's weights are damaged: what it computes is no number.", "Choose another model.")

    def _sampler(self, sampling: Sampling, grammar: str) -> Any:
        lib = self._lib
        chain = lib.llama_sampler_chain_init(lib.llama_sampler_chain_default_params())
        if grammar:
            rules = lib.llama_sampler_init_grammar(self._vocab, grammar.encode(), b"root")
            if not rules:
                lib.llama_sampler_free(chain)
                raise ModelError("The grammar for the answer cannot be read.", "This is a fault of the program.")
            lib.llama_sampler_chain_add(chain, rules)
        if sampling.repeat_penalty != 1.0:
            lib.llama_sampler_chain_add(
                chain,
                lib.llama_sampler_init_penalties(self.vocabulary.size, _PENALISED, sampling.repeat_penalty, 0.0, 0.0),
            )
        if sampling.temperature == 0:
            lib.llama_sampler_chain_add(chain, lib.llama_sampler_init_greedy())
            return chain
        if sampling.top_k:
            lib.llama_sampler_chain_add(chain, lib.llama_sampler_init_top_k(sampling.top_k))
        lib.llama_sampler_chain_add(chain, lib.llama_sampler_init_top_p(sampling.top_p, 1))
        lib.llama_sampler_chain_add(chain, lib.llama_sampler_init_temp(sampling.temperature))
        lib.llama_sampler_chain_add(
            chain, lib.llama_sampler_init_dist(sampling.seed if sampling.seed >= 0 else 0xFFFFFFFF)
        )
        return chain


def _log_softmax(logits: Logits, at: int) -> float:
    return float(logits[at]) - log_sum(logits)


def _stretches(text: str) -> Iterator[str]:
    """The text in parts of at most `_LONGEST_STRETCH` characters, cut before a single space where there is one: no word
    of a vocabulary goes beyond it."""
    at = 0
    while at < len(text):
        end = at + _LONGEST_STRETCH
        if end < len(text):
            cut = max((match.start() for match in _WORD_BREAK.finditer(text, at + 1, end + 1)), default=end)
            end = cut
        yield text[at:end]
        at = end


def _split_marks(text: str, marks: set[str]) -> list[str]:
    parts = [text]
    for mark in marks:
        halves = (mark[: len(mark) // 2], mark[len(mark) // 2 :])
        split = []
        for part in parts:
            first, *rest = part.split(mark)
            split.append(first)
            for following in rest:
                split[-1] += halves[0]
                split.append(halves[1] + following)
        parts = split
    return parts
