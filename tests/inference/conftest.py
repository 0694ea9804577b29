"""One loaded default model for the folder, and small GGUF files made to measure."""

import itertools
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import gguf
import numpy as np
import pytest

from memos_engine.inference.header import read_header
from memos_engine.inference.host import ModelHost
from memos_engine.memory_os import MemoryOS
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


class Altered:
    """Copies of the default model with bytes of its header or weights replaced by as many others."""

    def __init__(self, original: Path, folder: Path) -> None:
        self._original = original
        self._folder = folder

    def __call__(self, name: str, *changes: tuple[bytes, bytes], everywhere: bool = False) -> Path:
        """Each change is what stands in the file and what takes its place, once or wherever it stands."""
        content = bytearray(self._original.read_bytes())
        for old, new in changes:
            assert len(old) == len(new)
            at = content.index(old)
            while at >= 0:
                content[at : at + len(old)] = new
                at = content.find(old, at + 1) if everywhere else -1
        path = self._folder / name
        path.write_bytes(content)
        return path

    def number(self, key: bytes, kind: str, old: float, new: float) -> tuple[bytes, bytes]:
        """The change of a number in the header; `kind` is one of `struct`."""
        types = {"I": 4, "f": 6}
        return tuple(key + struct.pack(f"<I{kind}", types[kind], value) for value in (old, new))

    def weights(self, tensor: str, value: float) -> tuple[bytes, bytes]:
        """The change of the first two bytes of a tensor's data: the scale of a quantised block, or half a number."""
        with self._original.open("rb") as stream:
            start = read_header(self._original).data_offset
            header = stream.read(start)
            at = header.index(struct.pack("<Q", len(tensor)) + tensor.encode()) + 8 + len(tensor)
            dimensions = struct.unpack_from("<I", header, at)[0]
            offset = struct.unpack_from("<Q", header, at + 8 + 8 * dimensions)[0]
            stream.seek(start + offset)
            old = stream.read(64)
        return old, np.float16(value).tobytes() + old[2:]


@pytest.fixture
def altered(model_path: Path, tmp_path: Path) -> Altered:
    """Writes altered copies of the default model into the test's folder."""
    return Altered(model_path, tmp_path)


BYTE_PAIRS, PIECES = "gpt2", "llama"
"""The two families of vocabularies: GPT-2's and SentencePiece's, as GGUF calls them."""


class ParrotMaker:
    """Writes whole models of a few hundred kilobytes that say one thing: each token makes the next of a given row.

    The embeddings are unit vectors, attention and feed-forward are zero, and the output matrix holds the row.
    """

    markup = ("<|says|>", "<|reply|>", "<|done|>")
    template = (
        "{% for m in messages %}<|says|>{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}"
        "{% if add_generation_prompt %}<|reply|>{% endif %}"
    )

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(
        self,
        says: str = "Fine: é.",
        *,
        name: str = "parrot.gguf",
        architecture: str = "llama",
        vocabulary: str = BYTE_PAIRS,
        splitting: str = "llama-bpe",
        context: int = 512,
        ends: bool = True,
        strength: float = 1.0,
        tokens: Callable[[list[str]], list[str]] = lambda tokens: tokens,
    ) -> Path:
        """A model whose reply is `says` (no byte twice), ended by `<|done|>`, or over and over. `strength` is what the
        output matrix holds for the last byte."""
        reply = says.encode()
        assert len(set(reply)) == len(reply)
        texts = [*(self._byte(vocabulary, byte) for byte in range(256)), *self.markup, "▁"]
        kinds = [6 if vocabulary == PIECES else 1] * 256 + [3] * len(self.markup) + [1]
        begin, end = 257, 258
        width = 288
        rows = [begin, *reply, end if ends else reply[0]]
        output = np.zeros((len(texts), width), dtype=np.float32)
        for token, following in itertools.pairwise(rows):
            output[following, token] = strength if following == reply[-1] else 1.0
        path = self._folder / name
        writer = gguf.GGUFWriter(path, architecture)
        writer.add_context_length(context)
        writer.add_block_count(1)
        writer.add_embedding_length(width)
        writer.add_layer_norm_rms_eps(1e-6)
        writer.add_tokenizer_model(vocabulary)
        writer.add_tokenizer_pre(splitting if vocabulary == BYTE_PAIRS else "default")
        writer.add_token_list(tokens(texts))
        writer.add_token_types(kinds)
        writer.add_token_scores([0.0] * len(texts))
        writer.add_token_merges(["a b"])
        writer.add_eos_token_id(end)
        writer.add_bos_token_id(256)
        writer.add_add_bos_token(vocabulary == PIECES)
        writer.add_chat_template(self.template)
        writer.add_tensor("token_embd.weight", np.eye(len(texts), width, dtype=np.float32))
        writer.add_tensor("output.weight", output)
        writer.add_tensor("output_norm.weight", np.ones(width, dtype=np.float32))
        writer.add_tensor("blk.0.attn_norm.weight", np.ones(width, dtype=np.float32))
        if architecture == "mamba":
            self._mamba_layer(writer, width)
        else:
            self._attention_layer(writer, width, biased=architecture == "qwen2")
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        return path

    def _attention_layer(self, writer: gguf.GGUFWriter, width: int, *, biased: bool) -> None:
        writer.add_feed_forward_length(64)
        writer.add_head_count(4)
        writer.add_head_count_kv(2)
        writer.add_tensor("blk.0.ffn_norm.weight", np.ones(width, dtype=np.float32))
        shapes = {"attn_q": (width, width), "attn_k": (width // 2, width), "attn_v": (width // 2, width)}
        shapes |= {"attn_output": (width, width), "ffn_gate": (64, width), "ffn_up": (64, width)}
        for part, shape in (shapes | {"ffn_down": (width, 64)}).items():
            writer.add_tensor(f"blk.0.{part}.weight", np.zeros(shape, dtype=np.float32))
            if biased and part in ("attn_q", "attn_k", "attn_v"):
                writer.add_tensor(f"blk.0.{part}.bias", np.zeros(shape[0], dtype=np.float32))

    def _mamba_layer(self, writer: gguf.GGUFWriter, width: int) -> None:
        inner, state, rank, kernel = 2 * width, 16, 18, 4
        writer.add_feed_forward_length(0)
        writer.add_head_count(0)
        writer.add_ssm_inner_size(inner)
        writer.add_ssm_state_size(state)
        writer.add_ssm_time_step_rank(rank)
        writer.add_ssm_conv_kernel(kernel)
        shapes: dict[str, tuple[int, ...]] = {"in.weight": (2 * inner, width), "conv1d.weight": (inner, kernel)}
        shapes |= {"conv1d.bias": (inner,), "x.weight": (rank + 2 * state, inner), "dt.weight": (inner, rank)}
        shapes |= {"dt.bias": (inner,), "a": (inner, state), "d": (inner,), "out.weight": (width, inner)}
        for part, shape in shapes.items():
            writer.add_tensor(f"blk.0.ssm_{part}", np.zeros(shape, dtype=np.float32))

    def _byte(self, vocabulary: str, byte: int) -> str:
        if vocabulary == PIECES:
            return f"<0x{byte:02X}>"
        # GPT-2's table: a printable byte stands for itself, the others follow from U+0100 on.
        plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
        return chr(byte) if byte in plain else chr(256 + sorted({*range(256)} - {*plain}).index(byte))


@pytest.fixture
def make_parrot(tmp_path: Path) -> ParrotMaker:
    """Writes whole tiny models into the test's folder."""
    return ParrotMaker(tmp_path)


@pytest.fixture
def memory(home: Path) -> Iterator[MemoryOS]:
    """A new home with a model host of its own."""
    opened = MemoryOS.open(home, housekeeping=False)
    opened.access.initialise(use_keyring=False, passphrase="correct horse battery staple")
    yield opened
    opened.close()
