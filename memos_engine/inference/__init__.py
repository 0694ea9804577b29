"""The chat model: catalogue of GGUF files, one llama.cpp session on one thread, chat templates, and the prompt."""
