"""The reader of the person's choice: the loaded model where it passed its probe, else the linguistic one."""

import threading
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from memos_engine.errors import ModelError
from memos_engine.reader.linguistic import LinguisticReader
from memos_engine.reader.model_reader import ModelReader, probe
from memos_engine.reader.protocol import ME, Reader, ReadRequest
from memos_engine.scheduler.queue import Priority
from memos_engine.types import Candidate

if TYPE_CHECKING:
    from memos_engine.services.home import OpenHome


class PreferredReader:
    """Chooses at each reading by the setting `memory.reader` and by how the loaded model did in its probe.

    A model is probed once, in the background, after it was loaded; until its probe has passed, and whenever it fails
    at a text, the linguistic reader reads.
    """

    name = "preferred"

    def __init__(self, home: "OpenHome") -> None:
        self._home = home
        self._linguistic = LinguisticReader(home.pipeline)
        self._by_model = ModelReader(lambda prompt, schema: home.host.complete_json(prompt, schema))
        self._passed: dict[str, bool | None] = {}
        self._deciding = threading.Lock()

    def read(self, text: str, *, time: datetime, speaker: str = ME, language: str | None = None) -> list[Candidate]:
        """Candidates of one text, in the order of their spans."""
        return next(self.read_many([ReadRequest(text, time, speaker, language)]))

    def read_many(self, requests: Iterable[ReadRequest]) -> Iterator[list[Candidate]]:
        """The same for many texts, in order."""
        if self._chosen() is self._linguistic:
            yield from self._linguistic.read_many(requests)
            return
        for request in requests:
            try:
                yield from self._by_model.read_many([request])
            except ModelError:
                yield from self._linguistic.read_many([request])

    def _chosen(self) -> Reader:
        if self._home.settings.text("memory.reader") != "model":
            return self._linguistic
        model = self._home.host.current
        if model is None:
            return self._linguistic
        name = str(model.path)
        with self._deciding:
            known = name in self._passed
            passed = self._passed.setdefault(name, None)
        if not known:
            self._home.queue.submit("Trying the model as a reader", lambda *_: self._try(name), priority=Priority.LOW)
        return self._by_model if passed else self._linguistic

    def _try(self, name: str) -> None:
        passed = probe(self._by_model)
        with self._deciding:
            self._passed[name] = passed
