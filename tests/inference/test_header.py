"""Headers come from anyone: whatever is in one, the answer is a header or a refusal, soon and in little memory."""

import contextlib
import struct
import time
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from memos_engine.errors import ModelRejectedError, NotFoundError
from memos_engine.inference.header import ArrayField, read_header

any_file = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def refused_or_read(path: Path) -> None:
    with contextlib.suppress(ModelRejectedError):
        read_header(path)


def test_reads_what_the_writer_wrote(make_gguf) -> None:
    header = read_header(make_gguf(fields={"general.name": "Tiny"}))
    assert header.text("general.name") == "Tiny"
    assert header.number("llama.context_length") == 128
    assert header.fields["tokenizer.ggml.tokens"] == ArrayField(4)
    assert header.tensors.keys() == {"token_embd.weight", "output_norm.weight"}
    assert header.elements == 4 * 32 + 32


def test_two_files_have_two_digests(make_gguf) -> None:
    assert read_header(make_gguf("a.gguf")).digest == read_header(make_gguf("b.gguf")).digest
    assert read_header(make_gguf("c.gguf", fields={"general.name": "x"})).digest != read_header(make_gguf()).digest


@given(st.binary(max_size=400))
@any_file
def test_any_bytes_behind_the_magic_are_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "any.gguf"
    path.write_bytes(b"GGUF" + data)
    with pytest.raises(ModelRejectedError):
        read_header(path)


@given(st.data())
@any_file
def test_a_changed_or_cut_header_never_does_anything_else(make_gguf, data: st.DataObject) -> None:
    path = make_gguf()
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content[: data.draw(st.integers(0, len(content)))])
    refused_or_read(path)


@pytest.mark.parametrize(
    "body",
    [
        struct.pack("<IQQ", 3, 2**63, 1),
        struct.pack("<IQQ", 3, 1, 2**63),
        struct.pack("<IQQ", 3, 0, 1) + struct.pack("<Q", 2**62) + b"key",
        struct.pack("<IQQ", 3, 0, 1) + struct.pack("<Q", 1) + b"k" + struct.pack("<IIQ", 9, 8, 2**60),
        struct.pack("<IQQ", 3, 0, 1) + struct.pack("<Q", 1) + b"k" + struct.pack("<IIQ", 9, 4, 2**60),
        struct.pack("<IQQ", 3, 0, 1) + struct.pack("<Q", 1) + b"k" + struct.pack("<IIQ", 9, 9, 3),
        struct.pack("<IQQ", 3, 1, 0) + struct.pack("<Q", 1) + b"t" + struct.pack("<IQQIQ", 2, 2**62, 2**62, 0, 0),
        struct.pack("<IQQ", 3, 1, 0) + struct.pack("<Q", 1) + b"t" + struct.pack("<IQIQ", 1, 32, 0, 2**63),
        struct.pack("<IQQ", 77, 1, 1),
    ],
)
def test_impossible_counts_are_refused_at_once_and_in_little_memory(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "hostile.gguf"
    path.write_bytes(b"GGUF" + body + bytes(4096))
    read_header_quietly(path)  # imports done
    tracemalloc.start()
    began = time.monotonic()
    read_header_quietly(path)
    assert time.monotonic() - began < 1.0
    assert tracemalloc.get_traced_memory()[1] < 4_000_000
    tracemalloc.stop()


def read_header_quietly(path: Path) -> None:
    with pytest.raises(ModelRejectedError):
        read_header(path)


def test_a_missing_file_and_a_folder_are_not_found(tmp_path: Path) -> None:
    for path in (tmp_path / "none.gguf", tmp_path):
        with pytest.raises(NotFoundError):
            read_header(path)
