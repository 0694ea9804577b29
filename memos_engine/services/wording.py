"""What a person may say, and what a new conversation is called."""

import re

from memos_engine.errors import InputError, TooLargeError
from memos_engine.reader.plain_text import is_visible, storable

LONGEST_MESSAGE = 1_000_000
_LONGEST_TITLE = 48
_GREETING = 12
"""Letters of a sentence that hardly says more than hello."""
_SENTENCE_END = re.compile(r"(?<=[.!?…。！？])\s|\n")


def said(text: str) -> str:
    """The text of a message as it is kept. Raises `InputError` when nothing visible is in it, `TooLargeError`."""
    kept = storable(text).strip()
    if not is_visible(kept):
        raise InputError("There is nothing to send.", "Write a message first.")
    if len(kept) > LONGEST_MESSAGE:
        raise TooLargeError(f"A message may have {LONGEST_MESSAGE:,} characters.", "Attach it as a file instead.")
    return kept


def title_of(text: str) -> str:
    """A short title from the first message: its first sentence but a greeting, cut at a word, without markup."""
    sentences = [sentence for sentence in _SENTENCE_END.split(text.strip()) if sentence.strip()]
    first = next((sentence for sentence in sentences if len(sentence) > _GREETING), sentences[0])
    plain = " ".join(re.sub(r"[#*_`>~|]+", " ", first).split()) or " ".join(first.split())
    if len(plain) > _LONGEST_TITLE:
        head, _, _ = plain[:_LONGEST_TITLE].rpartition(" ")
        plain = (head or plain[:_LONGEST_TITLE]).rstrip(" ,;:-–") + "…"
    return plain[:1].upper() + plain[1:].rstrip(".")
