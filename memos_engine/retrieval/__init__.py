"""Ranked search: by words (FTS5), by meaning (vectors), with the context of neighbouring turns."""
