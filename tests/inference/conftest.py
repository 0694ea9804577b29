"""One loaded default model for the folder, and small GGUF files made to measure."""

from collections.abc import Iterator
from pathlib import Path

import gguf
import numpy as np
import pytest

from memos_engine.inference.host import ModelHost
from memos_engine.resources import default_weights
from memos_engine.settings import Settings


@pytest.fixture(scope="session")
def model_path() -> Path:
    """The model that came along."""
    return default_weights("chat").path


@pytest.fixture(scope="session")
def model_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """One thread, and a context that loads fast."""
    settings = Settings(tmp_path_factory.mktemp("model") / "settings.toml")
    settings.set("model.threads", 1)
    settings.set("model.context", 512)
    return settings


@pytest.fixture(scope="session")
def shared_host(model_path: Path, model_settings: Settings) -> Iterator[ModelHost]:
    """A host with the default model, for tests that leave it loaded."""
    host = ModelHost()
    host.load(model_path, model_settings)
    yield host
    host.close()


@pytest.fixture
def host(shared_host: ModelHost, model_path: Path, model_settings: Settings) -> ModelHost:
    """The shared host, with the default model loaded whatever the test before did."""
    shared_host.ensure(model_path, model_settings)
    return shared_host


class GgufMaker:
    """Writes small GGUF files: a whole (if tiny) llama model, and what is wrong with it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(
        self,
        name: str = "small.gguf",
        *,
        architecture: str = "llama",
        template: str | None = "{% for m in messages %}{{ m['content'] }}{% endfor %}",
        fields: dict[str, int | bool | str] | None = None,
        without: tuple[str, ...] = (),
    ) -> Path:
        path = self._folder / name
        writer = gguf.GGUFWriter(path, architecture)
        numbers = {
            "context_length": 128,
            "block_count": 1,
            "embedding_length": 32,
            "feed_forward_length": 64,
            "attention.head_count": 2,
        }
        for key, number in numbers.items():
            if key not in without:
                writer.add_uint32(f"{architecture}.{key}", number)
        for key, value in (fields or {}).items():
            add = {bool: writer.add_bool, int: writer.add_uint32, str: writer.add_string}[type(value)]
            add(key, value)
        if template is not None:
            writer.add_string("tokenizer.chat_template", template)
        if "tokens" not in without:
            writer.add_string("tokenizer.ggml.model", "gpt2")
            writer.add_array("tokenizer.ggml.tokens", ["a", "b", "c", "d"])
        if "token_embd.weight" not in without:
            writer.add_tensor("token_embd.weight", np.zeros((4, 32), dtype=np.float32))
        writer.add_tensor("output_norm.weight", np.ones(32, dtype=np.float32))
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        return path


@pytest.fixture
def make_gguf(tmp_path: Path) -> GgufMaker:
    """Writes small GGUF files into the test's folder."""
    return GgufMaker(tmp_path)
