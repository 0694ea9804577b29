"""The line that says where something comes from."""

from datetime import datetime

from pytestqt.qtbot import QtBot

from app.widgets.source_line import SourceLine
from memos_engine.types import Source


def test_the_title_goes_before_the_time_where_there_is_little_room(qtbot: QtBot) -> None:
    time = datetime(2020, 3, 3, 14, 5).astimezone()
    line = SourceLine(Source("", 0, 1, time, "m", "c", "A title of some length", "me"), quote=False)
    qtbot.addWidget(line)
    line.show()
    whole = "from your message of 3 March 2020, 14:05, in “A title of some length”"
    untitled = "from your message of 3 March 2020, 14:05"
    advance = line.link.fontMetrics().horizontalAdvance
    for words, room in ((whole, advance(whole)), (untitled, advance(untitled)), ("…", advance(untitled) - 40)):
        line.resize(room + 8, 30)
        qtbot.waitUntil(lambda words=words: line.link.text().endswith(words))  # type: ignore[misc]
        assert whole in line.link.accessibleName()
