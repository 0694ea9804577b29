"""Marks of what the sentences of a reply rest on."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.chat.markdown import UNSUPPORTED, Prose, segments
from app.chat.marks import NO_SUPPORT, with_marks
from app.chat.message_widget import MessageWidget
from app.chat.row import Row
from app.widgets.text import Text
from memos_engine.types import Message, Role, Support, UsedMemory

TEXT = "You live in Ghent. You keep two goats! Shall I go on?"
USED = (UsedMemory("m1", 'Allergic to "peanuts"\nand more', 1.0, {}), UsedMemory("m2", "Lives in Ghent", 0.5, {}))
NOW = datetime(2026, 11, 27, tzinfo=UTC)


def reply(*support: Support, text: str = TEXT) -> Message:
    return Message("r", "c", "q", Role.ASSISTANT, "", text, NOW, model="m", used=USED, support=support)


def html(message: Message) -> str:
    return "".join(placed.segment.html for placed in segments(with_marks(message)) if isinstance(placed.segment, Prose))


def test_a_sentence_that_rests_on_memories_carries_their_numbers():
    found = html(reply(Support(0, 18, ("m2", "m1"))))
    assert 'Ghent. <a href="memory:m2" title="Lives in Ghent" class="mark">[2]</a> <a href="memory:m1"' in found
    assert "&quot;peanuts&quot; and more" in found
    assert found.endswith("You keep two goats! Shall I go on?</p>\n")


def test_a_claim_that_nothing_supports_is_marked():
    found = html(reply(Support(19, 38, unsupported=True)))
    assert f'goats! <a href="{UNSUPPORTED}" title="{NO_SUPPORT}" class="doubt">[?]</a> Shall' in found


def test_a_memory_that_the_reply_did_not_use_makes_no_mark():
    assert with_marks(reply(Support(0, 18, ("another",)))) == TEXT


@pytest.mark.parametrize("text", ["```\nYou live in Ghent.\n```", "Say `You live in Ghent.` twice"])
def test_code_is_left_as_it_is(text: str):
    end = text.index("Ghent.") + len("Ghent.")
    assert with_marks(reply(Support(end - 18, end, ("m2",)), text=text)) == text


def test_marks_open_what_they_stand_for_and_other_links_go_their_way(qtbot):
    widget = MessageWidget(Row(reply(Support(0, 18, ("m2",)), Support(19, 38, unsupported=True))))
    qtbot.addWidget(widget)
    with qtbot.waitSignal(widget.memory_wanted) as wanted:
        widget.body.link_clicked.emit("memory:m2")
    assert wanted.args == [widget.row.message, "m2"]
    with qtbot.waitSignal(widget.used_wanted):
        widget.body.link_clicked.emit(UNSUPPORTED)
    with qtbot.waitSignal(widget.link_clicked):
        widget.body.link_clicked.emit("https://example.org")
    assert "1 sentence without support" in [text.text() for text in widget._foot.findChildren(Text)]


def test_a_reply_without_a_word_of_the_check_is_shown_as_it_is():
    assert with_marks(replace(reply(), used=())) == TEXT
