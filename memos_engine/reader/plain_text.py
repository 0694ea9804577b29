"""From the bytes of a text file to text that can be stored: encodings, control characters, half characters."""

import re
import unicodedata

from memos_engine.errors import FileRejectedError

_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\ufffe\uffff]")
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")
_BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"\x00\x00\xfe\xff")
_BINARY_SHARE = 0.02
_MOST_CHAOS = 0.2


def storable(text: str) -> str:
    """`text` without control characters (tab and line feed stay; other line ends become line feeds) and with lone
    surrogates replaced by U+FFFD, so that it can be stored, searched and shown."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _UNSTORABLE.sub("", _HALF_CHARACTER.sub("\ufffd", text))


def is_visible(text: str) -> bool:
    """Whether anything in it can be seen: control and format characters, spaces and half characters alone cannot."""
    return any(unicodedata.category(character)[0] not in "CZ" for character in text)


def decode(content: bytes, name: str) -> str:
    """The storable text of a text file called `name`: UTF-8, UTF-16 with a mark, or what charset-normalizer finds.

    Raises `FileRejectedError` for binary content and for an encoding that cannot be told.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = _guessed(content, name)
    controls = len(_UNSTORABLE.findall(text[:65_536]))
    if controls > _BINARY_SHARE * min(len(text), 65_536):
        raise FileRejectedError(f"{name} is not a text file.", "Choose the document itself, as text.")
    return storable(text)


def _guessed(content: bytes, name: str) -> str:
    from charset_normalizer import from_bytes

    if b"\0" in content[:65_536] and not content.startswith(_BYTE_ORDER_MARKS):
        raise FileRejectedError(f"{name} is not a text file.", "Choose the document itself, as text.")
    best = from_bytes(content, threshold=_MOST_CHAOS).best()
    if best is None:
        raise FileRejectedError(f"The encoding of {name} could not be told.", "Save it as UTF-8 and try again.")
    return str(best)
