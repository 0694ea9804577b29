"""The header of a GGUF file, read with bounds on everything: the file may come from anyone.

Format: the GGUF specification of the ggml project, versions 2 and 3, little-endian. Names and sizes of tensor types are
the `gguf` package's; its own reader holds one array object for each vocabulary entry and trusts every count.
"""

import hashlib
import math
import stat
import struct
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Any

from memos_engine.errors import ModelRejectedError, NotFoundError

_MAGIC = b"GGUF"
_MOST_FIELDS = 4096
_MOST_TENSORS = 100_000
_LONGEST_NAME = 1024
_LONGEST_TEXT = 1 << 20
_MOST_ELEMENTS = 4_000_000
_KEPT_ELEMENTS = 1024
_LARGEST_HEADER = 256 << 20
_SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_STRING, _ARRAY = 8, 9
_SAMPLES, _SAMPLE_BYTES = 64, 4096


@dataclass(frozen=True)
class ArrayField:
    """An array of the header: its length, and its numbers where there are few (texts are not kept)."""

    length: int
    values: tuple[float, ...] = ()


@dataclass(frozen=True)
class Tensor:
    """Where a tensor lies: its shape (the fastest axis first), its GGML type, and its bytes behind `data_offset`."""

    shape: tuple[int, ...]
    kind: int
    offset: int
    size: int


@dataclass(frozen=True)
class GgufHeader:
    """What a header says. `fields` maps keys to numbers, texts, truth values or `ArrayField`s."""

    fields: dict[str, Any]
    tensors: dict[str, Tensor]
    data_offset: int
    file_size: int
    digest: str
    """Identity of the file: SHA-256 of its size, its header and samples of its weights, in hexadecimal."""

    @property
    def elements(self) -> int:
        """Weights in all tensors together."""
        return sum(math.prod(tensor.shape) for tensor in self.tensors.values())

    def text(self, key: str) -> str:
        """A text field, or nothing."""
        value = self.fields.get(key)
        return value if isinstance(value, str) else ""

    def number(self, key: str) -> float:
        """A number field (of an array: its largest), or 0."""
        value = self.fields.get(key)
        if isinstance(value, ArrayField):
            return max(value.values, default=0)
        return value if isinstance(value, int | float) and math.isfinite(value) else 0


def read_header(path: Path) -> GgufHeader:
    """Read and check a header: every length against the file, every tensor's place and size against the file's end.

    Raises `NotFoundError`, and `ModelRejectedError` with what is wrong.
    """
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise NotFoundError(f"{path.name} is a folder, not a file.", "Choose a GGUF file.")
        if not stat.S_ISREG(status.st_mode):  # to open a pipe would wait for somebody to write into it
            raise ModelRejectedError(f"{path.name} is not a GGUF model.", "Choose a GGUF file of a chat model.")
        with path.open("rb") as stream:
            return _Reader(stream, status.st_size, path.name).header()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NotFoundError(f"There is no file {path.name}.", "Choose a GGUF file.") from error
    except OSError as error:
        raise ModelRejectedError(f"{path.name} cannot be read: {error.strerror}.", "Check its permissions.") from error


class _Reader:
    def __init__(self, stream: BufferedReader, size: int, name: str) -> None:
        self._stream = stream
        self._size = size
        self._name = name
        self._at = 0
        self._elements = 0
        self._hash = hashlib.sha256(str(size).encode())

    def header(self) -> GgufHeader:
        if self._size < 24 or self._take(4) != _MAGIC:
            raise self._rejected("is not a GGUF model")
        version = self._scalar("I")
        if version not in (2, 3):
            raise self._rejected(f"has GGUF version {version}, which cannot be read")
        tensor_count, field_count = self._scalar("Q"), self._scalar("Q")
        if tensor_count > _MOST_TENSORS or field_count > _MOST_FIELDS:
            raise self._rejected("has a damaged header (impossible counts)")
        fields: dict[str, Any] = {}
        for _ in range(field_count):
            key = self._text(_LONGEST_NAME)
            fields[key] = self._value(self._scalar("I"))
        alignment = fields.get("general.alignment", 32)
        if not isinstance(alignment, int) or not 8 <= alignment <= 1 << 20 or alignment & (alignment - 1):
            raise self._rejected("has a damaged header (alignment)")
        tensors = self._tensors(tensor_count, alignment)
        data_offset = -(-self._at // alignment) * alignment
        end = data_offset + max((tensor.offset + tensor.size for tensor in tensors.values()), default=0)
        if end > self._size:
            raise ModelRejectedError(
                f"{self._name} is cut short: of {_size(end)}, the last {_size(end - self._size)} are missing.",
                "Fetch the file again.",
            )
        self._sample(data_offset)
        return GgufHeader(fields, tensors, data_offset, self._size, self._hash.hexdigest())

    def _tensors(self, count: int, alignment: int) -> dict[str, Tensor]:
        from gguf.constants import GGML_QUANT_SIZES

        sizes = {int(kind): size for kind, size in GGML_QUANT_SIZES.items()}
        tensors: dict[str, Tensor] = {}
        for _ in range(count):
            name = self._text(_LONGEST_NAME)
            dimensions = self._scalar("I")
            if not 1 <= dimensions <= 4 or name in tensors:
                raise self._rejected("has a damaged header (tensors)")
            shape = tuple(self._scalar("Q") for _ in range(dimensions))
            kind, offset = self._scalar("I"), self._scalar("Q")
            if kind not in sizes:
                raise self._rejected(f"stores weights in a form that cannot be read (type {kind})")
            block, size = sizes[kind]
            elements = math.prod(shape)
            if not elements or shape[0] % block or offset % alignment:
                raise self._rejected("has a damaged header (tensor shapes)")
            tensors[name] = Tensor(shape, kind, offset, elements // block * size)
        return tensors

    def _value(self, kind: int) -> Any:
        if kind in _SCALARS:
            return self._scalar(_SCALARS[kind])
        if kind == _STRING:
            return self._text(_LONGEST_TEXT)
        if kind == _ARRAY:
            return self._array()
        raise self._rejected(f"has a damaged header (field type {kind})")

    def _array(self) -> ArrayField:
        kind, length = self._scalar("I"), self._scalar("Q")
        self._elements += length
        if self._elements > _MOST_ELEMENTS:
            raise self._rejected("has a damaged header (impossible counts)")
        if kind == _STRING:
            for _ in range(length):
                self._take(self._length(_LONGEST_TEXT))
            return ArrayField(length)
        if kind not in _SCALARS:
            raise self._rejected(f"has a damaged header (array of type {kind})")
        form = _SCALARS[kind]
        data = self._take(length * struct.calcsize(form))
        return ArrayField(length, struct.unpack(f"<{length}{form}", data) if length <= _KEPT_ELEMENTS else ())

    def _text(self, longest: int) -> str:
        return self._take(self._length(longest)).decode("utf-8", "replace")

    def _length(self, longest: int) -> int:
        length = self._scalar("Q")
        if length > longest:
            raise self._rejected("has a damaged header (a text is too long)")
        return int(length)

    def _scalar(self, form: str) -> Any:
        return struct.unpack("<" + form, self._take(struct.calcsize("<" + form)))[0]

    def _take(self, size: int) -> bytes:
        if size > self._size - self._at or self._at + size > _LARGEST_HEADER:
            raise self._rejected("is cut short within its header")
        data = self._stream.read(size)
        if len(data) != size:
            raise self._rejected("is cut short within its header")
        self._hash.update(data)
        self._at += size
        return data

    def _sample(self, data_offset: int) -> None:
        # All of a large file would take a minute; samples tell any two files apart that people really have.
        length = self._size - data_offset
        for number in range(_SAMPLES):
            self._stream.seek(data_offset + length * number // _SAMPLES)
            self._hash.update(self._stream.read(_SAMPLE_BYTES))

    def _rejected(self, what: str) -> ModelRejectedError:
        return ModelRejectedError(f"{self._name} {what}.", "Choose a GGUF file of a chat model.")


def _size(size: int) -> str:
    return f"{size / 1e6:,.1f} MB" if size >= 1e5 else f"{size:,} byte{'s' * (size != 1)}"
