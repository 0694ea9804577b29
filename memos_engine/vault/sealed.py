"""Sealed blobs: files in authenticated chunks, so that a truncated, reordered, swapped or altered one is an error.

The format is that of FORMAT.md ("Sealed blob"): a STREAM construction (Hoang, Reyhanitabar, Rogaway and Vizár, 2015)
over AES-256-GCM, with a key of its own for each file.
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from memos_engine.atomic_file import replacing
from memos_engine.errors import DamagedError, NewerFormatError, NotFoundError
from memos_engine.vault.keys import SALT_BYTES, derived_key

MAGIC = b"MEMOSBLB"
VERSION = 1
CHUNK_BYTES = 64 * 1024
TAG_BYTES = 16
HEADER_BYTES = len(MAGIC) + 1 + SALT_BYTES


def seal(chunks: Iterable[bytes], file: Path, key: bytes, *, cube_id: str, kind: str) -> None:
    """Write what `chunks` yields into `file`, sealed; the file is replaced as a whole. Raises `DiskError`.

    `key` is the cube's blob key, `kind` what the blob is ("vector-index", …): both must be given again to unseal.
    """
    header = MAGIC + bytes([VERSION]) + os.urandom(SALT_BYTES)
    cipher, bound = _cipher(key, header, cube_id, kind)
    with replacing(file) as stream:
        stream.write(header)
        number, waiting = 0, bytearray()
        for piece in chunks:
            waiting += piece
            while len(waiting) > CHUNK_BYTES:
                stream.write(cipher.encrypt(_nonce(number, last=False), bytes(waiting[:CHUNK_BYTES]), bound))
                del waiting[:CHUNK_BYTES]
                number += 1
        stream.write(cipher.encrypt(_nonce(number, last=True), bytes(waiting), bound))


def unseal(file: Path, key: bytes, *, cube_id: str, kind: str) -> Iterator[bytes]:
    """The content of a sealed file, chunk by chunk, each verified before it is given out.

    Raises `NotFoundError`, `NewerFormatError`, and `DamagedError` at the first chunk that does not verify; only the
    end of the iteration says that the whole file is as it was written.
    """
    try:
        stream = file.open("rb")
    except FileNotFoundError as error:
        raise NotFoundError(f"There is no {file.name}.") from error
    with stream:
        cipher, bound = _cipher(key, _read_header(stream, file), cube_id, kind)
        number, piece = 0, stream.read(CHUNK_BYTES + TAG_BYTES)
        while True:
            following = stream.read(CHUNK_BYTES + TAG_BYTES)
            try:
                yield cipher.decrypt(_nonce(number, last=not following), piece, bound)
            except (InvalidTag, ValueError) as error:
                raise _damaged(file) from error
            if not following:
                return
            number, piece = number + 1, following


def _read_header(stream: BinaryIO, file: Path) -> bytes:
    header = stream.read(HEADER_BYTES)
    if len(header) < HEADER_BYTES or not header.startswith(MAGIC):
        raise _damaged(file)
    if header[len(MAGIC)] > VERSION:
        raise NewerFormatError(
            f"{file.name} was written by a newer version of MemOS.", "Update MemOS, or restore an older backup."
        )
    if header[len(MAGIC)] < VERSION:
        raise _damaged(file)
    return header


def _damaged(file: Path) -> DamagedError:
    return DamagedError(f"{file.name} is damaged or not a sealed file of this cube.", "Restore it from a backup.")


def _cipher(key: bytes, header: bytes, cube_id: str, kind: str) -> tuple[AESGCM, bytes]:
    bound = b"\0".join((header, cube_id.encode(), kind.encode()))
    return AESGCM(derived_key(key, header[-SALT_BYTES:], b"memos/blob/1")), bound


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\1" if last else b"\0")
