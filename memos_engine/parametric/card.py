"""The card of an adapter: what it was trained for, from what, and what it measured."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from memos_engine.atomic_file import replacing
from memos_engine.errors import DamagedError
from memos_engine.inference.header import GgufHeader

if TYPE_CHECKING:
    from memos_engine.parametric.training.plan import TrainingPlan

_LICENCE = "Apache-2.0"


@dataclass(frozen=True)
class AdapterCard:
    """What stands beside an adapter's file. `plan` as the training took it; `figures` by benchmark name."""

    purpose: str
    base: str
    base_digest: str
    data_digest: str
    plan: dict[str, float]
    minutes: float
    licence: str = _LICENCE
    figures: dict[str, float] = field(default_factory=dict)
    weighing: dict[str, float] = field(default_factory=dict)
    """What else than the model decides whether it answers, as `memos bench abstention` fitted it."""

    @classmethod
    def of(cls, plan: "TrainingPlan", *, base: GgufHeader, data_digest: str, minutes: float) -> "AdapterCard":
        """The card of a run that has just ended; its figures are not measured yet."""
        return cls(
            purpose="Answers from the notes of memory in front of it, and says so where they are silent.",
            base=base.text("general.name"),
            base_digest=base.digest,
            data_digest=data_digest,
            plan=asdict(plan),
            minutes=round(minutes, 1),
        )


def card_of(adapter: Path) -> Path:
    """Where the card of an adapter's file lies."""
    return adapter.with_suffix(".json")


def write_card(adapter: Path, card: AdapterCard) -> None:
    """Write the card beside its adapter. Raises `DiskError`."""
    with replacing(card_of(adapter)) as file:
        file.write(json.dumps(asdict(card), indent=2).encode() + b"\n")


def read_card(adapter: Path) -> AdapterCard:
    """The card beside an adapter. Raises `DamagedError` where there is none that can be read."""
    try:
        return AdapterCard(**json.loads(card_of(adapter).read_bytes()))
    except (OSError, ValueError, TypeError) as error:
        raise DamagedError(f"The card of {adapter.name} cannot be read.", "Fetch the adapter again.") from error
