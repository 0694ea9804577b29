"""A trained adapter as a GGUF file that llama.cpp loads beside its base model."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from memos_engine.inference.adapter_file import BASE_DIGEST
from memos_engine.inference.header import GgufHeader

_LAYER = re.compile(r"layers\.(\d+)\.(?:self_attn|mlp)\.(\w+)\.lora_([AB])\.")
_NAMES = {
    "q_proj": "attn_q",
    "k_proj": "attn_k",
    "v_proj": "attn_v",
    "o_proj": "attn_output",
    "gate_proj": "ffn_gate",
    "up_proj": "ffn_up",
    "down_proj": "ffn_down",
}


def write(path: Path, adapter: Mapping[str, Any], *, alpha: float, base: GgufHeader, name: str) -> None:
    """Write LoRA weights (peft's names; A [rank, in], B [out, rank]) in float16, for a `base` of architecture `llama`.

    llama.cpp keeps the rows of the query and key matrices in the order of its rotary embedding; those of B follow.
    """
    from gguf import GGUFWriter

    writer = GGUFWriter(str(path), "llama")
    writer.add_type("adapter")
    writer.add_name(name)
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", alpha)
    writer.add_string(BASE_DIGEST, base.digest)
    heads = int(base.number("llama.attention.head_count"))
    key_heads = int(base.number("llama.attention.head_count_kv")) or heads
    for place, weight in sorted(adapter.items()):
        found = _LAYER.search(place)
        if found is None:
            raise ValueError(f"no LoRA weight of a Llama layer: {place}")
        layer, module, side = found[1], found[2], found[3]
        values = weight.numpy()
        if side == "B" and module in ("q_proj", "k_proj"):
            values = rotary_order(values, heads if module == "q_proj" else key_heads)
        tensor = f"blk.{layer}.{_NAMES[module]}.weight.lora_{side.lower()}"
        writer.add_tensor(tensor, np.ascontiguousarray(values.astype(np.float16)))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def rotary_order(rows: npt.NDArray[Any], heads: int) -> npt.NDArray[Any]:
    """Rows of a query or key matrix ([heads × size, …]) from halves, as transformers turns them, to pairs, as llama.cpp
    does (`permute` of its converter)."""
    halves = rows.reshape(heads, 2, rows.shape[0] // heads // 2, *rows.shape[1:])
    return halves.swapaxes(1, 2).reshape(rows.shape)
