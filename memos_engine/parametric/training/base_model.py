"""The base model of a GGUF file in torch, with a LoRA adapter on it."""

import shutil
import warnings
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from memos_engine.parametric.training.plan import MODULES, TrainingPlan

Adapter = dict[str, Any]
"""LoRA weights by peft's names: `….lora_A.weight` float32 [rank, in], `….lora_B.weight` float32 [out, rank]."""


def load(path: Path, plan: TrainingPlan) -> Any:
    """The model of `path` in float32, its weights fixed, with a fresh adapter whose product is zero."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    torch.manual_seed(plan.seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        model = AutoModelForCausalLM.from_pretrained(
            path.parent, gguf_file=path.name, dtype=torch.float32, attn_implementation="eager"
        )
        config = LoraConfig(r=plan.rank, lora_alpha=plan.alpha, target_modules=list(MODULES))
        return get_peft_model(model, config)


def compile_blocks(model: Any) -> None:
    """Let torch write code for a block of the model when it is first called, which takes about a minute: then half as
    fast again. Where there is no C++ compiler, all stays as it is."""
    if shutil.which("g++") or shutil.which("c++"):
        for block in model.get_base_model().model.layers:
            block.compile(dynamic=True)


def precision() -> AbstractContextManager[Any]:
    """Within it products are computed in bfloat16 where the processor multiplies that in hardware, half as fast again
    as float32; sums, norms, the loss and the adapter stay float32."""
    import torch

    context: AbstractContextManager[Any] = torch.autocast("cpu", dtype=torch.bfloat16, enabled=_is_native())
    return context


def round_fixed(model: Any) -> None:
    """Keep the weights that do not change in the precision of the products, rather than round them at each: a sixth
    faster. What flows between the layers is of that precision too then."""
    import torch

    if _is_native():
        for weight in model.parameters():
            if not weight.requires_grad:
                weight.data = weight.data.to(torch.bfloat16)


def _is_native() -> bool:
    import torch

    return any(torch.cpu.get_capabilities().get(name) for name in ("avx512_bf16", "amx_bf16"))


def adapter_of(model: Any) -> Adapter:
    """The adapter's weights, apart from the base's."""
    from peft import get_peft_model_state_dict

    return {
        name: weight.detach().clone()
        for name, weight in get_peft_model_state_dict(model, save_embedding_layers=False).items()
    }


def restore(model: Any, adapter: Adapter) -> None:
    """Give a model the weights of an adapter of the same plan."""
    from peft import set_peft_model_state_dict

    set_peft_model_state_dict(model, adapter)
