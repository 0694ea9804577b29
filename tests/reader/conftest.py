"""One pipeline for all tests of the reader."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from memos_engine.language.pipeline import LanguagePipeline
from memos_engine.reader.linguistic import LinguisticReader
from memos_engine.types import Candidate

SAID = datetime(2026, 3, 20, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def pipeline() -> LanguagePipeline:
    """The English pipeline that comes along."""
    return LanguagePipeline()


@pytest.fixture(scope="session")
def reader(pipeline: LanguagePipeline) -> LinguisticReader:
    """The linguistic reader."""
    return LinguisticReader(pipeline)


@pytest.fixture(scope="session")
def read(reader: LinguisticReader) -> Callable[..., list[Candidate]]:
    """Reads a message said on Friday 20 March 2026 at noon."""

    def reads(text: str, speaker: str = "me") -> list[Candidate]:
        return reader.read(text, time=SAID, speaker=speaker)

    return reads
