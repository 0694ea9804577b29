"""Getting rid of widgets: Python's side outlives Qt's. Where it does not, these tests end the interpreter."""

import gc
import weakref

import pytest
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.widgets.discard import discard, discard_when_finished


def hold(widget: QWidget, captured: QWidget) -> QWidget:
    """Give `widget` nested layouts as attributes, and a button whose callback holds `captured`."""
    button = QPushButton("Press")
    button.clicked.connect(lambda: captured.hide())
    widget.outer, widget.inner = QHBoxLayout(), QHBoxLayout()
    widget.inner.addWidget(button)
    widget.outer.addLayout(widget.inner)
    QVBoxLayout(widget).addLayout(widget.outer)
    return widget


class Row(QWidget):
    """A row that keeps its layouts, and whose button's callback holds the row, or the page that it is on."""

    def __init__(self, above: QWidget | None = None) -> None:
        super().__init__()
        hold(self, above or self)


class Page(QWidget):
    def __init__(self, *, own: bool) -> None:
        super().__init__()
        self.rows = [Row(None if own else self)]
        QVBoxLayout(self).addWidget(self.rows[0])


def wait_until_gone(qtbot, gone: weakref.ref[QWidget]) -> None:
    """Both sides: Qt's in the event loop, Python's in a collection after it."""
    qtbot.waitUntil(lambda: gc.collect() is not None and gone() is None)


@pytest.mark.parametrize("own", [True, False])
def test_a_page_held_by_its_own_buttons_goes_as_a_whole(qtbot, own: bool):
    page = Page(own=own)
    page.show()
    gone, row = weakref.ref(page), weakref.ref(page.rows[0])
    discard(page)
    assert not page.isVisible()
    del page
    wait_until_gone(qtbot, gone)
    wait_until_gone(qtbot, row)


def test_a_dialog_held_by_its_own_buttons_goes_when_it_finishes(qtbot):
    dialog = QDialog()
    hold(dialog, dialog)
    discard_when_finished(dialog)
    dialog.open()
    gone = weakref.ref(dialog)
    dialog.reject()
    del dialog
    wait_until_gone(qtbot, gone)
