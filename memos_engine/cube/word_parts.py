"""Words for the full-text index: folded text, and pairs of letters for scripts that put no spaces between words."""

import re
import unicodedata

_UNSPACED = re.compile(
    "["
    "\u0e00-\u0e7f\u0e80-\u0eff"  # Thai, Lao
    "\u1000-\u109f\uaa60-\uaa7f"  # Myanmar
    "\u1780-\u17ff\u19e0-\u19ff"  # Khmer
    "\u3041-\u30ff\u31f0-\u31ff\uff66-\uff9f"  # Kana
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"  # Han
    "\u3005-\u3007"
    "]+"
)


def folded(text: str) -> str:
    """`text` in the compatible composed form that index and query share; NUL becomes a space."""
    if text.isascii():
        return text.replace("\0", " ")
    return unicodedata.normalize("NFKC", text).replace("\0", " ")


def unspaced_runs(text: str) -> list[str]:
    """The stretches of (folded) `text` that are written without spaces."""
    return [] if text.isascii() else _UNSPACED.findall(text)


def word_parts(text: str) -> str:
    """The overlapping letter pairs of unspaced stretches, and each stretch's last letter, apart by spaces.

    "東京都" gives "東京 京都 都": a query of n letters is the phrase of its pairs, one of a single letter a prefix.
    """
    parts: list[str] = []
    for run in unspaced_runs(folded(text)):
        parts.extend(run[i : i + 2] for i in range(len(run)))
    return " ".join(parts)
