"""What an adapter costs: the bare model, the adapter beside it, and the adapter merged into a requantised copy (Q8_0).

    memos bench adapter-cost [--rounds 9] [--adapter FILE]

Prompts are computed fresh, of the length that a question with its notes has. In each round the three take turns, in
another order each time; the medians of the rounds' ratios to the bare model are printed. first_ms = the whole prompt
and one token, memory_mb = resident memory of a process of its own that has answered once.

slowdown = how much longer a question with a reply takes with the merged copy, which the program serves, than with the
bare model, as chat sends it: prompt and reply together; beside_slowdown = the same with the adapter beside the model.
"""

import itertools
import json
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from _adapters import adapter_options, adapters_of
from _report import finish, options

from memos_engine.inference.adapter_file import read_adapter
from memos_engine.inference.catalogue import chat_template, default_threads, inspect
from memos_engine.inference.header import read_header
from memos_engine.inference.sampling import Sampling
from memos_engine.inference.session import LlamaSession
from memos_engine.parametric.merge import write_merged
from memos_engine.resources import default_weights

PROMPT, REPLY = 384, 48
"""Tokens of the prompt (a question with its notes), and of the reply."""
_TEXT = "In March Ilse moved to the house by the canal, where she keeps two goats, and every Friday she bakes bread. "
_NAMES = ("bare", "adapter", "merged")


@dataclass(frozen=True)
class Took:
    """Seconds of one reply."""

    prefill: float
    first: float
    decode: float

    @property
    def whole(self) -> float:
        """Prompt and reply."""
        return self.prefill + self.decode


def opened(model: Path, adapter: Path | None, threads: int) -> LlamaSession:
    """A session on `model`, with an adapter of it or none."""
    session = LlamaSession(model, context=1024, threads=threads, template=chat_template(model))
    if adapter is not None:
        session.adapt(read_adapter(adapter, read_header(model)))
    return session


def answer(session: LlamaSession) -> Took:
    """Compute a prompt afresh and write a reply of fixed length."""
    tokens = (session.tokenise(_TEXT) * (PROMPT // 16))[:PROMPT]
    sampling = Sampling(temperature=0, repeat_penalty=1, max_tokens=REPLY)
    began = time.perf_counter()
    session.prefill(tokens, fresh=True, on_prefill=lambda _: None, stopped=lambda: None)
    prefilled = time.perf_counter()
    pieces = [
        (time.perf_counter(), piece)
        for piece in session.decode(sampling, stopped=lambda: None)
        if isinstance(piece, bytes)
    ]
    if len(pieces) != REPLY:
        raise SystemExit(f"A reply ended after {len(pieces)} of {REPLY} tokens.")
    return Took(prefilled - began, pieces[0][0] - began, pieces[-1][0] - prefilled)


def memory_mb(model: Path, adapter: Path | None, threads: int) -> int:
    """Resident memory of another process that has answered once."""
    command = [sys.executable, __file__, "--memory-of", str(model), "--threads", str(threads)]
    command += ["--adapter", str(adapter)] if adapter else []
    return int(json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)["memory_mb"])


def main(argv: list[str] | None = None) -> int:
    """Run the benchmark; the last line of stdout is its JSON."""
    parser = options("adapter-cost", __doc__)
    parser.add_argument("--rounds", type=int, default=9, help="how often each answers")
    parser.add_argument("--threads", type=int, default=0, help="threads for the model (0: by the machine)")
    parser.add_argument("--memory-of", type=Path, help="only answer once with this model, and print the memory")
    adapter_options(parser)
    chosen = parser.parse_args(argv)
    threads = chosen.threads or default_threads()
    if chosen.memory_of:
        session = opened(chosen.memory_of, chosen.adapter, threads)
        answer(session)
        print(json.dumps({"memory_mb": round(psutil.Process().memory_info().rss / 1e6)}))
        session.close()
        return 0
    base = default_weights("chat").path
    adapter = adapters_of(chosen).of(inspect(base, context=1024))
    if adapter is None or adapter.file is None:
        raise SystemExit("There is no adapter for the default model: `make adapter` trains it.")
    with tempfile.TemporaryDirectory(prefix="adapter-cost-") as folder:
        merged = Path(folder) / "merged.gguf"
        write_merged(base, adapter.file, merged)
        made: dict[str, tuple[Path, Path | None]] = {
            "bare": (base, None),
            "adapter": (base, adapter.path),
            "merged": (merged, None),
        }
        memory = {name: memory_mb(*which, threads) for name, which in made.items()}
        sessions = {name: opened(*which, threads) for name, which in made.items()}
        took = measure(sessions, chosen.rounds)
        for session in sessions.values():
            session.close()
    rows = [row(name, took, memory[name]) for name in _NAMES]
    figures = {
        "slowdown": ratio(took, "merged", "whole") - 1,
        "beside_slowdown": ratio(took, "adapter", "whole") - 1,
        "prefill_ratio": ratio(took, "merged", "prefill"),
        "decode_ratio": ratio(took, "merged", "decode"),
    }
    finish("adapter-cost", rows, {name: round(value, 3) for name, value in figures.items()}, only_json=chosen.json)
    return 0


def measure(sessions: dict[str, LlamaSession], rounds: int) -> dict[str, list[Took]]:
    """Let all answer in turn, in another order each round; a first round of each is not counted."""
    took: dict[str, list[Took]] = {name: [] for name in sessions}
    orders = itertools.cycle(itertools.permutations(sessions))
    for session in sessions.values():
        answer(session)
    for _ in range(rounds):
        for name in next(orders):
            took[name].append(answer(sessions[name]))
    return took


def ratio(took: dict[str, list[Took]], name: str, what: str) -> float:
    """Median over the rounds of how much longer `what` takes than with the bare model."""
    pairs = zip(took[name], took["bare"], strict=True)
    return statistics.median(getattr(one, what) / getattr(bare, what) for one, bare in pairs)


def row(name: str, took: dict[str, list[Took]], memory: int) -> dict[str, Any]:
    """A line of the table."""
    median = {
        what: statistics.median(getattr(one, what) for one in took[name]) for what in ("prefill", "first", "decode")
    }
    return {
        "model": name,
        "prefill_tokens_s": round(PROMPT / median["prefill"]),
        "decode_tokens_s": round(REPLY / median["decode"], 1),
        "first_ms": round(median["first"] * 1000),
        "memory_mb": memory,
        "whole_ratio": round(ratio(took, name, "whole"), 3),
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
