"""spaCy pipelines, dates in words, and language identification. Importing it loads none of them."""
