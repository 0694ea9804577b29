"""Which chat models there are, and whether this machine can run them: told from headers, before anything loads."""

from pathlib import Path

import psutil

from memos_engine.errors import ModelRejectedError, NotEnoughMemoryError
from memos_engine.inference.header import ArrayField, GgufHeader, read_header
from memos_engine.inference.session import BATCH
from memos_engine.types import Fit, ModelInfo

DEFAULT_CONTEXT = 4096
_FIXED_BYTES = 48 << 20
"""What llama.cpp takes beside weights, KV and activations (graph, vocabulary, thread stacks)."""
_BYTES_A_SECOND = 2.5e9
"""Weights that one core reads in a second while it decodes (98 MB at 50 tokens/s on 2 cores)."""
_SLOW_TOKENS = 4.0
_KV_ELEMENT = 2
_OTHER_KINDS = {
    "t5": "a translation model",
    "clip": "an image model",
    "wavtokenizer-dec": "a speech model",
    "dream": "a diffusion model",
    "llada": "a diffusion model",
    "llada-moe": "a diffusion model",
    "rnd1": "a diffusion model",
}


def inspect(path: Path, *, context: int = DEFAULT_CONTEXT) -> ModelInfo:
    """What the header of a GGUF file says and whether it fits, with a context of at most `context` tokens.

    A file that cannot serve has `fit` REJECTED or TOO_LARGE and the reason. Raises `NotFoundError` only.
    """
    try:
        header = read_header(path)
        _require_chat_model(header, path.name)
    except ModelRejectedError as error:
        return rejected(path, error.message)
    architecture = header.text("general.architecture")
    longest = int(header.number(f"{architecture}.context_length"))
    needed = memory_needed(header, min(context, longest))
    free = free_memory()
    fit, reason = _verdict(header, needed, free)
    if not header.text("tokenizer.chat_template"):
        reason += " It brings no chat template: a plain one is used, and answers may be worse."
    return ModelInfo(
        path=path,
        name=header.text("general.name") or path.stem,
        architecture=architecture,
        parameters=header.text("general.size_label") or _parameters(header.elements),
        quantization=_quantization(header),
        context_length=longest,
        licence=header.text("general.license"),
        file_size=header.file_size,
        memory_needed=needed,
        memory_free=free,
        fit=fit,
        reason=reason,
        chat_template=bool(header.text("tokenizer.chat_template")),
        digest=header.digest,
    )


def rejected(path: Path, reason: str) -> ModelInfo:
    """What is told of a file that cannot serve."""
    size = path.stat().st_size if is_within_reach(path) else 0
    return ModelInfo(path, path.stem, "", "", "", 0, "", size, 0, free_memory(), Fit.REJECTED, reason, False)


def files_in(folder: Path) -> list[Path]:
    """GGUF files in a folder and one level below, by path; none where there is no such folder, or no way into it."""
    return sorted(path for form in ("*.gguf", "*/*.gguf") for path in folder.glob(form) if is_within_reach(path))


def is_within_reach(path: Path) -> bool:
    """Whether there is such a file; not, without an error, where a folder above it may not be entered."""
    try:
        return path.is_file()
    except OSError:
        return False


def require_usable(info: ModelInfo, *, released: int = 0) -> None:
    """Raise `ModelRejectedError` or `NotEnoughMemoryError` where a model cannot be loaded. `released`: bytes that the
    model in use would give back."""
    if info.fit is Fit.REJECTED:
        raise ModelRejectedError(info.reason, "Choose a GGUF file of a chat model.")
    if info.memory_needed > free_memory() + released:
        raise NotEnoughMemoryError(
            f"{info.name} {_needs(info.memory_needed, info.memory_free)}.",
            "Close other programs, choose a smaller model, or a shorter context in Settings.",
        )


def chat_template(path: Path) -> str:
    """The template in a file's header, or nothing."""
    return read_header(path).text("tokenizer.chat_template")


def free_memory() -> int:
    """Bytes that can be taken without swapping."""
    return int(psutil.virtual_memory().available)


def default_threads() -> int:
    """One for each physical core, at most eight: more of them only wait for memory."""
    return max(1, min(8, psutil.cpu_count(logical=False) or 1))


def memory_needed(header: GgufHeader, context: int) -> int:
    """Bytes for weights, key-value states of `context` tokens (16-bit), activations of one batch, and logits."""
    architecture = header.text("general.architecture")

    def size(key: str) -> int:
        return int(header.number(f"{architecture}.{key}"))

    heads = size("attention.head_count")
    width = size("embedding_length") // heads if heads else 0
    kv_heads = size("attention.head_count_kv") or heads
    kv_width = kv_heads * ((size("attention.key_length") or width) + (size("attention.value_length") or width))
    states = size("block_count") * (context * kv_width * _KV_ELEMENT + _recurrent_state(header) * 4)
    activations = BATCH * 4 * (8 * size("embedding_length") + 3 * size("feed_forward_length") + heads * context)
    activations += BATCH * 4 * 6 * size("ssm.inner_size")
    logits = BATCH * 4 * _vocabulary_size(header)
    return header.file_size + states + activations + logits + _FIXED_BYTES


def _recurrent_state(header: GgufHeader) -> int:
    """Numbers that a layer without attention (Mamba, RWKV) carries from token to token; 0 for a transformer."""
    architecture = header.text("general.architecture")

    def size(key: str) -> int:
        return int(header.number(f"{architecture}.{key}"))

    mamba = size("ssm.inner_size") * (size("ssm.state_size") + size("ssm.conv_kernel"))
    rwkv = size("embedding_length") * (size("wkv.head_size") + 2) if size("wkv.head_size") else 0
    return mamba + rwkv


def _require_chat_model(header: GgufHeader, name: str) -> None:
    architecture = header.text("general.architecture")
    kind = header.text("general.type") or "model"
    if kind != "model":
        raise ModelRejectedError(f"{name} is no model by itself (it is of type “{kind}”).")
    pooling = f"{architecture}.pooling_type"
    if (
        "bert" in architecture
        or "embed" in architecture
        or architecture == "t5encoder"
        or header.number(pooling) > 0
        or header.fields.get(f"{architecture}.attention.causal") is False
    ):
        raise ModelRejectedError(f"{name} is an embedding model ({architecture}): it cannot chat.")
    if architecture in _OTHER_KINDS:
        raise ModelRejectedError(f"{name} is {_OTHER_KINDS[architecture]}, not a chat model.")
    if header.number("split.count") > 1:
        raise ModelRejectedError(f"{name} is one part of a model in several files; join the parts first.")
    limits = {
        "context_length": 1 << 24,
        "block_count": 2048,
        "embedding_length": 1 << 20,
        "attention.head_count": 1 << 16,
    }
    if _recurrent_state(header):
        del limits["attention.head_count"]
    for key, most in limits.items():
        if not 1 <= header.number(f"{architecture}.{key}") <= most:
            raise ModelRejectedError(f"{name} has a damaged header ({key.replace('_', ' ')}).")
    if not _vocabulary_size(header) or not header.text("tokenizer.ggml.model"):
        raise ModelRejectedError(f"{name} brings no vocabulary.")
    if "token_embd.weight" not in header.tensors:
        raise ModelRejectedError(f"{name} brings no weights for its words.")


def _vocabulary_size(header: GgufHeader) -> int:
    tokens = header.fields.get("tokenizer.ggml.tokens")
    return tokens.length if isinstance(tokens, ArrayField) else 0


def _verdict(header: GgufHeader, needed: int, free: int) -> tuple[Fit, str]:
    if needed > free:
        return Fit.TOO_LARGE, f"It {_needs(needed, free)}."
    speed = _BYTES_A_SECOND * min(8, psutil.cpu_count(logical=False) or 1) / header.file_size
    if speed < _SLOW_TOKENS:
        return Fit.SLOW, f"It {_needs(needed, free)}, and would write about {speed:.1f} words a second here."
    return Fit.FITS, f"It {_needs(needed, free)}."


def _needs(needed: int, free: int) -> str:
    return f"needs {needed / 1e9:.1f} GB, {free / 1e9:.1f} GB are free"


def _quantization(header: GgufHeader) -> str:
    from gguf.constants import LlamaFileType

    number = int(header.number("general.file_type"))
    names: dict[int, str] = {int(kind): str(kind.name) for kind in LlamaFileType}
    if "general.file_type" not in header.fields:
        return ""
    return names.get(number, "").removeprefix("MOSTLY_").removeprefix("ALL_")


def _parameters(elements: int) -> str:
    for size, letter in ((1e9, "B"), (1e6, "M")):
        if elements >= size:
            return f"{elements / size:.3g}{letter}"
    return f"{elements / 1e3:.3g}K"
