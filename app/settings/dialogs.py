"""Dialogs about keys: a new passphrase, the passphrase, and a code that is shown once."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.first_run.strength import objection, strength
from app.theme import Size, theme
from app.widgets.buttons import Button
from app.widgets.clipboard import copy
from app.widgets.dialogs import Dialog
from app.widgets.text import Text


class PassphraseDialog(Dialog):
    """Asks for a new passphrase, twice. `passphrase` is what was given."""

    def __init__(self, parent: QWidget, *, change: bool) -> None:
        super().__init__(
            parent,
            "Change passphrase" if change else "Set a passphrase",
            "It opens everything that is stored here. Nobody can look it up for you: without it, only the recovery code"
            " or the keyring opens.",
            "Change" if change else "Set",
        )
        self._first = self.field("New passphrase", secret=True)
        self._second = self.field("The same again", secret=True)
        self._note = Text("", Size.SMALL, "muted", wrap=True)
        self.column.addWidget(self._note)
        for line in (self._first, self._second):
            line.textChanged.connect(self._check)
        self._check()

    def _check(self) -> None:
        against = objection(self.passphrase, self._second.text())
        self._note.setText(against or str(strength(self.passphrase)))
        self.go.setEnabled(not against)

    @property
    def passphrase(self) -> str:
        """The new passphrase."""
        return self._first.text()


class AskPassphraseDialog(Dialog):
    """Asks for the passphrase that opens something."""

    def __init__(self, parent: QWidget, title: str, text: str) -> None:
        super().__init__(parent, title, text, "Unlock")
        self._line = self.field("Passphrase", secret=True)

    @property
    def passphrase(self) -> str:
        """What was given."""
        return self._line.text()


class CodeDialog(Dialog):
    """Shows a recovery code, once."""

    def __init__(self, parent: QWidget, code: str) -> None:
        super().__init__(
            parent,
            "Your new recovery code",
            "Write it down and keep it apart from this computer. It is shown only now, and the old code opens no more.",
            "I have written it down",
        )
        shown = Text(code, Size.TITLE, wrap=True, selectable=True)
        shown.setFont(theme().fixed_font())
        shown.setAccessibleName(f"Recovery code {code}")
        self.column.addWidget(shown)
        taken = Button("Copy", lambda: copy(code), kind="link", icon="copy")
        self.column.addWidget(taken, 0, Qt.AlignmentFlag.AlignLeft)
        self.cancel.hide()
        # Not the button that leaves: a second Enter in a row would, before the code was read.
        taken.setFocus()
