"""From a JSON schema to the grammar that llama.cpp samples under."""

import json
from functools import lru_cache
from importlib import import_module

from memos_engine.errors import InputError

_ANY_CHARACTER = r'[^"\\]'
_JSON_CHARACTER = r'[^"\\\x00-\x1F\x7F]'


@lru_cache(maxsize=16)
def grammar_of(schema: str) -> str:
    """GBNF for a JSON schema given as text. Raises `InputError` for one that cannot be read."""
    convert = import_module("llama_cpp.llama_grammar").json_schema_to_gbnf
    try:
        json.loads(schema)
        rules = str(convert(schema))
    except (ValueError, KeyError, TypeError, RuntimeError, AssertionError) as error:
        raise InputError("The JSON schema cannot be turned into a grammar.", "Check the schema.") from error
    # The converter lets line ends into strings, which JSON does not.
    return rules.replace(_ANY_CHARACTER, _JSON_CHARACTER)
