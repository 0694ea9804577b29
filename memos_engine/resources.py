"""Where `resources/` and the models folder lie: a source tree and a PyInstaller bundle differ."""

import os
import sys
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path


def resources_dir() -> Path:
    """The folder of icons, manifests and shipped data."""
    bundle = getattr(sys, "_MEIPASS", None)
    return Path(bundle if bundle else Path(__file__).parents[1]) / "resources"


def models_dir() -> Path:
    """The folder that set-up puts the default weights into (`MEMOS_MODELS` overrides it)."""
    override = os.environ.get("MEMOS_MODELS")
    return Path(override) if override else resources_dir() / "models"


def adapters_dir() -> Path:
    """The folder of the adapters that came along, each with its card."""
    return resources_dir() / "adapters"


@dataclass(frozen=True)
class Weights:
    """One entry of `resources/models.toml`: weights fetched at set-up as data, and the licence they stand under."""

    id: str
    role: str
    """`chat`, `encoder` or `pipeline`."""
    name: str
    path: Path
    """File (chat) or folder (encoder, pipeline) under the models folder."""
    licence: str
    source: str
    """Where the weights were first published, as text."""
    default: bool


@cache
def weights() -> tuple[Weights, ...]:
    """The manifest of the default weights, in its order."""
    with (resources_dir() / "models.toml").open("rb") as stream:
        table = tomllib.load(stream)
    return tuple(
        Weights(
            id=entry["id"],
            role=entry["role"],
            name=entry["name"],
            path=models_dir() / entry["path"],
            licence=entry["licence"],
            source=entry["source"],
            default=entry.get("default", True),
        )
        for entry in table["weights"]
    )


def default_weights(role: str) -> Weights:
    """The weights that serve `role` (`chat`, `encoder`, `pipeline`) unless the person chose others."""
    return next(entry for entry in weights() if entry.role == role and entry.default)
