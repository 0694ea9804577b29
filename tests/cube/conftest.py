"""A fresh cube for each test, and its pages as read without SQLite.

SQLCipher 4 with a raw key is AES-256-CBC, 4,096 bytes a page. Each page ends with 80 reserved bytes: 16 of IV, 64 of
HMAC. Page 1 begins with 16 bytes of salt.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC

from memos_engine.cube.store import CubeStore
from memos_engine.vault.keys import CubeKeys

KEYS = CubeKeys(database=b"\x11" * 32, blobs=b"\x22" * 32, digest=b"\x33" * 32)

PAGE = 4096
RESERVED = 80
SALT = 16
WAL_HEADER = 32
FRAME_HEADER = 24


@pytest.fixture
def keys() -> CubeKeys:
    return KEYS


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cubes" / "c1"


@pytest.fixture
def store(folder: Path, keys: CubeKeys) -> Iterator[CubeStore]:
    made = CubeStore.create(folder, "c1", "Me", keys)
    yield made
    made.close()


def _page(raw: bytes, key: bytes, number: int) -> bytes:
    start = SALT if number == 1 else 0
    iv = raw[PAGE - RESERVED : PAGE - RESERVED + 16]
    decryptor = Cipher(AES256(key), CBC(iv)).decryptor()
    return decryptor.update(raw[start : PAGE - RESERVED]) + decryptor.finalize()


def _database_pages(file: Path, key: bytes) -> list[bytes]:
    """Every page of the main file, in the clear."""
    content = file.read_bytes()
    return [_page(content[at : at + PAGE], key, at // PAGE + 1) for at in range(0, len(content), PAGE)]


def _wal_pages(file: Path, key: bytes) -> list[bytes]:
    """Every page in the write-ahead log beside the main file, in the clear, old frames included."""
    wal = file.with_name(file.name + "-wal")
    content = wal.read_bytes() if wal.exists() else b""
    frames = range(WAL_HEADER, len(content) - FRAME_HEADER - PAGE + 1, FRAME_HEADER + PAGE)
    return [
        _page(content[at + FRAME_HEADER : at + FRAME_HEADER + PAGE], key, int.from_bytes(content[at : at + 4], "big"))
        for at in frames
    ]


def _pages_with(file: Path, key: bytes, words: set[str]) -> set[str]:
    """Those of the words that stand in any page of the database or of its log (in any letter case)."""
    everything = b"\n".join(page.lower() for page in [*_database_pages(file, key), *_wal_pages(file, key)])
    return {word for word in words if word.lower().encode() in everything}


@pytest.fixture
def wal_pages() -> Callable[[CubeStore], list[bytes]]:
    """Every page in a store's write-ahead log, in the clear."""
    return lambda store: _wal_pages(store.database, store.keys.database)


@pytest.fixture
def found() -> Callable[..., set[str]]:
    """`found(store, *words)`: those of the words that stand in any page of the store's files."""
    return lambda store, *words: _pages_with(store.database, store.keys.database, set(words))
