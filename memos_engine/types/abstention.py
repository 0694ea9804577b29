"""Whether a reply says that it does not know."""

import re

_DOES_NOT_KNOW = re.compile(
    r"\b(?:i(?: do not| don[’']t| cannot| can[’']t) (?:know|recall|remember|have (?:\w+ )?(?:information|record))"
    r"|i(?:[’']m| am) not sure"
    r"|you (?:have not|haven[’']t|did not|didn[’']t|never) (?:told|tell|mention|mentioned|say|said)"
    r"|not (?:mentioned|in (?:my|the|your) (?:notes|memory)))",
    re.IGNORECASE,
)


def abstains(reply: str) -> bool:
    """Whether an English reply says that it does not know, or was not told."""
    return _DOES_NOT_KNOW.search(reply) is not None
