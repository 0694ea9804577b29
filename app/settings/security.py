"""Passphrase, keyring and recovery code."""

from typing import Any

from PySide6.QtWidgets import QCheckBox, QWidget

from app.context import AppContext
from app.operations import Fault
from app.settings.dialogs import CodeDialog, PassphraseDialog
from app.settings.rows import Row, Section
from app.widgets.buttons import Button
from memos_engine.types import Protector, VaultInfo


class _KeyRow(Row):
    """A row whose work changes the keys: what fails is said in it, what holds is shown after each change."""

    def __init__(self, context: AppContext, keys: "Keys", title: str, text: str, *controls: QWidget) -> None:
        super().__init__(title, text, controls)
        self.context = context
        self.keys = keys

    def change(self, label: str, work: Any, on_done: Any = None) -> None:
        """Run `work()`, then show what holds."""

        def done(result: Any) -> None:
            self.show_problem("")
            self.keys.load()
            if on_done is not None:
                on_done(result)

        self.context.operations.run(self, label, lambda _progress, _cancel: work(), done, self._refused, long=True)

    def _refused(self, fault: Fault) -> None:
        self.show_problem(f"{fault.message} {fault.hint}".strip())
        self.keys.load()


class Keys:
    """What opens the vault, and the three rows that change it."""

    def __init__(self, context: AppContext, section: Section) -> None:
        self._context = context
        self._set = Button("Set…", self._ask_passphrase)
        self._remove = Button("Remove", lambda: self._passphrase.change("Remove the passphrase", self._no_passphrase))
        self._set.setAccessibleName("Set or change the passphrase")
        self._remove.setAccessibleName("Remove the passphrase")
        self._passphrase = _KeyRow(context, self, "Passphrase", "", self._remove, self._set)
        self._box = QCheckBox()
        self._box.setProperty("bare", True)
        self._box.setAccessibleName("System keyring opens the vault")
        self._box.clicked.connect(self._switch_keyring)
        self._keyring = _KeyRow(context, self, "System keyring", "", self._box)
        code = Button("New code…", self._new_code)
        code.setAccessibleName("New recovery code")
        self._recovery = _KeyRow(
            context,
            self,
            "Recovery code",
            "Opens everything when the rest is lost. A new code replaces the old one.",
            code,
        )
        for row in (self._passphrase, self._keyring, self._recovery):
            section.add(row)
        self._section = section
        self.load()

    def load(self) -> None:
        """Ask what opens the vault now."""
        access = self._context.engine.access
        self._context.operations.run(self._section, "Read the protectors", lambda _p, _c: access.info(), self._show)

    def _show(self, info: VaultInfo) -> None:
        has = Protector.PASSPHRASE in info.protectors
        keyring = Protector.KEYRING in info.protectors
        self._passphrase.set_text("It opens everything stored here." if has else "None is set.")
        self._set.setText("Change…" if has else "Set…")
        self._remove.setVisible(has)
        self._remove.setEnabled(keyring)
        self._remove.setToolTip("" if keyring else "Switch the keyring on first: something has to open the vault.")
        self._box.setChecked(keyring)
        self._box.setEnabled(info.keyring_available or keyring)
        if info.keyring_available:
            name = info.keyring_name or "The keyring"
            self._keyring.set_text(
                f"{name} opens everything when you log in. On its own it protects as far as your login does."
            )
        else:
            self._keyring.set_text("No keyring works here, so a passphrase is needed.")

    def _switch_keyring(self, on: bool) -> None:
        self._keyring.change("Switch the keyring", lambda: self._context.engine.access.set_keyring(on))

    def _no_passphrase(self) -> None:
        self._context.engine.access.set_passphrase(None)

    def _ask_passphrase(self) -> None:
        dialog = PassphraseDialog(self._passphrase, change=self._set.text() == "Change…")
        access = self._context.engine.access

        def keep() -> None:
            given = dialog.passphrase
            self._passphrase.change("Set the passphrase", lambda: access.set_passphrase(given))

        dialog.ask(keep)

    def _new_code(self) -> None:
        self._recovery.change(
            "Make a recovery code",
            self._context.engine.access.new_recovery_code,
            lambda code: CodeDialog(self._recovery, code).ask(),
        )


def add_security_rows(section: Section, context: AppContext) -> None:
    """Append the rows of passphrase, keyring and recovery code to the security section."""
    section.setProperty("keys", Keys(context, section))
