"""Whether an answer in words is right: accepted strings looked for as words, whatever their spelling.

Compared are words without case, diacritics, articles and the plural's s; numbers as digits however they were written
("forty-three", "43rd", "1,904"); negations written out ("isn't" is "is not"); a day and its month in either order.
What stands in a sentence that says that something is not known was not said.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from memos_engine.types.abstention import abstains

_REACH = 4
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")
_CLAUSE = re.compile(r"[,;:()—–…\n]|[.!?](?=\s|$)|\bbut\b|\bwhile\b|\bwhereas\b")
_TOKEN = re.compile(r"\d{4}-\d\d-\d\d|\d{1,3}(?:[,. ]\d{3})+(?!\d)|\d+(?:[.,]\d+)*|[^\W\d_]+")
_DENIALS = frozenset(("not", "no", "never", "without", "neither", "nor", "nobody", "none", "nothing"))
_ANSWERS = {"yes": "yes", "yeah": "yes", "yep": "yes", "no": "no", "nope": "no"}
_ASIDE = _DENIALS | {
    *("from", "used", "was", "were", "had", "before", "previously", "formerly", "earlier", "until", "till", "left"),
    *("lived", "worked", "sold", "old", "instead", "than", "over"),
    *("now", "today", "currently", "then", "later", "since", "moved", "after"),
}
"""Words that set another value apart from the one that is given: "from Porto to Ghent"."""
_REPORTS = frozenset(("told", "said", "mentioned", "wrote", "have"))
_DROPPED = frozenset(("a", "an", "the", "of", "s"))
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_SHORT = {month[:3]: month for month in _MONTHS if month not in ("march", "may")} | {"sept": "september"}
_UNITS = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_NUMBERS = {word: value for value, word in enumerate(_UNITS)} | {word: 20 + 10 * n for n, word in enumerate(_TENS)}
_ORDINALS = {
    word + "th": value for word, value in _NUMBERS.items() if not word.endswith(("y", "one", "two", "three", "five"))
}
_ORDINALS |= {word[:-1] + "ieth": value for word, value in _NUMBERS.items() if word.endswith("y")}
_ORDINALS |= {"first": 1, "second": 2, "third": 3, "fifth": 5, "eighth": 8, "ninth": 9, "twelfth": 12}
_SCALES = {"hundred": 100, "thousand": 1000}


def words(text: str) -> list[str]:
    """The words of a text in the spelling that is compared: "It isn't the 6th of Sept" → it is not 6 september."""
    folded = unicodedata.normalize("NFKD", text.casefold().replace("’", "'"))
    plain = "".join(letter for letter in folded if not unicodedata.combining(letter))
    plain = re.sub(r"\bcannot\b|\bcan't\b", "can not", plain)
    plain = re.sub(r"\bwon't\b", "will not", plain)
    plain = re.sub(r"n't\b", " not", plain)
    plain = re.sub(r"(?<=\d)(?:st|nd|rd|th)\b", "", plain)
    spelt: list[str] = []
    for token in _TOKEN.findall(plain):
        if re.fullmatch(r"\d{4}-\d\d-\d\d", token):
            year, month, day = token.split("-")
            spelt += [str(int(day)), _MONTHS[(int(month) - 1) % 12], year]
        elif token[0].isdigit():
            spelt.append(re.sub(r"[,. ](?=\d{3}(?:\D|$))", "", token))
        elif token not in _DROPPED:
            spelt.append(_SHORT.get(token, token))
    return [_stem(word) for word in _digits(spelt)]


def _stem(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _digits(spelt: Sequence[str]) -> Iterator[str]:
    """Numbers in words as digits; other words as they are."""
    total: int | None = None
    for place, word in enumerate(spelt):
        value = _NUMBERS.get(word, _ORDINALS.get(word))
        if value is not None:
            joins = total is not None and (total % 100 == 0 or (total % 10 == 0 and total % 100 >= 20 and value < 10))
            if total is not None and not joins:
                yield str(total)
                total = None
            total = (total or 0) + value
        elif word in _SCALES and (total is not None or spelt[max(0, place - 1)].isdigit()):
            rest = (total or 0) % 1000
            total = (total or 0) - rest + rest * _SCALES[word]
        elif word == "and" and total is not None and total % 100 == 0 and _begins_number(spelt[place + 1 : place + 2]):
            continue
        else:
            if total is not None:
                yield str(total)
                total = None
            yield word
    if total is not None:
        yield str(total)


def _begins_number(following: Sequence[str]) -> bool:
    return bool(following) and (following[0] in _NUMBERS or following[0] in _ORDINALS)


def clauses(answer: str) -> list[list[str]]:
    """The words of each clause, without the sentences that say that something is not known."""
    sentences = [sentence for sentence in _SENTENCE.split(answer.strip()) if not abstains(sentence)]
    # A comma between digits is part of the number.
    parts = (re.sub(r"(?<=\d),(?=\d)", "", sentence) for sentence in sentences)
    return [found for part in parts for clause in _CLAUSE.split(part.casefold()) if (found := words(clause))]


def _places(clause: Sequence[str], phrase: Sequence[str]) -> Iterator[int]:
    for at in range(len(clause) - len(phrase) + 1):
        if list(clause[at : at + len(phrase)]) == list(phrase):
            yield at


def _phrases(alternative: str) -> list[list[str]]:
    phrase = words(alternative)
    if len(phrase) == 2 and phrase[0].isdigit() and phrase[1] in _MONTHS:
        return [phrase, phrase[::-1]]
    return [phrase] if phrase else []


def first_said(said: Sequence[Sequence[str]], alternatives: Sequence[str], *, negated: bool = False) -> int | None:
    """The clause in which an alternative stands and is not denied by one of the words before it; None where none is.

    `negated`: it may be denied ("You can't take penicillin" names the medicine that was asked for).
    """
    for number, clause in enumerate(said):
        for alternative in alternatives:
            for phrase in _phrases(alternative):
                own = negated or not _DENIALS.isdisjoint(phrase)
                for at in _places(clause, phrase):
                    if own or _DENIALS.isdisjoint(clause[max(0, at - _REACH) : at]):
                        return number
    return None


def contains(answer: str, alternatives: Sequence[str], *, negated: bool = False) -> bool:
    """Whether an alternative is said."""
    return first_said(clauses(answer), alternatives, negated=negated) is not None


def right(answer: str, gold: Sequence[Sequence[str]], trap: Sequence[str] = (), *, negated: bool = False) -> bool:
    """Whether an alternative of every group of `gold` is said, and none of `trap` beside it as if it were the answer.

    Where the first alternative is yes or no, an answer that begins with either is judged by that word alone.
    """
    said = clauses(answer)
    for group in gold:
        if group[0] in ("yes", "no"):
            head = _ANSWERS.get(said[0][0]) if said else None
            if head is not None:
                if head != group[0]:
                    return False
                continue
            group = group[1:]
        if first_said(said, group, negated=negated) is None:
            return False
    first = min((at for group in gold if (at := first_said(said, group, negated=negated)) is not None), default=0)
    return not any(_mistaken(clause, trap) for clause in said[: first + 1])


def _mistaken(clause: Sequence[str], trap: Sequence[str]) -> bool:
    found = any(True for value in trap for phrase in _phrases(value) for _ in _places(clause, phrase))
    return found and _ASIDE.isdisjoint(clause)


def of_the_asker(answer: str, gold: Sequence[Sequence[str]]) -> bool:
    """Whether what answers is told of the person who asks: "You opened a café", where Ellie did."""
    said = clauses(answer)
    places = {at for group in gold if (at := first_said(said, group, negated=True)) is not None}
    return any(said[at][0] == "you" and said[at][1] not in _REPORTS for at in places if len(said[at]) > 1)
