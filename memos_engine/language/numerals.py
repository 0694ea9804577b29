"""English numbers in words."""

_FROM_ZERO = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
)
NUMERALS = {word: str(number) for number, word in enumerate(_FROM_ZERO.split())}
"""Word → digits, from zero to twenty."""
