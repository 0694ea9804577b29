"""Chat models, the sentence encoder, and licences."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from memos_engine.errors import NotFoundError
from memos_engine.inference import catalogue
from memos_engine.inference.trial import rejection
from memos_engine.resources import default_weights, weights
from memos_engine.services.licences import all_licences
from memos_engine.types import (
    AdapterInfo,
    CancelToken,
    EncoderInfo,
    Fit,
    Licence,
    ModelInfo,
    ProgressCallback,
    no_progress,
)

if TYPE_CHECKING:
    from memos_engine.services.home import OpenHome


class ModelService:
    """Which models there are, whether they fit, and which serves."""

    def __init__(self, home: "OpenHome") -> None:
        self._home = home

    def list(self) -> tuple[ModelInfo, ...]:
        """The models that came along, in the models folder, and the chosen one, which is refused where it is gone;
        headers only, nothing loads."""
        paths = [entry.path for entry in weights() if entry.role == "chat"]
        folder = self._home.settings.text("files.models")
        if folder:
            paths += catalogue.files_in(Path(folder))
        chosen = self._home.settings.text("model.path")
        if chosen:
            paths.append(Path(chosen))
        there = [path for path in paths if catalogue.is_within_reach(path) or str(path) == chosen]
        found = {path.resolve(): path for path in reversed(there)}
        return tuple(self._listed(path) for path in reversed(found.values()))

    def inspect(self, path: Path) -> ModelInfo:
        """Header, size, licence and verdict of one file; a rejected one has `fit` REJECTED and the reason.

        Raises `NotFoundError`.
        """
        return self._told(catalogue.inspect(path, context=self._home.settings.whole("model.context")))

    def use(
        self, path: Path, *, progress: ProgressCallback = no_progress, cancel: CancelToken | None = None
    ) -> ModelInfo:
        """Load it and make it the chat model. On any error (`ModelRejectedError`, `NotEnoughMemoryError`,
        `CancelledError`) the old model goes on."""
        path = path.expanduser().absolute()
        info = self._home.host.load(path, self._home.settings, progress=progress, cancel=cancel)
        self._home.model_of_this_run = None
        self._home.settings.set("model.path", "" if _same(path, default_weights("chat").path) else str(path))
        return self._told(info)

    def current(self) -> ModelInfo | None:
        """The model that is loaded, or None."""
        info = self._home.host.current
        return self._told(info) if info else None

    def load(
        self,
        path: Path | None = None,
        *,
        progress: ProgressCallback = no_progress,
        cancel: CancelToken | None = None,
    ) -> ModelInfo:
        """Load the chosen model if it is not loaded yet; with `path`, another one, for this run only."""
        if path is not None:
            path = path.expanduser().absolute()
            self._home.host.load(path, self._home.settings, progress=progress, cancel=cancel)
            self._home.model_of_this_run = path
        return self._told(self._home.ready_model(progress=progress, cancel=cancel))

    def unload(self) -> None:
        """Release the model's memory; a reply that runs is stopped."""
        self._home.host.unload()

    def encoders(self) -> tuple[EncoderInfo, ...]:
        """The encoder in use and the one that came along."""
        own = default_weights("encoder").path
        in_use = self._home.encoder.info()
        if _same(in_use.path, own) or not own.is_dir():
            return (in_use,)
        from memos_engine.encoder import SentenceEncoder

        return (in_use, SentenceEncoder.open(own).info(in_use=False))

    def use_encoder(
        self, folder: Path, *, progress: ProgressCallback = no_progress, cancel: CancelToken | None = None
    ) -> EncoderInfo:
        """Re-embed everything with another encoder while the old one serves, then switch.

        On any error (`ModelRejectedError`, `CancelledError`) the old encoder goes on.
        """
        from memos_engine.encoder import SentenceEncoder

        folder = folder.expanduser().absolute()
        new = SentenceEncoder.open(folder)

        def switch() -> None:
            chosen = "" if _same(folder, default_weights("encoder").path) else str(folder)
            self._home.settings.set("encoder.path", chosen)
            self._home.encoder = new

        before = {store.cube_id for store in self._home.shelf.all_open()}
        self._home.retrieval.use_encoder(new, switch, progress, cancel)
        for store in self._home.shelf.all_open():
            if store.cube_id not in before:  # unlocked meanwhile
                self._home.tend_later(store.cube_id)
        return new.info()

    def licences(self) -> tuple[Licence, ...]:
        """Licences of the program, of the weights and of the libraries."""
        return all_licences()

    def _listed(self, path: Path) -> ModelInfo:
        try:
            return self.inspect(path)
        except NotFoundError as error:
            return self._told(catalogue.rejected(path, error.message))

    def _told(self, info: ModelInfo) -> ModelInfo:
        shipped = next((entry for entry in weights() if entry.role == "chat" and _same(entry.path, info.path)), None)
        host = self._home.host
        current = host.current
        if info.fit is not Fit.REJECTED and host.stops_library(info):
            info = replace(info, fit=Fit.REJECTED, reason=rejection(info.path.name).message)
        return replace(
            info,
            name=shipped.name if shipped else info.name,
            licence=info.licence or (shipped.licence if shipped else ""),
            in_use=current is not None and _same(current.path, info.path),
            default=shipped is not None and shipped.default,
            adapter=self._adapter(info),
        )

    def _adapter(self, info: ModelInfo) -> AdapterInfo | None:
        found = self._home.adapters.of(info) if info.digest else None
        if found is None:
            return None
        return AdapterInfo(
            path=found.path,
            name=found.file.name if found.file else found.path.stem,
            purpose=found.card.purpose,
            rank=found.file.rank if found.file else 0,
            file_size=found.file.file_size if found.file else 0,
            licence=found.card.licence,
            figures=tuple(found.card.figures.items()),
            on=found.file is not None and self._home.settings.flag("model.adapter"),
            problem=found.problem,
        )


def _same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()
