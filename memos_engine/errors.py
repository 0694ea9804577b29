"""One error tree: what was asked for and could not be done, why, and what the person can do.

    MemosError
    ├── InputError            what was given cannot be used
    │   ├── NotFoundError     an id, name or file that does not exist
    │   ├── FileRejectedError a file that cannot be read as what it should be (line, page or byte is named)
    │   └── TooLargeError     more than can be handled
    ├── AccessError           the vault says no
    │   ├── LockedError       vault or cube is locked
    │   ├── WrongSecretError  passphrase or recovery code does not open
    │   ├── WaitError         too many failed tries: wait
    │   ├── NoProtectorError  neither keyring nor passphrase is at hand
    │   └── DeniedError       the gate does not admit this call
    ├── StorageError          the disk or a file on it
    │   ├── DamagedError      truncated, altered or not ours
    │   ├── NewerFormatError  written by a newer version
    │   ├── InUseError        another process holds it
    │   └── DiskError         full, read-only, no permission
    ├── ModelError            a model cannot be loaded or used
    │   ├── ModelRejectedError header, kind, licence or size does not fit
    │   └── NotEnoughMemoryError
    └── CancelledError        the person stopped it: not a failure

Every error carries a stable `code` for scripts, a `message` for people and a `hint`: what to do next. None carries
memory text. Anything that is not a `MemosError` is a fault of ours, and is shown as one.
"""

from typing import ClassVar


class MemosError(Exception):
    """Base of every error that a person may see: `message` says what is wrong and where, `hint` what to do."""

    code: ClassVar[str] = "failed"

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class InputError(MemosError):
    """What was given cannot be used."""

    code = "bad_input"


class NotFoundError(InputError):
    """An id, a name or a file does not exist."""

    code = "not_found"


class FileRejectedError(InputError):
    """A file cannot be read as what it should be; `line` is its 1-based line where one is at fault."""

    code = "file_rejected"

    def __init__(self, message: str, hint: str = "", line: int | None = None) -> None:
        super().__init__(message, hint)
        self.line = line


class TooLargeError(InputError):
    """More than can be handled; the message names the limit."""

    code = "too_large"


class AccessError(MemosError):
    """The vault or the gate says no."""

    code = "access"


class LockedError(AccessError):
    """The vault is locked."""

    code = "locked"


class CubeLockedError(LockedError):
    """One cube is locked while the vault is open."""

    code = "cube_locked"


class WrongSecretError(AccessError):
    """The passphrase or recovery code does not open the vault."""

    code = "wrong_secret"


class WaitError(AccessError):
    """Too many failed tries; `seconds` until the next one is taken."""

    code = "wait"

    def __init__(self, message: str, hint: str = "", seconds: float = 0.0) -> None:
        super().__init__(message, hint)
        self.seconds = seconds


class NoProtectorError(AccessError):
    """No OS keyring works here and no passphrase was given: nothing is stored in the clear instead."""

    code = "no_protector"


class DeniedError(AccessError):
    """The gate does not admit this call."""

    code = "denied"


class StorageError(MemosError):
    """The disk, or a file on it."""

    code = "storage"


class DamagedError(StorageError):
    """A file is truncated, altered, or not one of ours."""

    code = "damaged"


class NewerFormatError(StorageError):
    """A file was written by a newer version of the program."""

    code = "newer_format"


class InUseError(StorageError):
    """Another process holds what this one needs."""

    code = "in_use"


class DiskError(StorageError):
    """The disk is full, or the folder cannot be written."""

    code = "disk"


class ModelError(MemosError):
    """A model cannot be loaded or used."""

    code = "model"


class ModelRejectedError(ModelError):
    """A model file's header, kind or size does not fit; the model in use goes on."""

    code = "model_rejected"


class NotEnoughMemoryError(ModelError):
    """The model needs more memory than is free."""

    code = "not_enough_memory"


class CancelledError(MemosError):
    """The person stopped it. Nothing is half-done."""

    code = "cancelled"

    def __init__(self, message: str = "Stopped.", hint: str = "") -> None:
        super().__init__(message, hint)
