"""Chat models, the sentence encoder, and licences."""

from pathlib import Path

from memos_engine.types import CancelToken, EncoderInfo, Licence, ModelInfo, ProgressCallback, no_progress


class ModelService:
    """Which models there are, whether they fit, and which serves."""

    def list(self) -> tuple[ModelInfo, ...]:
        """The models that came along, in the models folder, and the one in use; headers only, nothing loads."""
        raise NotImplementedError

    def inspect(self, path: Path) -> ModelInfo:
        """Header, size, licence and verdict of one file; a rejected one has `fit` REJECTED and the reason."""
        raise NotImplementedError

    def use(
        self, path: Path, *, progress: ProgressCallback = no_progress, cancel: CancelToken | None = None
    ) -> ModelInfo:
        """Load it and make it the chat model. On any error (`ModelRejectedError`, `NotEnoughMemoryError`,
        `CancelledError`) the old model goes on."""
        raise NotImplementedError

    def current(self) -> ModelInfo | None:
        """The model that is loaded, or None."""
        raise NotImplementedError

    def load(self, *, progress: ProgressCallback = no_progress, cancel: CancelToken | None = None) -> ModelInfo:
        """Load the chosen model if it is not loaded yet."""
        raise NotImplementedError

    def unload(self) -> None:
        """Release the model's memory."""
        raise NotImplementedError

    def encoders(self) -> tuple[EncoderInfo, ...]:
        """The encoder in use and the one that came along."""
        raise NotImplementedError

    def use_encoder(
        self, folder: Path, *, progress: ProgressCallback = no_progress, cancel: CancelToken | None = None
    ) -> EncoderInfo:
        """Re-embed everything with another encoder while the old one serves, then switch."""
        raise NotImplementedError

    def licences(self) -> tuple[Licence, ...]:
        """Licences of the program, of the weights and of the libraries."""
        raise NotImplementedError
