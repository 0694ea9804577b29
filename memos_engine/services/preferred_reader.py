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
from memos_engine.types import Candidate, ModelInfo

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
        self._passed: dict[str, bool] = {}
        self._trial = ""
        """The job in which a model is being probed."""
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
        with self._deciding:
            passed = self._passed.get(model.digest)
            if passed is None and not self._home.queue.is_under_way(self._trial):
                label = "Trying the model as a reader"
                self._trial = self._home.queue.submit(label, lambda *_: self._try(model), priority=Priority.LOW).id
        return self._by_model if passed else self._linguistic

    def _try(self, model: ModelInfo) -> None:
        passed = probe(self._by_model)
        if self._home.host.current == model:  # else the answers may be another one's
            with self._deciding:
                self._passed[model.digest] = passed
