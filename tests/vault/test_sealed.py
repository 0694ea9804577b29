"""Sealed blobs: what goes in comes out, and nothing else ever does."""

import resource

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from memos_engine.errors import DamagedError, DiskError, NewerFormatError, NotFoundError
from memos_engine.vault.sealed import CHUNK_BYTES, HEADER_BYTES, TAG_BYTES, seal, unseal

KEY = bytes(range(32))
LENGTHS = st.sampled_from([0, 1, 1000, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES, 150_000])
within_a_test = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def content_of(length: int) -> bytes:
    return bytes(number * 7 % 256 for number in range(length))


def opened(file, *, key=KEY, cube_id="cube", kind="index") -> bytes:
    return b"".join(unseal(file, key, cube_id=cube_id, kind=kind))


@given(length=LENGTHS, cut=st.integers(1, 100_000))
@within_a_test
def test_content_comes_back_however_it_was_cut(tmp_path, length, cut):
    content = content_of(length)
    pieces = (content[at : at + cut] for at in range(0, length, cut))
    seal(pieces, tmp_path / "blob", KEY, cube_id="cube", kind="index")
    assert opened(tmp_path / "blob") == content
    assert content[:100] not in (tmp_path / "blob").read_bytes() or length < 16


@given(length=LENGTHS, data=st.data())
@within_a_test
def test_a_flipped_bit_is_never_read_through(tmp_path, length, data):
    file = tmp_path / "blob"
    seal([content_of(length)], file, KEY, cube_id="cube", kind="index")
    sealed = bytearray(file.read_bytes())
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    file.write_bytes(sealed)
    with pytest.raises((DamagedError, NewerFormatError)):
        opened(file)


@given(length=LENGTHS, data=st.data())
@within_a_test
def test_a_truncated_file_is_an_error(tmp_path, length, data):
    file = tmp_path / "blob"
    seal([content_of(length)], file, KEY, cube_id="cube", kind="index")
    sealed = file.read_bytes()
    file.write_bytes(sealed[: data.draw(st.integers(0, len(sealed) - 1))])
    with pytest.raises(DamagedError):
        opened(file)


def test_swapped_chunks_are_an_error(tmp_path):
    file, step = tmp_path / "blob", CHUNK_BYTES + TAG_BYTES
    seal([content_of(3 * CHUNK_BYTES)], file, KEY, cube_id="cube", kind="index")
    sealed = file.read_bytes()
    first, second = sealed[HEADER_BYTES : HEADER_BYTES + step], sealed[HEADER_BYTES + step : HEADER_BYTES + 2 * step]
    file.write_bytes(sealed[:HEADER_BYTES] + second + first + sealed[HEADER_BYTES + 2 * step :])
    with pytest.raises(DamagedError):
        opened(file)


@pytest.mark.parametrize("other", [{"key": bytes(32)}, {"cube_id": "another"}, {"kind": "adapter"}], ids=str)
def test_another_key_cube_or_kind_does_not_open(tmp_path, other):
    seal([b"content"], tmp_path / "blob", KEY, cube_id="cube", kind="index")
    with pytest.raises(DamagedError):
        opened(tmp_path / "blob", **other)


def test_a_newer_version_says_so(tmp_path):
    file = tmp_path / "blob"
    seal([b"content"], file, KEY, cube_id="cube", kind="index")
    sealed = bytearray(file.read_bytes())
    sealed[8] = 2
    file.write_bytes(sealed)
    with pytest.raises(NewerFormatError, match="newer version"):
        opened(file)


def test_a_missing_file_is_not_found(tmp_path):
    with pytest.raises(NotFoundError):
        opened(tmp_path / "none")


def test_a_full_disk_leaves_the_last_good_file(tmp_path):
    file = tmp_path / "blob"
    seal([b"the last good one"], file, KEY, cube_id="cube", kind="index")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        with pytest.raises(DiskError):
            seal([content_of(500_000)], file, KEY, cube_id="cube", kind="index")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert opened(file) == b"the last good one"
    assert list(tmp_path.iterdir()) == [file]
