"""A LoRA adapter's GGUF file, checked against its base model before llama.cpp sees it: llama.cpp asserts, and ends the
process, where a shape is wrong."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from memos_engine.errors import ModelRejectedError
from memos_engine.inference.header import GgufHeader, Tensor, read_header

BASE_DIGEST = "memos.base.digest"
"""Field of an adapter's header: the `GgufHeader.digest` of the base model that it was trained on."""
_LARGEST_RANK = 256
_FLOATS: dict[int, type[np.floating]] = {0: np.float32, 1: np.float16}
_SIDES = (".lora_a", ".lora_b")


@dataclass(frozen=True)
class AdapterFile:
    """An adapter that fits the base model with `base_digest`. `parameters`: weights in all its matrices."""

    path: Path
    name: str
    rank: int
    parameters: int
    file_size: int
    digest: str
    base_digest: str


def read_adapter(path: Path, base: GgufHeader) -> AdapterFile:
    """Read the header and every weight of an adapter, and check them against the model that it shall serve with.

    Raises `NotFoundError`, and `ModelRejectedError` with what is wrong: no adapter, cut, made for another model,
    matrices that do not fit, weights that are no numbers.
    """
    header = read_header(path)
    _require_adapter(header, base, path.name)
    ranks = {_rank(name, header, base, path.name) for name in _adapted(header, path.name)}
    if len(ranks) != 1 or not 1 <= max(ranks) <= _LARGEST_RANK:
        raise _rejected(path.name, "has no single rank that can be used")
    for name, weights in _weights(path, header):
        if not np.isfinite(weights).all():
            raise _rejected(path.name, f"is damaged: a weight of {name} is no number")
    return AdapterFile(
        path=path,
        name=header.text("general.name") or path.stem,
        rank=ranks.pop(),
        parameters=header.elements,
        file_size=header.file_size,
        digest=header.digest,
        base_digest=base.digest,
    )


def _require_adapter(header: GgufHeader, base: GgufHeader, name: str) -> None:
    if header.text("general.type") != "adapter" or header.text("adapter.type") != "lora":
        raise _rejected(name, "is no LoRA adapter")
    kind, wanted = header.text("general.architecture"), base.text("general.architecture")
    if kind != wanted:
        raise _rejected(name, f"is for another kind of model ({kind[:40] or 'unnamed'}, not {wanted})")
    made_for = header.text(BASE_DIGEST)
    if made_for and made_for != base.digest:
        raise _rejected(name, "was trained on another model")
    alpha = header.number("adapter.lora.alpha")
    if not math.isfinite(alpha) or alpha <= 0:
        raise _rejected(name, "does not say how strong it is (adapter.lora.alpha)")


def _adapted(header: GgufHeader, file: str) -> set[str]:
    """Names of the base's tensors that have both matrices."""
    down, up = ({name.removesuffix(side) for name in header.tensors if name.endswith(side)} for side in _SIDES)
    both = down & up
    if not both or len(both) * len(_SIDES) != len(header.tensors):
        raise _rejected(file, "has tensors that are not pairs of LoRA matrices")
    return both


def _rank(name: str, header: GgufHeader, base: GgufHeader, file: str) -> int:
    down, up = (header.tensors[name + side] for side in _SIDES)
    adapted = base.tensors.get(name)
    if adapted is None:
        raise _rejected(file, f"changes {name[:80]}, which the model does not have")
    if not len(down.shape) == len(up.shape) == len(adapted.shape) == 2 or down.shape[1] != up.shape[0]:
        raise _rejected(file, f"has matrices of {name[:80]} that do not fit each other")
    if (down.shape[0], up.shape[1]) != adapted.shape:
        raise _rejected(file, f"has matrices of {name[:80]} that do not fit the model's")
    if down.kind not in _FLOATS or up.kind not in _FLOATS:
        raise _rejected(file, "stores its weights in a form that cannot be read")
    return down.shape[1]


def _weights(path: Path, header: GgufHeader) -> Iterator[tuple[str, npt.NDArray[np.floating]]]:
    with path.open("rb") as file:
        for name, tensor in header.tensors.items():
            file.seek(header.data_offset + tensor.offset)
            yield name, _values(file.read(tensor.size), tensor)


def _values(data: bytes, tensor: Tensor) -> npt.NDArray[np.floating]:
    return np.frombuffer(data, _FLOATS[tensor.kind])


def _rejected(name: str, what: str) -> ModelRejectedError:
    return ModelRejectedError(f"{name} {what}.", "Choose an adapter that was made for this model.")
