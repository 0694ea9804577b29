"""Draw the README's table of settings from their declarations.

    python packaging/settings_table.py            (make settings-table)

Only what stands between the marks `<!-- settings -->` and `<!-- /settings -->` is replaced.
"""

from pathlib import Path

from memos_engine.settings import SECTION_TITLES, SETTINGS, Setting

README = Path(__file__).parents[1] / "README.md"
OPEN, CLOSE = "<!-- settings -->\n", "<!-- /settings -->\n"


def drawn(readme: str) -> str:
    """The README with the table as the declarations have it. Raises `ValueError` where its marks are missing."""
    before, opened, rest = readme.partition(OPEN)
    _, closed, after = rest.partition(CLOSE)
    if not opened or not closed:
        raise ValueError(f"The README lacks {OPEN.strip()} or {CLOSE.strip()}.")
    return before + opened + table() + closed + after


def table() -> str:
    """All settings that a person may change, in Markdown, by their sections."""
    rows = ["| setting | takes | default | what it does |", "| --- | --- | --- | --- |"]
    for section, title in SECTION_TITLES.items():
        shown = [setting for setting in SETTINGS if setting.section == section and not setting.hidden]
        rows += [f"| **{title}** | | | |", *map(_row, shown)]
    return "\n".join(rows) + "\n"


def _row(setting: Setting) -> str:
    takes = f"{setting.takes} {setting.unit}".strip() if setting.unit != "%" else f"{setting.takes} (1 is 100 %)"
    default = f"`{setting.default_typed}`" if setting.default_typed else ""
    text = setting.text.replace("|", "\\|")
    return f"| `{setting.name}` | {takes} | {default} | {setting.title}. {text} |"


if __name__ == "__main__":
    README.write_text(drawn(README.read_text("utf-8")), "utf-8")
