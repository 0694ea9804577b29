"""Training of LoRA adapters from a GGUF base model: packing, the run itself, and the GGUF file that comes out.

Needs the `train` extra (torch, transformers, peft), and runs in a process of its own.
"""
