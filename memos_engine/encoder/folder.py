"""What a sentence encoder's folder holds, read without loading the model."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from memos_engine.errors import ModelRejectedError

_RECIPE = b"windows of tokens, pooled, normalised: 1"
"""Changes when the way from text to vector changes, so that old vectors are made anew."""

_DEFAULT_MAX_TOKENS = 512
"""Positions of BERT and its kin, for a folder that names no longest input."""


@dataclass(frozen=True)
class EncoderFolder:
    """The files of a sentence encoder and what they say of its input and pooling."""

    path: Path
    name: str
    model: Path
    tokenizer: Path
    max_tokens: int
    first_token: bool
    """The sentence's vector is that of the first token, not the mean."""
    id: str

    @classmethod
    def inspect(cls, path: Path) -> "EncoderFolder":
        """Read the folder; raises `ModelRejectedError` with what is missing."""
        if not path.is_dir():
            raise _rejected(path, "there is no such folder")
        model = next((file for file in (path / "model.onnx", path / "onnx" / "model.onnx") if file.is_file()), None)
        if model is None:
            raise _rejected(path, "it holds neither model.onnx nor onnx/model.onnx")
        tokenizer = path / "tokenizer.json"
        if not tokenizer.is_file():
            raise _rejected(path, "it holds no tokenizer.json")
        pooling = _json(path / "1_Pooling" / "config.json", path)
        first_token = bool(pooling.get("pooling_mode_cls_token", False))
        max_tokens = _max_tokens(path)
        digest = hashlib.sha256(_RECIPE + f"{max_tokens} {first_token}".encode())
        # Weights above 2 GB lie beside the model file, under its name with a suffix.
        for file in [tokenizer, *sorted(model.parent.glob("model.onnx*"))]:
            with file.open("rb") as stream:
                digest.update(hashlib.file_digest(stream, "sha256").digest())
        name = path.resolve().name
        return cls(path, name, model, tokenizer, max_tokens, first_token, f"{name}@{digest.hexdigest()[:16]}")

    def rejected(self, reason: str) -> ModelRejectedError:
        """The error that says why this folder cannot be used."""
        return _rejected(self.path, reason)


def _max_tokens(path: Path) -> int:
    """Longest input in tokens, from the file that is the most specific about it."""
    truncation = _json(path / "tokenizer.json", path).get("truncation") or {}
    stated = [
        _json(path / "sentence_bert_config.json", path).get("max_seq_length"),
        truncation.get("max_length"),
        _json(path / "config.json", path).get("max_position_embeddings"),
    ]
    return next((int(value) for value in stated if isinstance(value, int) and value > 2), _DEFAULT_MAX_TOKENS)


def _json(file: Path, folder: Path) -> dict[str, Any]:
    """The object in a JSON file; empty when there is no file."""
    if not file.is_file():
        return {}
    try:
        value = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise _rejected(folder, f"{file.name} is not JSON") from error
    if not isinstance(value, dict):
        raise _rejected(folder, f"{file.name} is not a JSON object")
    return value


def _rejected(path: Path, reason: str) -> ModelRejectedError:
    return ModelRejectedError(
        f"{path} is not a sentence encoder: {reason}.",
        "Choose a folder with model.onnx and tokenizer.json, as Sentence-Transformers models come.",
    )
