"""The default model's tokeniser, as the chat has it."""

from collections.abc import Iterator

import pytest

from memos_engine.inference.catalogue import chat_template
from memos_engine.inference.session import LlamaSession
from memos_engine.resources import default_weights


@pytest.fixture(scope="session")
def tokeniser() -> Iterator[LlamaSession]:
    """SmolLM2 with a small context."""
    path = default_weights("chat").path
    session = LlamaSession(path, context=1024, threads=1, template=chat_template(path))
    yield session
    session.close()
