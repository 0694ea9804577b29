"""The adapter that a benchmark answers with: the one that came along, another, or none."""

from argparse import ArgumentParser, Namespace
from dataclasses import replace
from pathlib import Path

from memos_engine.parametric.card import write_card
from memos_engine.parametric.registry import Adapter, AdapterRegistry
from memos_engine.resources import adapters_dir


def adapter_options(parser: ArgumentParser) -> None:
    """Which adapter, and whether its card shall show the figures."""
    parser.add_argument("--adapter", type=Path, metavar="FILE", help="another GGUF LoRA than the one that came along")
    parser.add_argument("--bare", action="store_true", help="without any adapter")
    parser.add_argument("--record", action="store_true", help="write the figures into the adapter's card")


def adapters_of(chosen: Namespace) -> AdapterRegistry:
    """The adapters to choose from, as the options say."""
    registry = AdapterRegistry(() if chosen.bare else (adapters_dir(),))
    if chosen.adapter:
        registry.choose(chosen.adapter)
    return registry


def record(chosen: Namespace, adapter: Adapter | None, figures: dict[str, float]) -> None:
    """Write figures into the card, beside those of other benchmarks, if that was asked for."""
    if chosen.record and adapter is not None:
        write_card(adapter.path, replace(adapter.card, figures=adapter.card.figures | figures))
