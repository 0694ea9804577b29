"""Words that were erased and still stand in a page of the file.

SQLite's `secure_delete` overwrites a deleted row, but not the stale copies that it made earlier when it moved rows from
page to page; those lie in the unused middle of pages. Here the file's pages are read as SQLCipher 4 keeps them:
AES-256-CBC under the raw key, 4,096 bytes, of which the last 80 are reserved (16 of IV, 64 of HMAC); page 1 begins
with 16 bytes of salt.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC
from sqlmodel import Session

_PAGE = 4096
_RESERVED = 80
_SALT = 16
_MOST_WORDS = 500
_WORD = re.compile(r"[^\W_]{4,}")


def note_erased(session: Session, *texts: str) -> None:
    """Tell the store, once this write is committed, what to look for in the pages when it scrubs."""
    session.info.setdefault("erased", []).extend(texts)


def words_of(texts: Iterable[str]) -> set[str]:
    """The words of four letters and more in erased texts, as they were written."""
    return {word for text in texts for word in _WORD.findall(text)}


def any_left(file: Path, key: bytes, words: set[str]) -> bool:
    """Whether any of the words stands in a page of the database; of more than 500 words it is taken for granted."""
    if not words or len(words) > _MOST_WORDS:
        return bool(words)
    pattern = re.compile(b"|".join(re.escape(word.encode()) for word in sorted(words)))
    with file.open("rb") as stream:
        number = 0
        while page := stream.read(_PAGE):
            number += 1
            if pattern.search(_decrypted(page, key, number)):
                return True
    return False


def _decrypted(page: bytes, key: bytes, number: int) -> bytes:
    iv = page[_PAGE - _RESERVED : _PAGE - _RESERVED + 16]
    decryptor = Cipher(AES256(key), CBC(iv)).decryptor()
    return decryptor.update(page[_SALT if number == 1 else 0 : _PAGE - _RESERVED])
