"""The one way to get rid of a widget."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QDialog, QLayout, QWidget


def discard(widget: QWidget) -> None:
    """Hide `widget` and destroy it, with all that is in it, once control is back in the event loop.

    Python's side of it is kept until Qt is done. Otherwise the last reference to a widget may be one that a callback of
    a button in it holds: then its attributes are freed while Qt is amid destroying what they stand for, and layouts
    that are kept as attributes end the program.
    """
    kept = [widget, *widget.findChildren(QWidget)]
    widget.destroyed.connect(lambda: QTimer.singleShot(0, kept.clear))
    widget.hide()
    widget.deleteLater()


def discard_all(layout: QLayout, first: int = 0) -> None:
    """Empty `layout` from its item `first` on, and `discard` the widgets that stood in it."""
    while (item := layout.takeAt(first)) is not None:
        if (widget := item.widget()) is not None:
            discard(widget)


def discard_when_finished(dialog: QDialog) -> None:
    """`discard` it when it is accepted, rejected or closed."""
    dialog.finished.connect(lambda: discard(dialog))
