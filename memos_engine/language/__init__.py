"""spaCy pipelines, dates in words, and language identification."""
