"""What tells questions that the notes answer from those that they do not: the model, what recall knows, what the answer
that it drafts says, and all of it.

    memos bench abstention [--adapter FILE] [--record]

`data/calibration.toml` holds invented people who tell in natural chat, and questions that are answered by it or (most
narrowly) are not; nothing of it is in the training corpus or in `memory-qa`. Each person has a home of their own, and
each question goes the way of the chat. There the model's log odds of beginning with "I don't know" are taken, and the
signals of `services/answerability` with the answer that it gives when it may not begin so.

`--record` writes the weights that were fitted to all of them into the adapter's card, by which the chat then decides.

auc = how often an answered question is ranked above one that is not (0.5: by chance); false_abstain, abstain = shares
of the answered and of the others that a rule would meet with "I don't know": the model's even odds, and the fitted
weights (five folds, each judged by the other four).
"""

import sys
import tempfile
import tomllib
from collections.abc import Sequence
from dataclasses import asdict, astuple, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from _adapters import adapter_options, adapters_of
from _report import finish, options
from memory_qa import DATA, Ask, Bench, KeptHost, Person

from memos_engine.encoder import SentenceEncoder
from memos_engine.inference.fallback import Fallback
from memos_engine.inference.host import Generation
from memos_engine.inference.prompt import Note, Prompt
from memos_engine.inference.sampling import Sampling
from memos_engine.language.pipeline import LanguagePipeline
from memos_engine.parametric.card import write_card
from memos_engine.resources import default_weights
from memos_engine.services.answerability import UNKNOWING, Evidence, Signals, Weighing
from memos_engine.settings import Settings

FOLDS = 5
_PENALTY = 1.0
"""Of the squared weights, of signals with unit variance."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Weighed:
    """A question with what is known before its answer: log-odds of answering by the model, and the signals."""

    told: bool
    answering: float
    signals: Signals

    @property
    def row(self) -> tuple[float, ...]:
        """What the logistic model weighs."""
        return self.answering, *astuple(self.signals)


class WeighingHost(KeptHost):
    """Keeps what an answer is weighed by, and lets each stand."""

    def __init__(self) -> None:
        super().__init__()
        self.notes: tuple[Note, ...] = ()
        self.answering = 0.0
        self.answer = ""

    def generate(self, prompt: Prompt, sampling: Sampling, **more: Any) -> Generation:
        """A reply that does not begin with "I don't know" where there are notes."""
        self.notes = prompt.notes
        if self.notes:
            prompt = replace(prompt, fallback=Fallback(UNKNOWING, self._keep))
        return super().generate(prompt, sampling, **more)

    def _keep(self, odds: float, answer: str) -> bool:
        self.answering, self.answer = odds, answer
        return True


def people() -> list[Person]:
    """Those of the calibration file; one session a message, some weeks apart."""
    with (DATA / "calibration.toml").open("rb") as stream:
        entries = tomllib.load(stream)["person"]
    return [_person(number, entry) for number, entry in enumerate(entries)]


def _person(number: int, entry: dict[str, list[str]]) -> Person:
    sessions = tuple(
        (f"2026-{month:02}-{number + 3:02}T09:00", (text,)) for month, text in enumerate(entry["messages"], 1)
    )
    told = [Ask("told", question, (("",),), (), (), negated=False) for question in entry["told"]]
    untold = [Ask("untold", question, (), (), (), negated=False) for question in entry["untold"]]
    return Person(f"person {number + 1}", sessions, (*told, *untold))


def weigh(bench: Bench, host: WeighingHost) -> list[Weighed]:
    """Put every question to the chat; those without any note are left out."""
    found = []
    encode = SentenceEncoder.open(default_weights("encoder").path).encode
    for person in people():
        for one in bench.answers(person):
            if host.notes:
                signals = Evidence(one.ask.question, host.notes, encode).signals(host.answer)
                found.append(Weighed(one.ask.is_told, host.answering, signals))
        print(f"{person.name}: {len(found)} questions", file=sys.stderr, flush=True)
    return found


def fitted(rows: Floats, told: npt.NDArray[np.bool_]) -> Floats:
    """Weights of the columns of `rows` [n, k] and the bias, of a logistic model in which answered and other questions
    count the same in sum: float64 [k + 1]. Newton's method with a quadratic penalty."""
    mean, spread = rows.mean(0), rows.std(0) + 1e-9
    scaled = np.c_[(rows - mean) / spread, np.ones(len(rows))]
    share = np.where(told, 0.5 / told.mean(), 0.5 / (1 - told.mean()))
    weights = np.zeros(scaled.shape[1])
    penalty = _PENALTY * np.diag([*np.ones(rows.shape[1]), 0.0])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-scaled @ weights))
        slope = scaled.T @ (share * (told - chance)) - penalty @ weights
        weights += np.linalg.solve((scaled.T * (share * chance * (1 - chance))) @ scaled + penalty, slope)
    plain = weights[:-1] / spread
    return np.append(plain, weights[-1] - plain @ mean)


def judged(rows: Floats, told: npt.NDArray[np.bool_]) -> Floats:
    """The log-odds of each question by weights that were fitted to the other folds."""
    order = np.random.default_rng(1).permutation(len(told))
    scores = np.zeros(len(told))
    for fold in np.array_split(order, FOLDS):
        others = np.setdiff1d(order, fold)
        weights = fitted(rows[others], told[others])
        scores[fold] = rows[fold] @ weights[:-1] + weights[-1]
    return scores


def auc(scores: Floats, told: npt.NDArray[np.bool_]) -> float:
    """How often an answered question has the higher score."""
    pairs = scores[told][:, None] - scores[~told][None, :]
    return float(((pairs > 0) + 0.5 * (pairs == 0)).mean())


def table(found: Sequence[Weighed]) -> list[dict[str, Any]]:
    """A line for each rule."""
    told = np.array([one.told for one in found])
    rows = np.array([one.row for one in found])
    rules = {
        "model": rows[:, 0],
        "recall": judged(rows[:, 1:3], told),
        "answer": judged(rows[:, 3:], told),
        "all": judged(rows, told),
    }
    return [
        {
            "rule": name,
            "questions": len(told),
            "auc": round(auc(scores, told), 3),
            "false_abstain": round(float((scores[told] <= 0).mean()), 3),
            "abstain": round(float((scores[~told] <= 0).mean()), 3),
        }
        for name, scores in rules.items()
    ]


def main(argv: list[str] | None = None) -> int:
    """Run the benchmark; the last line of stdout is its JSON."""
    parser = options("abstention", __doc__)
    parser.add_argument("--threads", type=int, default=0)
    adapter_options(parser)
    chosen = parser.parse_args(argv)
    adapters, host = adapters_of(chosen), WeighingHost()
    with tempfile.TemporaryDirectory(prefix="abstention-") as folder:
        settings = Settings(Path(folder) / "settings.toml")
        settings.set("model.threads", chosen.threads)
        adapter = adapters.of(host.load(default_weights("chat").path, settings))
        try:
            found = weigh(Bench(host, LanguagePipeline(), Path(folder), chosen.threads, False, adapters, False), host)
        finally:
            host.release()
    rows = table(found)
    weights = fitted(np.array([one.row for one in found]), np.array([one.told for one in found]))
    weighing = Weighing(*(round(float(value), 3) for value in (weights[-1], *weights[:-1])))
    figures = {"auc": rows[-1]["auc"], "false_abstain": rows[-1]["false_abstain"], "abstain": rows[-1]["abstain"]}
    print(weighing)
    if chosen.record and adapter is not None:
        write_card(adapter.path, replace(adapter.card, weighing=asdict(weighing)))
    finish("abstention", rows, figures, only_json=chosen.json)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
