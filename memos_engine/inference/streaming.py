"""From the bytes of tokens to text that may be shown."""

import codecs


class TextStream:
    """Turns token bytes into text as it grows: half characters and what may become a stop string are held back.

    `text` is what was let out so far; `stopped` is set once a stop string was met, and nothing after it comes out.
    """

    def __init__(self, stops: tuple[str, ...] = ()) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._stops = stops
        self._held = ""
        self.text = ""
        self.stopped = False

    def feed(self, piece: bytes) -> str:
        """Take one token's bytes; returns the new text that may be shown (often empty)."""
        if self.stopped:
            return ""
        self._held += self._decoder.decode(piece)
        return self._release(self._safe_length())

    def finish(self) -> str:
        """The reply ended: what was held back, unless it is a stop string."""
        if self.stopped:
            return ""
        self._held += self._decoder.decode(b"", final=True)
        return self._release(self._safe_length(last=True))

    def _safe_length(self, *, last: bool = False) -> int:
        found = [place for stop in self._stops if (place := self._held.find(stop)) >= 0]
        if found:
            self.stopped = True
            return min(found)
        if last:
            return len(self._held)
        overlap = max(
            (size for stop in self._stops for size in range(1, len(stop)) if self._held.endswith(stop[:size])),
            default=0,
        )
        return len(self._held) - overlap

    def _release(self, length: int) -> str:
        out, self._held = self._held[:length], self._held[length:]
        self.text += out
        return out
