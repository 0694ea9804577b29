"""What is drawn from the declarations of the settings: the README's table, and the help of `memos settings`."""

import importlib.util
import re
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
from typer.testing import CliRunner

from memos_engine.cli.run import app
from memos_engine.settings import SETTINGS

ROOT = Path(__file__).parents[1]


@pytest.fixture
def drawing() -> ModuleType:
    spec = importlib.util.spec_from_file_location("settings_table", ROOT / "packaging" / "settings_table.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_readme_shows_the_settings_as_they_are_declared(drawing: ModuleType) -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert drawing.drawn(readme) == readme, "`make settings-table` draws it anew"


def test_a_changed_declaration_changes_the_table_and_nothing_else(
    drawing: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    changed = tuple(
        replace(each, default=12, maximum=48) if each.name == "memory.notes" else each for each in drawing.SETTINGS
    )
    monkeypatch.setattr(drawing, "SETTINGS", changed)
    now = drawing.drawn(readme)
    differing = [line for line in now.splitlines() if line not in readme.splitlines()]
    assert len(differing) == 1
    assert "| 0 to 48 | `12` |" in differing[0]


def test_a_readme_without_the_marks_is_refused(drawing: ModuleType) -> None:
    with pytest.raises(ValueError, match="lacks"):
        drawing.drawn("# MemOS\n")


def test_every_setting_stands_in_the_table_and_in_the_help(drawing: ModuleType) -> None:
    shown = CliRunner().invoke(app, ["settings", "--help"], terminal_width=200).output
    help_text = " ".join(re.sub(r"[│╭╮╰╯─]", " ", shown).split())
    for setting in SETTINGS:
        assert (f"| `{setting.name}` |" in drawing.table()) is not setting.hidden
        assert (f"{setting.name} (" in help_text) is not setting.hidden
        if not setting.hidden:
            assert f"({setting.takes}" in help_text
            assert setting.text in help_text
