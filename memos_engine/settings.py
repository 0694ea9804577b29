"""Each setting, declared once: type, default, range and text. The page, the command line and the docs come from this.

`settings.toml` holds no content of memories: choices, numbers and folders only. What a person says of themselves (their
name, their standing instructions) is a sealed setting, kept in a file that the vault encrypts.
"""

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import tomli_w

from memos_engine.atomic_file import replacing
from memos_engine.errors import DamagedError, InputError, LockedError, NotFoundError

Value = bool | int | float | str


@dataclass(frozen=True)
class Setting:
    """One setting. `choices` makes it an enumeration; `minimum` and `maximum` bound a number (both inclusive)."""

    name: str
    """`section.name`, as in settings.toml."""
    default: Value
    title: str
    text: str
    """What it does, in a sentence."""
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    unit: str = ""
    """A float of the unit "%" is a share: 1.0 is shown as 100 %."""
    path: bool = False
    """The value names a file or folder."""
    lines: int = 1
    """Lines that its text field shows."""
    sealed: bool = False
    """What the person says of themselves: kept encrypted, and known only while the vault is open."""
    hidden: bool = False
    """Kept by the window itself (zoom, panes): not on the page."""

    @property
    def section(self) -> str:
        """The group it is shown in."""
        return self.name.partition(".")[0]

    @property
    def takes(self) -> str:
        """The values that it takes, as they are typed: "on or off", "0 to 24", "automatic, ask, paused"."""
        if self.choices:
            return ", ".join(self.choices)
        if isinstance(self.default, bool):
            return "on or off"
        if isinstance(self.default, int | float):
            return f"{_typed(self.minimum)} to {_typed(self.maximum)}"
        return "a file or folder" if self.path else "text"

    @property
    def default_typed(self) -> str:
        """The default, as it is typed; empty for none."""
        if isinstance(self.default, bool):
            return "on" if self.default else "off"
        return self.default if isinstance(self.default, str) else _typed(self.default)


def _typed(number: float | None) -> str:
    """A number without what adds nothing: "0", "0.05", "2147483647"."""
    return str(int(number)) if number == int(number or 0) else str(number)


SECTION_TITLES = {
    "memory": "Remembering",
    "chat": "Replies",
    "model": "Model",
    "encoder": "Search",
    "security": "Security",
    "appearance": "Appearance",
    "files": "Folders",
}

SETTINGS: tuple[Setting, ...] = (
    Setting(
        "memory.remembering",
        "automatic",
        "Remember",
        "Automatic remembers with undo, ask puts candidates on the review list first, paused remembers nothing.",
        choices=("automatic", "ask", "paused"),
    ),
    Setting(
        "memory.reader",
        "linguistic",
        "Reader",
        "What reads messages for memories: the English parser, or the loaded model where it passed its probe.",
        choices=("linguistic", "model"),
    ),
    Setting("memory.notes", 6, "Memories per answer", "How many memories may stand beside a question.", 0, 24),
    Setting(
        "memory.trash_days",
        30,
        "Keep removed memories",
        "Days in the trash before they are forgotten.",
        1,
        365,
        unit="days",
    ),
    Setting("chat.name", "", "Your name", "How you want to be called.", sealed=True),
    Setting(
        "chat.instructions",
        "",
        "Standing instructions",
        "Tone and wishes that hold for every reply.",
        lines=4,
        sealed=True,
    ),
    Setting(
        "chat.temperature", 0.3, "Temperature", "0 is the most likely word each time; higher is more varied.", 0.0, 2.0
    ),
    Setting("chat.top_p", 0.95, "Top p", "Only the likeliest words that make up this share are drawn from.", 0.05, 1.0),
    Setting("chat.top_k", 40, "Top k", "Only this many of the likeliest words are drawn from; 0 is no limit.", 0, 1000),
    Setting("chat.repeat_penalty", 1.1, "Repeat penalty", "Above 1 discourages saying the same again.", 1.0, 2.0),
    Setting("chat.max_tokens", 400, "Longest reply", "Tokens after which a reply is ended.", 16, 8192, unit="tokens"),
    Setting(
        "chat.seed", -1, "Seed", "The same seed gives the same reply; -1 draws a new one each time.", -1, 2**31 - 1
    ),
    Setting("model.path", "", "Chat model", "A GGUF file; empty is the model that came along.", path=True),
    Setting(
        "model.adapter",
        True,
        "Adapter",
        "Answer with the adapter that was trained for the chat model, where there is one.",
    ),
    Setting("model.threads", 0, "Threads", "Processor threads for the model; 0 chooses by the machine.", 0, 256),
    Setting(
        "model.context", 4096, "Context", "Longest context, cut to what the model can do.", 512, 131072, unit="tokens"
    ),
    Setting(
        "encoder.path",
        "",
        "Sentence encoder",
        "A folder with an ONNX model; empty is the one that came along.",
        path=True,
    ),
    Setting(
        "encoder.pipeline", "", "Language pipeline", "A spaCy pipeline folder; empty is the English one.", path=True
    ),
    Setting(
        "security.idle_minutes",
        15,
        "Lock when idle",
        "Minutes without input before locking; 0 never locks.",
        0,
        1440,
        unit="min",
    ),
    Setting(
        "appearance.theme",
        "system",
        "Theme",
        "Light, dark, or what the system says.",
        choices=("system", "light", "dark"),
    ),
    Setting(
        "appearance.language",
        "system",
        "Language of dates and numbers",
        "How the window writes months, weekdays, hours and counts, and where its weeks begin, from the next start on. "
        "Its other words are English.",
        choices=("system", "en", "en-US", "de", "es", "fr", "it", "nl", "pl", "pt", "sv"),
    ),
    Setting("appearance.reduce_motion", False, "Reduce motion", "No animated transitions."),
    Setting("appearance.zoom", 1.0, "Zoom", "Size of everything in the window.", 0.5, 3.0, unit="%"),
    Setting("appearance.window", "", "Window", "Place of the window and its panes.", hidden=True),
    Setting("files.models", "", "Models folder", "Where Models looks for GGUF files.", path=True),
    Setting("files.backups", "", "Backup folder", "Where backups are proposed to go.", path=True),
)

BY_NAME = {setting.name: setting for setting in SETTINGS}


def parse(name: str, given: Value) -> Value:
    """The value of setting `name` that `given` (a value, or its text) stands for.

    Raises `NotFoundError` for an unknown name and `InputError` for a value of the wrong type or range.
    """
    setting = BY_NAME.get(name)
    if setting is None:
        raise NotFoundError(f"There is no setting “{name}”.", "`memos settings` lists them.")
    value = _converted(setting, given)
    if setting.choices and value not in setting.choices:
        raise InputError(f"“{value}” is no value of {name}.", f"Choose one of: {', '.join(setting.choices)}.")
    if isinstance(value, int | float) and not isinstance(value, bool):
        low, high = setting.minimum, setting.maximum
        if (low is not None and value < low) or (high is not None and value > high) or value != value:
            raise InputError(f"{name} cannot be {value}.", f"Give a number from {low:g} to {high:g}.")
    return value


_HALF_CHARACTER = re.compile("[\ud800-\udfff]")
"""A lone surrogate, as of a file name that is no UTF-8: no file can hold it as text."""


def _converted(setting: Setting, given: Value) -> Value:
    kind = type(setting.default)
    if isinstance(given, str) and kind is bool:
        words = {
            "true": True,
            "on": True,
            "yes": True,
            "1": True,
            "false": False,
            "off": False,
            "no": False,
            "0": False,
        }
        if given.strip().lower() in words:
            return words[given.strip().lower()]
    elif (kind is float and isinstance(given, int | float | str)) or (kind is int and isinstance(given, int | str)):
        try:
            return kind(given)
        except ValueError:
            pass
    elif isinstance(given, kind) and not (isinstance(given, str) and _HALF_CHARACTER.search(given)):
        return given
    wanted = {bool: "on or off", int: "a whole number", float: "a number", str: "text"}[kind]
    raise InputError(f"{setting.name} cannot be “{given}”.", f"Give {wanted}.")


class SealedFile(Protocol):
    """Where sealed settings are kept: the vault's encryption stands between them and the disk."""

    def read(self) -> bytes:
        """The content, empty when there is none. Raises `LockedError`, `DamagedError`, `DiskError`."""
        ...

    def write(self, content: bytes) -> None:
        """Replace the content, durable on return. Raises `LockedError`, `DiskError`."""
        ...


class Settings:
    """The values in force. `set` writes settings.toml (beside, fsync, rename) before it returns.

    Sealed settings have their defaults until `unseal`, and again after `seal`.

    A file that cannot be read as settings is put aside as settings.toml.damaged, the defaults hold, and `problem` says
    so.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._values: dict[str, Value] = {}
        self._sealed: SealedFile | None = None
        self._listeners: list[Callable[[str], None]] = []
        self.problem = ""
        self.reload()

    def unseal(self, file: SealedFile) -> None:
        """After an unlock: read the sealed settings too."""
        self._sealed = file
        self.reload()

    def seal(self) -> None:
        """Before a lock: drop the sealed settings."""
        self._sealed = None
        self._values = {name: value for name, value in self._values.items() if not BY_NAME[name].sealed}

    def is_readable(self, name: str) -> bool:
        """Whether the value of a setting can be known now: any but a sealed one while the vault is locked."""
        return self._sealed is not None or not BY_NAME[name].sealed

    def reload(self) -> None:
        """Read the files again."""
        self._values = {}
        self._read_plain()
        if self._sealed is not None:
            try:
                self._take(tomllib.loads(self._sealed.read().decode()), sealed=True)
            except (DamagedError, ValueError):
                self.problem = "The sealed settings are damaged. The defaults hold."

    def _read_plain(self) -> None:
        try:
            table: dict[str, Any] = tomllib.loads(self._file.read_text("utf-8"))
        except (FileNotFoundError, NotADirectoryError):
            return
        except OSError as error:
            self.problem = f"{self._file.name} could not be read: {error.strerror}. The defaults hold."
            return
        except (tomllib.TOMLDecodeError, UnicodeDecodeError):
            self._put_aside()
            return
        self._take(table, sealed=False)

    def _take(self, table: dict[str, Any], *, sealed: bool) -> None:
        for section, entries in table.items():
            for key, value in entries.items() if isinstance(entries, dict) else ():
                name = f"{section}.{key}"
                try:
                    known = parse(name, value)
                except InputError as error:
                    self.problem = f"{self._file.name}: {error.message} The default holds."
                    continue
                if BY_NAME[name].sealed is sealed:
                    self._values[name] = known

    def _put_aside(self) -> None:
        aside = self._file.with_suffix(".toml.damaged")
        try:
            self._file.replace(aside)
            self.problem = f"{self._file.name} could not be read; it was put aside as {aside.name}. The defaults hold."
        except OSError as error:
            self.problem = f"{self._file.name} is damaged and cannot be put aside: {error.strerror}. The defaults hold."

    def listen(self, listener: Callable[[str], None]) -> None:
        """Call `listener(name)` after each change."""
        self._listeners.append(listener)

    def get(self, name: str) -> Value:
        """The value of setting `name`; `NotFoundError` for an unknown one."""
        if name not in BY_NAME:
            parse(name, "")
        return self._values.get(name, BY_NAME[name].default)

    def text(self, name: str) -> str:
        """A text setting."""
        return str(self.get(name))

    def number(self, name: str) -> float:
        """A number setting."""
        return float(self.get(name))

    def whole(self, name: str) -> int:
        """A whole-number setting."""
        return int(self.get(name))

    def flag(self, name: str) -> bool:
        """An on/off setting."""
        return bool(self.get(name))

    def set(self, name: str, given: Value) -> Value:
        """Check and keep a value, durable on return.

        Raises `InputError`, `NotFoundError`, `DiskError`; `LockedError` for a sealed one while the vault is locked.
        """
        value = parse(name, given)
        if not self.is_readable(name):
            raise LockedError(f"{name} is kept encrypted, and your memories are locked.", "Unlock them first.")
        if value == BY_NAME[name].default:
            changed = {key: kept for key, kept in self._values.items() if key != name}
        else:
            changed = {**self._values, name: value}
        self._write(changed, sealed=BY_NAME[name].sealed)
        self._values = changed
        for listener in self._listeners:
            listener(name)
        return value

    def _write(self, values: dict[str, Value], *, sealed: bool) -> None:
        table: dict[str, dict[str, Value]] = {}
        for name, value in values.items():
            if BY_NAME[name].sealed is sealed:
                section, _, key = name.partition(".")
                table.setdefault(section, {})[key] = value
        content = tomli_w.dumps(table).encode()
        if sealed and self._sealed is not None:
            self._sealed.write(content)
            return
        with replacing(self._file) as stream:
            stream.write(content)
