"""Puts back the subject that notes and chat leave out, before the parse.

"Lost my job in January" is parsed as an order, "I lost my job in January" as what it is. A word put in here stands for
no characters of the message, so quotes stay exact.
"""

from memos_engine.reader.lexicon import word_class
from memos_engine.reader.spelling import Word

_PAST = word_class(
    "got had went lost broke left quit sold bought started finished graduated passed failed joined adopted turned "
    "met booked ran won gave took spent grew became began stopped switched worked lived studied visited "
    "celebrated sprained proposed moved hurt tore applied enrolled signed dropped cancelled retired resigned "
    "taught flew drove made found did"
)
_PAST_ONLY = word_class("booked bought sold adopted joined quit moved graduated resigned visited finished ordered")
"""Past forms that are nothing else: any word may follow."""
_STATES = {
    **dict.fromkeys(word_class("based married divorced retired engaged diagnosed allergic"), "'m"),
    **dict.fromkeys(("born", "raised"), "was"),
    "been": "'ve",
}
"""Participles and adjectives that open a note, and the auxiliary that they lack."""
_EARLY = word_class("just finally recently also still already then originally")
_AFTER_PAST = word_class(
    "a an the my our to in into from at with as for up out off back away another some married divorced engaged "
    "laid fired promoted hired accepted diagnosed rid home two three new last on over work"
)
_AFTER_STATE = word_class("in to at with since for from near on and by a vegan vegetarian living working doing")
_ATTRIBUTES = word_class("allergies allergy diet hobbies hobby")
_FAVOURITES = word_class("favourite favorite fave fav")
_ENDS = word_class(". ! ? ... … ;")


def restore(words: list[Word]) -> list[Word]:
    """`words` with "I" before a sentence that opens with its verb, and with "my … is" for "Favourite colour: teal"."""
    out: list[Word] = []
    for place, word in enumerate(words):
        if place == 0 or word.opens or words[place - 1].text in _ENDS:
            out += _subject(words, place)
        out.append(word)
    return _attributes(out)


def _subject(words: list[Word], place: int) -> list[Word]:
    """The words that the sentence at `place` leaves out, if it does."""
    at = place
    while at < len(words) - 1 and words[at].text.lower() in _EARLY:
        at += 1
    if at + 1 >= len(words):
        return []
    first, verb, after = words[place], words[at].text.lower(), words[at + 1].text.lower()
    follows = after.isdigit() or after in _AFTER_PAST or (verb in _PAST_ONLY and after.isalpha())
    if verb in _PAST and follows and not (verb == "found" and after in ("a", "the")):
        added = ["I"]
    elif verb in _STATES and (
        after in _AFTER_STATE or words[at + 1].text[:1].isupper() or (verb == "been" and after.endswith("ing"))
    ):
        added = ["I", _STATES[verb]]
    else:
        return []
    if first.text[:1].isupper() and not first.text.isupper():
        first.text = first.text.lower()
    opens, first.opens = first.opens, False
    return [
        Word(
            text,
            first.start,
            first.start,
            not added[step + 1 : step + 2] or "'" not in added[step + 1],
            opens and step == 0,
        )
        for step, text in enumerate(added)
    ]


def _attributes(words: list[Word]) -> list[Word]:
    """ "Favourite colour: teal" and "Allergies: nuts" as sentences."""
    for place, word in enumerate(words):
        if word.text != ":" or not 0 < place < len(words) - 1 or words[place + 1].opens:
            continue
        for back in (1, 2, 3):
            start = place - back
            if start < 0:
                break
            opens = start == 0 or words[start].opens or words[start - 1].text in _ENDS
            key = words[start].text.lower()
            if not opens or not ((key in _FAVOURITES and back > 1) or (key in _ATTRIBUTES and back == 1)):
                continue
            first = words[start]
            first.text, word.text, word.space = key, "is" if not key.endswith("ies") else "are", True
            words[place - 1].space = True
            added = Word("my", first.start, first.start, True, first.opens)
            first.opens = False
            return [*words[:start], added, *_attributes(words[start:])]
    return words
