"""Sentences to unit vectors, with an ONNX sentence encoder (onnxruntime) and its own tokenizer (tokenizers).

A sentence encoder is a folder as the Sentence-Transformers project lays it out: `model.onnx` or `onnx/model.onnx`,
`tokenizer.json`, and where they exist `sentence_bert_config.json` (longest input) and `1_Pooling/config.json` (how the
vectors of tokens become one). Reimers and Gurevych, "Sentence-BERT", EMNLP 2019, for mean pooling.
"""

import os
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from memos_engine.encoder.folder import EncoderFolder
from memos_engine.errors import ModelRejectedError
from memos_engine.types import EncoderInfo

FloatMatrix = npt.NDArray[np.float32]

_OUTPUTS = ("sentence_embedding", "last_hidden_state", "token_embeddings")
"""Names of the output that is wanted, the first that is there; a model with others gives its first."""

_MAX_DIMENSIONS = 8192

_TOKENS_A_BATCH = 512
"""Padded tokens in one run of the model: what stays in the cache. 2,048 are a quarter slower, 256 no faster."""

_WINDOWS_A_TEXT = 8
"""A text longer than the model's input is read in this many windows at most; its vector is their mean, by length."""


class SentenceEncoder:
    """One loaded encoder. `encode` may be called from any number of threads at once."""

    def __init__(self, folder: EncoderFolder, session: Any, tokenizer: Any) -> None:
        """Made by `open`."""
        self._folder = folder
        self._session = session
        self._tokenizer = tokenizer
        self._inputs = frozenset(node.name for node in session.get_inputs())
        outputs = [node.name for node in session.get_outputs()]
        self._output = next((name for name in _OUTPUTS if name in outputs), outputs[0])
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(max_length=folder.max_tokens)
        self.dimensions = int(self._run([self._tokenizer.encode("a")]).shape[1])
        if self.dimensions > _MAX_DIMENSIONS:
            raise folder.rejected("it is a language model, whose output is words and not sentence vectors")

    @classmethod
    def open(cls, path: Path, *, threads: int | None = None) -> Self:
        """Load the encoder in `path`; `threads` (default: the machine's cores, at most 8) work on one batch.

        Raises `ModelRejectedError` with the reason when the folder is not a sentence encoder.
        """
        import onnxruntime
        from tokenizers import Tokenizer

        folder = EncoderFolder.inspect(path)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads or min(8, len(os.sched_getaffinity(0)))
        options.log_severity_level = 4
        # Recall is a run now and then: cores that spin for the next one are taken from the window and the chat model.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        # What both libraries raise derives from nothing narrower than Exception.
        try:
            session = onnxruntime.InferenceSession(str(folder.model), options, providers=["CPUExecutionProvider"])
        except Exception as error:
            raise folder.rejected("model.onnx is not a model that onnxruntime can load") from error
        try:
            tokenizer = Tokenizer.from_file(str(folder.tokenizer))
        except Exception as error:
            raise folder.rejected("tokenizer.json is not a tokenizer") from error
        needed = {node.name for node in session.get_inputs()}
        if unknown := needed - {"input_ids", "attention_mask", "token_type_ids"}:
            raise folder.rejected(
                f"the model wants inputs that a sentence encoder has not: {', '.join(sorted(unknown))}"
            )
        if "input_ids" not in needed:
            raise folder.rejected("the model does not take token ids")
        try:
            return cls(folder, session, tokenizer)
        except ModelRejectedError:
            raise
        except Exception as error:
            raise folder.rejected("the model does not run on a sentence") from error

    @property
    def id(self) -> str:
        """Name and digest of the files that decide the vectors: vectors with another id are never compared."""
        return self._folder.id

    @property
    def path(self) -> Path:
        """The folder it was opened from."""
        return self._folder.path

    def info(self, *, in_use: bool = True) -> EncoderInfo:
        """What Models shows."""
        return EncoderInfo(self._folder.path, self._folder.name, self.dimensions, self._folder.max_tokens, in_use)

    def encode(self, texts: Sequence[str]) -> FloatMatrix:
        """Vectors of the texts, in their order: float32 `[len(texts), dimensions]`, each row of length 1.

        A text without any word known to the tokenizer still has its vector (of the special tokens), never NaN.
        """
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        # The tokenizer takes whole characters only; half of one (a lone surrogate) counts as "?".
        whole = [text.encode("utf-8", "replace").decode() for text in texts]
        encodings = self._tokenizer.encode_batch_fast(whole) if whole else []
        owners: list[int] = []
        windows: list[Any] = []
        for owner, encoding in enumerate(encodings):
            for window in [encoding, *islice(encoding.overflowing, _WINDOWS_A_TEXT - 1)]:
                owners.append(owner)
                windows.append(window)
        for batch in _batches([len(window.ids) for window in windows]):
            rows = self._run([windows[index] for index in batch])
            for index, row in zip(batch, rows, strict=True):
                vectors[owners[index]] += row * len(windows[index].ids)
        return _unit_rows(vectors)

    def close(self) -> None:
        """Release the model's memory; nothing can be encoded afterwards."""
        self._session = None

    def _run(self, windows: Sequence[Any]) -> FloatMatrix:
        """Unit vectors of one batch of tokenised windows."""
        width = max(len(window.ids) for window in windows)
        ids = np.zeros((len(windows), width), dtype=np.int64)
        mask = np.zeros((len(windows), width), dtype=np.int64)
        for row, window in enumerate(windows):
            ids[row, : len(window.ids)] = window.ids
            mask[row, : len(window.ids)] = 1
        feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        (output,) = self._session.run([self._output], {name: feed[name] for name in self._inputs})
        if output.ndim == 2:
            return _unit_rows(output.astype(np.float32, copy=False))
        if output.ndim != 3:
            raise self._folder.rejected("the model's output is neither sentence nor token vectors")
        if self._folder.first_token:
            return _unit_rows(output[:, 0].astype(np.float32))
        weights = mask[:, :, None].astype(np.float32)
        return _unit_rows((output * weights).sum(axis=1) / weights.sum(axis=1))


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Positions grouped by similar length, so that little of a batch is padding."""
    batch: list[int] = []
    for index in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and (len(batch) + 1) * lengths[index] > _TOKENS_A_BATCH:
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch


def _unit_rows(rows: FloatMatrix) -> FloatMatrix:
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: FloatMatrix = rows / np.maximum(norms, np.float32(1e-12))
    return unit
