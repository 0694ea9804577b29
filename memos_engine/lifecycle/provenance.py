"""Where candidates come from, and what was read there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from memos_engine.types import Candidate


@dataclass(frozen=True)
class Provenance:
    """The text that candidates quote: a message, or a page of a document (one of the two ids is set)."""

    time: datetime
    """When a message was said; of a document, when it was brought in (it was written then or before)."""
    message_id: str | None = None
    document_id: str | None = None
    page: int | None = None
    speaker: str = "me"


@dataclass(frozen=True)
class Reading:
    """What a reader found in one text."""

    provenance: Provenance
    candidates: Sequence[Candidate]
