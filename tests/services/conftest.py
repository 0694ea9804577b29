"""A home with everything real in it: weights, encoder, parser, encrypted database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from memos_engine.encoder import SentenceEncoder
from memos_engine.inference.host import ModelHost
from memos_engine.language.pipeline import LanguagePipeline
from memos_engine.memory_os import MemoryOS
from memos_engine.resources import default_weights

PASSPHRASE = "correct horse battery staple"


class SharedHost(ModelHost):
    """The one model of all tests: a home that closes lets it go on."""

    def close(self) -> None:
        """Kept for the next test."""

    def unload(self) -> None:
        """Kept for the next test."""


class SharedEncoder:
    """The one encoder of all tests, likewise."""

    def __init__(self, encoder: SentenceEncoder) -> None:
        self._encoder = encoder

    def close(self) -> None:
        """Kept for the next test."""

    def __getattr__(self, name: str) -> object:
        return getattr(self._encoder, name)


@pytest.fixture(scope="session")
def pipeline() -> LanguagePipeline:
    return LanguagePipeline()


@pytest.fixture(scope="session")
def encoder() -> SharedEncoder:
    return SharedEncoder(SentenceEncoder.open(default_weights("encoder").path))


@pytest.fixture(scope="session")
def host() -> Iterator[ModelHost]:
    shared = SharedHost()
    yield shared
    ModelHost.close(shared)


class Homes:
    """Opens one home again and again, as restarts of the program would."""

    def __init__(self, path: Path, pipeline: LanguagePipeline, encoder: SharedEncoder, host: ModelHost) -> None:
        self.path = path
        self._parts = {"pipeline": pipeline, "encoder": encoder, "host": host}
        self._open: list[MemoryOS] = []

    passphrase = PASSPHRASE

    def open(self, *, housekeeping: bool = False) -> MemoryOS:
        """The home, made when there is none, unlocked."""
        memory = MemoryOS.open(self.path, housekeeping=housekeeping)
        for name, part in self._parts.items():
            setattr(memory._home, name, part)
        if memory.access.info().state == "new":
            memory.access.initialise(use_keyring=False, passphrase=PASSPHRASE)
        else:
            memory.access.unlock(passphrase=PASSPHRASE)
        memory.settings.set("chat.max_tokens", 24)
        memory.settings.set("chat.seed", 7)
        self._open.append(memory)
        return memory

    def close(self) -> None:
        """Close what was opened."""
        while self._open:
            self._open.pop().close()


@pytest.fixture
def homes(home: Path, pipeline: LanguagePipeline, encoder: SharedEncoder, host: ModelHost) -> Iterator[Homes]:
    opened = Homes(home, pipeline, encoder, host)
    yield opened
    opened.close()


@pytest.fixture
def memory(homes: Homes) -> MemoryOS:
    return homes.open()
