"""The question before a chat is deleted."""

from pytestqt.qtbot import QtBot

from app.chat.delete_dialog import DeleteDialog
from app.theme import theme
from app.widgets.text import Text


def test_it_says_that_the_chat_itself_does_not_come_back_whatever_is_chosen(qtbot: QtBot):
    theme().refresh()
    dialog = DeleteDialog("Moving")
    qtbot.addWidget(dialog)
    told = [text.text() for text in dialog.findChildren(Text)]
    assert "Its messages are erased for good. This cannot be undone." in told
    assert dialog.keep.isChecked()
