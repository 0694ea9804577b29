"""Why a memory was used: words and numbers that add up as they stand there."""

import pytest
from PySide6.QtWidgets import QLabel

from app.chat.score_parts import SIGNALS, WHATEVER_IS_ASKED, Bar, ScoreParts, shown_parts, total
from app.theme import theme
from app.widgets.discard import discard
from memos_engine.types import Caller, MemoryCall, Purpose


def words(parts: ScoreParts) -> list[str]:
    return [label.text() for label in parts.findChildren(QLabel)]


@pytest.mark.parametrize(
    "why",
    [
        {"dense": 2.449, "lexical": 1.349, "context": 0.349, "recency": 0.049},
        {"dense": 0.16, "lexical": -0.25, "context": 3.333, "person": 1.0},
        {"dense": -0.4, "context": -0.31},
    ],
)
def test_what_is_shown_adds_up_to_what_is_shown_as_the_sum(qtbot, why: dict[str, float]):
    theme().refresh()
    made = ScoreParts(why, 5.0)
    qtbot.addWidget(made)
    shown = [float(text.replace("−", "-")) for text in words(made) if text.replace("−", "").replace(".", "").isdigit()]
    assert shown[-1] == pytest.approx(sum(shown[:-1]))
    assert shown[-1] == pytest.approx(total(why))
    assert total(why) == pytest.approx(sum(why.values()), abs=0.05 * len(why))
    assert not set(why) & set(words(made)), "the name of a signal is not a word for a person"


def test_parts_stand_by_size_and_none_is_nothing():
    assert shown_parts({"recency": 0.04, "lexical": 1.0, "dense": 2.0, "context": -1.0}) == [
        ("dense", 2.0),
        ("lexical", 1.0),
        ("context", -1.0),
    ]


@pytest.mark.parametrize("name", WHATEVER_IS_ASKED)
def test_what_is_there_whatever_is_asked_has_no_points(qtbot, name: str):
    made = ScoreParts({name: 1.0}, 1.0)
    qtbot.addWidget(made)
    assert words(made) == [WHATEVER_IS_ASKED[name]]


def test_a_narrow_panel_keeps_its_numbers(qtbot):
    theme().refresh()
    made = ScoreParts(dict.fromkeys(SIGNALS, 1.0), 7.0)
    qtbot.addWidget(made)
    theme().dress(made)
    made.resize(theme().px(110), made.heightForWidth(theme().px(110)))
    made.show()
    numbers = [label for label in made.findChildren(QLabel) if label.text() in ("1.0", "7.0")]
    assert len(numbers) == len(SIGNALS) + 1
    for label in numbers:
        assert label.mapTo(made, label.rect().topRight()).x() < theme().px(110)


def test_the_theme_may_change_once_the_bars_are_gone(qtbot):
    made = ScoreParts({"dense": 1.0}, 1.0)
    bar = made.findChild(Bar)
    with qtbot.waitSignal(bar.destroyed):
        discard(made)
    with qtbot.captureExceptions() as faults:
        theme().changed.emit()
    assert faults == []


def test_every_signal_of_the_ranking_has_its_words(shared_engine):
    shared_engine.memories.remember("Anna keeps bees in the garden.")
    shared_engine.memories.remember("Went hiking in the Alps.")
    call = MemoryCall(Caller.WINDOW, Purpose.ANSWER, "Did Anna keep bees yesterday?")
    signals = {name for item in shared_engine.recall.recall(call) for name in item.why}
    assert signals
    assert signals <= set(SIGNALS) | set(WHATEVER_IS_ASKED)
