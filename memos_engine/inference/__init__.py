"""llama.cpp: sessions, prompts, sampling, and the model catalogue."""
