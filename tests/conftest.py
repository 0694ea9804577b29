"""What every test stands on: no real keyring, no real home, no network, and the one offscreen platform."""

import ctypes
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from .privacy.connections import opened

if TYPE_CHECKING:
    import numpy as np

# The same examples in each run of CI; by hand, new ones each time.
settings.register_profile("memos", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("memos")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
os.environ.pop("MEMOS_HOME", None)

_connections: list[str] = []


def _note_connections(event: str, arguments: tuple[object, ...]) -> None:
    """Audit hook (PEP 578): whoever opens an internet connection is remembered, and its test fails."""
    if told := opened(event, arguments):
        _connections.append(told)


sys.addaudithook(_note_connections)


@pytest.fixture(autouse=True)
def no_network():
    """Fails a test in which anything but a local (AF_UNIX) socket is opened."""
    _connections.clear()
    yield
    assert _connections == [], "the test opened a network connection"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder for a home that does not exist yet."""
    return tmp_path / "home"


_MAY_IGNORE_PERMISSIONS = 0b110
"""CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH of capabilities(7)."""


@pytest.fixture
def obeying_permissions() -> Iterator[None]:
    """Folders and files without permission refuse this thread even where the tests run as root (Linux)."""
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    sets = (ctypes.c_uint32 * 6)()
    assert libc.capget(header, sets) == 0
    before = sets[0]
    sets[0] = before & ~_MAY_IGNORE_PERMISSIONS
    assert libc.capset(header, sets) == 0
    yield
    sets[0] = before
    assert libc.capset(header, sets) == 0


@pytest.fixture
def make_adapter(tmp_path: Path) -> Callable[..., Path]:
    """Writes a LoRA file for the default chat model: one that changes what it says a little, unless a test gives other
    tensors or fields."""
    import gguf
    import numpy as np

    from memos_engine.inference.adapter_file import BASE_DIGEST
    from memos_engine.inference.header import read_header
    from memos_engine.resources import default_weights

    def write(
        tensors: dict[str, "np.ndarray"] | None = None,
        *,
        architecture: str = "llama",
        form: str = "lora",
        alpha: float = 8.0,
        digest: str = read_header(default_weights("chat").path).digest,
    ) -> Path:
        noise = np.random.default_rng(1)
        query = "blk.0.attn_q.weight"
        shapes = {f"{query}.lora_a": (4, 576), f"{query}.lora_b": (576, 4)}
        loud = {name: noise.normal(0, 0.3, shape).astype(np.float16) for name, shape in shapes.items()}
        file = tmp_path / "adapters" / "craft.gguf"
        file.parent.mkdir(exist_ok=True)
        writer = gguf.GGUFWriter(str(file), architecture)
        writer.add_type("adapter")
        writer.add_name("Craft")
        writer.add_string("adapter.type", form)
        writer.add_float32("adapter.lora.alpha", alpha)
        writer.add_string(BASE_DIGEST, digest)
        for name, values in (loud if tensors is None else tensors).items():
            writer.add_tensor(name, values)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        return file

    return write
