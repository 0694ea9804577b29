"""How people spell when they chat: shorthand, slips, fillers, names in lower case."""

from dataclasses import dataclass
from functools import cache

from memos_engine.reader import lexicon
from memos_engine.reader.lexicon import word_class
from memos_engine.reader.subjects import PETS, RELATIONS


@dataclass
class Word:
    """A word for the parser and the `[start, end)` characters of the message that it stands for."""

    text: str
    start: int
    end: int
    space: bool
    opens: bool = False
    """Whether a sentence begins with it whatever the parser would say."""


SHORTHAND: dict[str, tuple[str, ...]] = {
    "u": ("you",),
    "ur": ("your",),
    "r": ("are",),
    "n": ("and",),
    "pls": ("please",),
    "plz": ("please",),
    "bf": ("boyfriend",),
    "gf": ("girlfriend",),
    "bff": ("best", "friend"),
    "sis": ("sister",),
    "bro": ("brother",),
    "hubby": ("husband",),
    "bday": ("birthday",),
    "b-day": ("birthday",),
    "fav": ("favourite",),
    "fave": ("favourite",),
    "uni": ("university",),
    "rn": ("right", "now"),
    "w/": ("with",),
    "w": ("with",),
    "bc": ("because",),
    "cuz": ("because",),
    "cos": ("because",),
    "coz": ("because",),
    "ppl": ("people",),
    "luv": ("love",),
    "gonna": ("going", "to"),
    "wanna": ("want", "to"),
    "gotta": ("have", "to"),
    "tmrw": ("tomorrow",),
    "tmr": ("tomorrow",),
    "2day": ("today",),
    "yr": ("year",),
    "yrs": ("years",),
    "yo": ("years", "old"),
    "y/o": ("years", "old"),
    "appt": ("appointment",),
    "thx": ("thanks",),
    "dont": ("do", "n't"),
    "cant": ("can", "n't"),
    "doesnt": ("does", "n't"),
    "didnt": ("did", "n't"),
    "wont": ("will", "n't"),
    "isnt": ("is", "n't"),
    "arent": ("are", "n't"),
    "wasnt": ("was", "n't"),
    "havent": ("have", "n't"),
    "couldnt": ("could", "n't"),
    "wouldnt": ("would", "n't"),
    "im": ("I", "'m"),
    "ive": ("I", "'ve"),
    "iam": ("I", "am"),
    "alergic": ("allergic",),
    "allergik": ("allergic",),
    "favorit": ("favourite",),
    "favourit": ("favourite",),
    "wich": ("which",),
    "becuase": ("because",),
    "becouse": ("because",),
    "recieved": ("received",),
    "definately": ("definitely",),
    "vegeterian": ("vegetarian",),
    "vegitarian": ("vegetarian",),
    "birthay": ("birthday",),
    "freind": ("friend",),
    "huband": ("husband",),
    "dauther": ("daughter",),
    "doughter": ("daughter",),
    "studing": ("studying",),
    "bougt": ("bought",),
    "thier": ("their",),
    "childrens": ("children",),
    "childs": ("children",),
    "ystrday": ("yesterday",),
    "yday": ("yesterday",),
    "2nite": ("tonight",),
    "2moro": ("tomorrow",),
    "2morrow": ("tomorrow",),
    "tomoz": ("tomorrow",),
    "wknd": ("weekend",),
    "hes": ("he", "'s"),
    "shes": ("she", "'s"),
    "theyre": ("they", "'re"),
    "youre": ("you", "'re"),
    "weve": ("we", "'ve"),
    "theyve": ("they", "'ve"),
    "thats": ("that", "'s"),
    "whats": ("what", "'s"),
    "theres": ("there", "'s"),
    "hasnt": ("has", "n't"),
    "hadnt": ("had", "n't"),
    "werent": ("were", "n't"),
    "shouldnt": ("should", "n't"),
}
"""Spellings of chat and common slips, and the words that they stand for."""

FILLERS = word_class(
    "lol lmao rofl btw tbh haha hahaha hehe omg ngl imo imho fyi xoxo xx xxx smh idk ugh um uh "
    "erm yep yeah yup yay hmm hm oh ah aha wow oops anyway anyways basically literally actually "
    "obvs honestly well"
)
"""Words that say nothing: left out of what the parser sees where they stand loose."""

FILLER_PHRASES = tuple(
    tuple(phrase.split())
    for phrase in (
        "by the way",
        "to be honest",
        "to be fair",
        "as you know",
        "just to let you know ,",
        "guess what",
        "long time no see",
        "long time no chat",
        "long time no talk",
        "you know what",
        "long story short",
        "fun fact :",
        "good morning ,",
        "good afternoon ,",
        "good evening ,",
        "on the bright side ,",
        "on a positive note ,",
        "good news :",
        "bad news :",
        "great news :",
        "quick update :",
        "update :",
    )
)
LOOSE_ONLY = word_class("well actually basically literally honestly anyway oh ah")
SUBJECT_PRONOUNS = word_class("i we he she they you it")
OPENERS = word_class(
    "if when whenever since because as while although though after before unless once until given even where"
)
SPLICING = word_class("i im ive my we he she they hes shes he's")
JOINED_WITH_SPACE = {
    ("left", "handed"): "left-handed",
    ("right", "handed"): "right-handed",
    ("colour", "blind"): "colour-blind",
    ("color", "blind"): "color-blind",
    ("self", "employed"): "self-employed",
    ("gluten", "free"): "gluten-free",
    ("dairy", "free"): "dairy-free",
    ("non", "binary"): "non-binary",
    ("part", "time"): "part-time",
    ("full", "time"): "full-time",
}
"""Two words that are one, often written apart."""
TELLING = word_class("from a an called allergic not named obsessed vegan vegetarian pregnant")
"""Words behind a noun and "s" by which the "s" is an "is"."""
OPENING_PHRASES = ("from now on", "in future", "in the future", "going forward", "and from now on")
MONTH_SPELLINGS = word_class("jan feb mar march apr may jun jul aug sep sept oct nov dec")
BEFORE_MONTH = word_class("in since last next of until till by from early late mid")
LOWER_NAMES = {
    name.lower(): name
    for name in [
        "January",
        "February",
        "April",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
        "Christmas",
        "Easter",
        "English",
        "French",
        "German",
        "Spanish",
        "Italian",
        "Dutch",
        "Portuguese",
        "Japanese",
        "Chinese",
        "Russian",
        "Polish",
        "Swedish",
        "Danish",
        "Norwegian",
        "Greek",
        "Turkish",
        "Korean",
        "Arabic",
        "Hindi",
        "Irish",
        "Scottish",
        "Welsh",
        "British",
        "American",
    ]
}

EMPHASISED = word_class(
    "LOVE LOVED HATE HATED ADORE NEVER ALWAYS REALLY SO VERY NOT ALL MUST AM IS ARE WAS HAVE HAD NEED WANT LIKE "
    "TOO MUCH AGAIN FINALLY THE MY DO DID STILL ONLY EVERY ANY NO"
)
"""Common words in capitals that shout and are no names; the parser takes capitals for names."""
ENDING = word_class("now today yesterday tonight too again here out back though already soon ago tho atm week year")
"""Words that often end a sentence in chat without a full stop: "we broke up yesterday im crying"."""
_GIVEN_NAMES = word_class(
    "aaron adam ahmed aisha alan alex alexander alice alicia ali alina amanda amelia amina amir amy ana andrea "
    "andrew andy angela anita anna anne annie anthony antonio arthur ashley barbara beatrice ben benjamin beth "
    "brian bridget bruno callum camilla carla carlos carmen carol caroline catherine charles charlie charlotte "
    "chloe chris christian christina christine claire clara connor craig dan daniel daniela danny darren dave "
    "david dawn deborah diana diego dominic donna dylan eddie edward elena eli elizabeth ella ellie emily emma "
    "eric erik esther ethan eva evan evelyn fatima felix fiona francesca francis fred gareth gary gavin gemma "
    "george gina gloria grace graham greg hannah harriet harry hassan heather helen henry hugo ian ibrahim imran "
    "ingrid irene iris isaac isabel isla ivan jack jackie jacob jake jalil james jamie jan jane janet jason jay "
    "jean jeff jen jenna jenny jeremy jerry jess jesse jessica jill jim jimmy jo joan joanna joe joel john johnny "
    "jonas jonathan jordan jorge jose joseph josh joshua joy juan judy julia julian julie karen karl kate katie "
    "kay keith kelly ken kenji kerry kevin khalid kim kirsty klaus kofi kyle laura lauren lea leah lee lena leo "
    "leon leonard lewis liam lily linda lisa liz lola lou louis louise lucas lucy luis luke lynn magda maisie "
    "malik marc marco margaret maria marie mario mark marta martha martin mary mateo matt matthew max maya megan "
    "mei mel melissa mia michael michelle miguel mike mila milo mo mohamed mohammed molly monica nadia nancy "
    "naomi nat natalie nathan neil niamh nick nicola nicole nikhil nina noah noor nora oliver olivia omar oscar "
    "owen pablo pam patricia patrick paul paula pedro pete peter phil philip phoebe pierre priya rachel rahul raj "
    "ralph ravi ray rebecca rhys richard rick rita rob robert robin roger ron rosa rosie ross roy ruby rupert "
    "ruth ryan sally sam samantha samir samuel sandra sanjay sara sarah scott sean sergio shane sharon shaun "
    "simon sofia sonia sophie stefan stella stephen steve stuart sue susan suzanne tamara tania tara tariq ted "
    "teresa terry tess theo theresa thomas tim tina toby tom tomas tommy tony tracy tyler uma valerie vera vicky "
    "victor victoria vikram wanda wendy wesley will william yasmin yuki yusuf yvonne zach zara zoe"
)
_KEYS = (
    (RELATIONS.keys() | PETS | lexicon.DIETS | lexicon.STABLE_STATES | lexicon.OCCUPATIONS | lexicon.CONDITIONS)
    | (lexicon.APPOINTMENTS | lexicon.INSTRUMENTS)
    | word_class(
        "allergic intolerant allergy favourite favorite started starting moved moving married divorced engaged "
        "working studying living learning speaking diagnosed graduated retired bought sold adopted apartment "
        "restaurant university hospital company usually always never because birthday anniversary medication "
        "language english spanish german french yesterday tomorrow weekend monday tuesday wednesday thursday "
        "friday saturday sunday january february september october november december children prefer peanut "
        "peanuts gluten lactose vegetables together months years interview"
    )
)
"""Words that memories turn on: a slip of one letter in one of them is mended."""


def is_given_name(word: str) -> bool:
    """Whether a word in lower case is a common given name."""
    return word in _GIVEN_NAMES


@cache
def _by_deletion() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for key in _KEYS:
        if len(key) > 4 and key.isalpha():
            for form in _deletions(key):
                found[form] = (*found.get(form, ()), key)
    return found


def _deletions(word: str) -> set[str]:
    return {word} | {word[:place] + word[place + 1 :] for place in range(len(word))}


@cache
def mended(word: str) -> str:
    """The one word of `_KEYS` that `word` is but for a letter left out, doubled, wrong or swapped; else empty."""
    keys = {key for form in _deletions(word) for key in _by_deletion().get(form, ()) if key[0] == word[0]}
    close = {key for key in keys if abs(len(key) - len(word)) <= 1}
    inflected = any(word.startswith(key) or key.startswith(word) for key in close)
    return close.pop() if len(close) == 1 and not inflected else ""
