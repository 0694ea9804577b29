"""Rows and sections drawn from the declarations of `memos_engine.settings`."""

from pathlib import Path

from PySide6.QtWidgets import QWidget

from app.context import AppContext
from app.operations import Fault
from app.settings.editors import Editor
from app.settings.rows import Row, Section
from app.widgets.buttons import Button, IconButton
from memos_engine.settings import SECTION_TITLES, SETTINGS, Setting, Value

CHOSEN_IN_MODELS = ("model.path", "encoder.path", "encoder.pipeline")
"""Settings whose value is checked and loaded before it holds: the Models page does that."""


class SettingRow(Row):
    """One declared setting. A change is written at once; what does not hold is said in the row."""

    def __init__(self, context: AppContext, setting: Setting) -> None:
        self._context = context
        self._setting = setting
        self._back = IconButton(
            "restore",
            f"{setting.title}: back to the default, {_words(setting, setting.default)}",
            lambda: self._save(setting.default),
            size=16,
        )
        self._editor = Editor(setting, self._save)
        controls: list[QWidget] = [self._back]
        if setting.name in CHOSEN_IN_MODELS:
            choose = Button("Choose in Models", lambda: context.navigator.page.emit("models"))
            choose.setAccessibleName(f"{setting.title}: choose in Models")
            controls.append(choose)
        elif not self._editor.below:
            controls.append(self._editor.widget)
        super().__init__(
            setting.title, setting.text, controls, below=self._editor.widget if self._editor.below else None
        )
        kept = self._back.sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self._back.setSizePolicy(kept)
        self.add_words(f"{setting.name} {' '.join(setting.choices)}")
        self.refresh()

    def refresh(self) -> None:
        """Show the value in force."""
        value = self._context.engine.settings.get(self._setting.name)
        self._editor.fit()
        self._editor.set(value)
        self._back.setVisible(value != self._setting.default)
        if self._setting.path:
            self.set_text(f"{self._setting.text}\n{value}" if value else self._setting.text)

    def _save(self, value: Value) -> None:
        settings = self._context.engine.settings
        if value == settings.get(self._setting.name):
            return
        self._context.operations.run(
            self,
            f"Set {self._setting.title}",
            lambda _progress, _cancel: settings.set(self._setting.name, value),
            self._saved,
            self._refused,
        )

    def _saved(self, _value: Value) -> None:
        self.show_problem("")
        self.refresh()

    def _refused(self, fault: Fault) -> None:
        self.show_problem(f"{fault.message} {fault.hint}".strip())
        self.refresh()


def _words(setting: Setting, value: Value) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if setting.path:
        return Path(str(value)).name or "what came along"
    if setting.unit == "%":
        value = round(float(value) * 100)
    return f"{value} {setting.unit}".strip() or "empty"


def declared_section(context: AppContext, name: str) -> Section:
    """The section of `SECTION_TITLES` with a row for each of its settings that people may change."""
    section = Section(name, SECTION_TITLES[name])
    for setting in SETTINGS:
        if setting.section == name and not setting.hidden:
            section.add(SettingRow(context, setting))
    return section
