"""Small tasks with one right answer, drawn anew each time: ordinary chat needs no memory, and must stay as good.

`plain` ones speak of nothing personal; `personal` ones only look as if they did ("Which month comes after my birthday
month, May?").
"""

import random
from collections.abc import Callable

from memos_engine.parametric.letters import letter
from memos_engine.parametric.pools import WORDS, pool

Task = tuple[str, str]
_OPPOSITES = (
    "hot cold;early late;heavy light;full empty;loud quiet;brave cowardly;cheap expensive;narrow wide;smooth rough;"
    "wet dry;ancient modern;polite rude;shallow deep;tight loose;bitter sweet;rise fall;arrive leave;remember forget;"
    "borrow lend;accept refuse;victory defeat;question answer;north south;friend enemy;beginning end"
)
_SYNONYMS = (
    "happy glad;angry furious;quick fast;tired weary;clever smart;small tiny;big large;begin start;help assist;"
    "buy purchase;quiet silent;strange odd;rich wealthy;brave courageous;cold chilly;end finish;shout yell;wish desire"
)
_PLURALS = (
    "child children;foot feet;tooth teeth;leaf leaves;knife knives;city cities;box boxes;sheep sheep;goose geese;"
    "man men;potato potatoes;wolf wolves;baby babies;fish fish;crisis crises;half halves;hero heroes;ox oxen"
)
_PASTS = (
    "go went;buy bought;think thought;write wrote;catch caught;swim swam;fly flew;teach taught;choose chose;"
    "begin began;break broke;sing sang;drive drove;eat ate;freeze froze;keep kept;lose lost;steal stole;wake woke"
)
_CAPITALS = (
    "Portugal Lisbon;Finland Helsinki;Ghana Accra;Japan Tokyo;Peru Lima;Norway Oslo;Kenya Nairobi;Poland Warsaw;"
    "Greece Athens;Chile Santiago;Canada Ottawa;Ireland Dublin;Egypt Cairo;Cuba Havana;Austria Vienna;Hungary Budapest;"
    "Iceland Reykjavík;Turkey Ankara;Estonia Tallinn;Uruguay Montevideo;Italy Rome;Spain Madrid;Nepal Kathmandu"
)
_FRENCH = "bread pain;water eau;house maison;dog chien;book livre;night nuit;sun soleil;milk lait;cat chat;tree arbre"
_SPANISH = "bread pan;water agua;house casa;dog perro;book libro;night noche;sun sol;milk leche;cat gato;tree árbol"
_GERMAN = "bread Brot;water Wasser;house Haus;dog Hund;book Buch;night Nacht;sun Sonne;milk Milch;cat Katze;tree Baum"
_THINGS = [
    "lemon",
    "anchor",
    "pencil",
    "river",
    "candle",
    "window",
    "button",
    "garden",
    "ladder",
    "basket",
    "orange",
    "hammer",
    "pillow",
    "rocket",
    "violin",
    "kitten",
    "planet",
    "silver",
    "tunnel",
    "jacket",
    "bottle",
    "pepper",
    "castle",
    "dragon",
    "bridge",
    "mirror",
    "napkin",
    "saddle",
    "thimble",
    "walnut",
    "zipper",
    "acorn",
]
_GROUPS = {
    "animals": "otter;heron;badger;lynx;salmon;hedgehog;beetle;seal;crane;squirrel",
    "colours": "red;green;purple;yellow;brown;grey;turquoise;orange",
    "fruits": "apple;plum;cherry;pear;mango;fig;grape;apricot",
    "vegetables": "leek;carrot;spinach;cabbage;beetroot;fennel;radish",
    "tools": "hammer;saw;chisel;pliers;spanner;file;drill",
    "instruments": "violin;oboe;drum;harp;trumpet;cello;flute",
    "countries": "Norway;Peru;Kenya;Japan;Greece;Canada;Nepal",
}
_MONTHS, _DAYS = pool("months"), pool("weekdays")


def plain(chance: random.Random) -> Task:
    """A task about the world."""
    return chance.choice(_PLAIN)(chance)


def personal(chance: random.Random) -> Task:
    """A task that only looks personal."""
    return chance.choice(_PERSONAL)(chance)


def _pairs(text: str) -> list[tuple[str, str]]:
    return [(one, two) for one, _, two in (pair.strip().partition(" ") for pair in text.split(";"))]


def _number(number: int, chance: random.Random) -> str:
    return WORDS[number] if number < len(WORDS) and chance.random() < 0.3 else str(number)


# --- about the world


def _sum(chance: random.Random) -> Task:
    one, two = chance.randint(2, 90), chance.randint(2, 90)
    form = chance.choice(("what is {} plus {}?", "{} + {} = ?", "how much is {} and {}?", "add {} and {}."))
    return form.format(one, two), chance.choice(("{a} + {b} = {c}.", "{c}.", "That's {c}.")).format(
        a=one, b=two, c=one + two
    )


def _difference(chance: random.Random) -> Task:
    two, rest = chance.randint(2, 60), chance.randint(1, 60)
    form = chance.choice(("what is {} minus {}?", "{} - {} = ?", "take {1} from {0}."))
    return form.format(two + rest, two), chance.choice(("{}.", "That makes {}.", "It's {}.")).format(rest)


def _product(chance: random.Random) -> Task:
    one, two = chance.randint(2, 12), chance.randint(2, 12)
    form = chance.choice(("what is {} times {}?", "{} x {} = ?", "multiply {} by {}."))
    return form.format(one, two), chance.choice(("{a} × {b} = {c}.", "{c}.")).format(a=one, b=two, c=one * two)


def _share(chance: random.Random) -> Task:
    two, each = chance.randint(2, 9), chance.randint(2, 12)
    form = chance.choice(("divide {} by {}.", "{} sweets for {} children, how many does each get?", "what is {} / {}?"))
    return form.format(two * each, two), chance.choice(("{}.", "{} each.") if "sweets" in form else ("{}.",)).format(
        each
    )


def _bigger(chance: random.Random) -> Task:
    one, two = chance.sample(range(10, 999), 2)
    high = chance.random() < 0.5
    asked = f"which number is {'bigger' if high else 'smaller'}, {one} or {two}?"
    return asked, f"{max(one, two) if high else min(one, two)}."


def _sorted(chance: random.Random) -> Task:
    words = chance.sample(_THINGS, chance.randint(3, 5))
    asked = chance.choice(("sort these words by the alphabet: {}", "put into alphabetical order: {}"))
    return asked.format(", ".join(words)), ", ".join(sorted(words))


def _sorted_numbers(chance: random.Random) -> Task:
    numbers = chance.sample(range(1, 99), chance.randint(3, 5))
    asked = chance.choice(("sort from small to large: {}", "put these numbers in order: {}"))
    return asked.format(", ".join(map(str, numbers))), ", ".join(map(str, sorted(numbers)))


def _upper(chance: random.Random) -> Task:
    words = " ".join(chance.sample(_THINGS, 3))
    return chance.choice(("write in capitals: {}", "put this into upper case: {}")).format(words), words.upper()


def _letters(chance: random.Random) -> Task:
    word = chance.choice(_THINGS)
    asked = chance.choice(('how many letters does the word "{}" have?', 'count the letters of "{}".'))
    return asked.format(word), chance.choice(('"{}" has {} letters.', 'The word "{}" has {} letters.')).format(
        word, len(word)
    )


def _first_letter(chance: random.Random) -> Task:
    word = chance.choice(_THINGS)
    last = chance.random() < 0.5
    asked = f'what is the {"last" if last else "first"} letter of "{word}"?'
    return asked, f"{word[-1 if last else 0].upper()}."


def _repeat(chance: random.Random) -> Task:
    word, times = chance.choice(_THINGS), chance.randint(2, 5)
    return f'repeat the word "{word}" {_number(times, chance)} times.', " ".join([word] * times)


def _say(chance: random.Random) -> Task:
    word = chance.choice(_THINGS)
    return chance.choice(('say just the word "{}".', 'answer only with "{}".')).format(word), word


def _odd_one(chance: random.Random) -> Task:
    one, two = chance.sample(sorted(_GROUPS), 2)
    words = chance.sample(_GROUPS[one].split(";"), 3)
    odd = chance.choice([word for word in _GROUPS[two].split(";") if word not in _GROUPS[one]])
    words.insert(chance.randrange(4), odd)
    return f"which word does not belong: {', '.join(words)}?", f"{odd.capitalize()}: the others are {one}."


def _three_of(chance: random.Random) -> Task:
    group = chance.choice(sorted(_GROUPS))
    many = chance.randint(2, 4)
    words = chance.sample(_GROUPS[group].split(";"), many)
    asked = chance.choice(("name {} {}.", "give me {} {}", "list {} {}, please.")).format(_number(many, chance), group)
    return asked, f"{', '.join(words[:-1]).capitalize()} and {words[-1]}." if group != "countries" else ", ".join(
        words
    ) + "."


def _word(table: str, asked: tuple[str, ...], answers: tuple[str, ...]) -> Callable[[random.Random], Task]:
    pairs = _pairs(table)

    def task(chance: random.Random) -> Task:
        one, two = chance.choice(pairs)
        return chance.choice(asked).format(one), chance.choice(answers).format(one, two)

    return task


def _convert(chance: random.Random) -> Task:
    many = chance.randint(2, 9)
    unit, smaller, each = chance.choice(
        (
            ("hours", "minutes", 60),
            ("kilometres", "metres", 1000),
            ("metres", "centimetres", 100),
            ("kilos", "grams", 1000),
            ("minutes", "seconds", 60),
            ("weeks", "days", 7),
            ("days", "hours", 24),
            ("years", "months", 12),
        )
    )
    asked = chance.choice(("how many {1} are {0} {2}?", "{0} {2} in {1}?", "convert {0} {2} into {1}."))
    return asked.format(many, smaller, unit), f"{many} {unit} are {many * each:,} {smaller}."


def _next_day(chance: random.Random) -> Task:
    at, after = chance.randrange(7), chance.random() < 0.5
    asked = f"which day comes {'after' if after else 'before'} {_DAYS[at]}?"
    return asked, f"{_DAYS[(at + (1 if after else -1)) % 7]}."


def _next_month(chance: random.Random) -> Task:
    at, after = chance.randrange(12), chance.random() < 0.5
    asked = f"what month comes {'after' if after else 'before'} {_MONTHS[at]}?"
    return asked, f"{_MONTHS[(at + (1 if after else -1)) % 12]}."


def _days_of(chance: random.Random) -> Task:
    at = chance.randrange(12)
    days = (31, "28 (29 in a leap year)", 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[at]
    return f"how many days does {_MONTHS[at]} have?", f"{_MONTHS[at]} has {days} days."


def _later(chance: random.Random) -> Task:
    hour, more = chance.randint(1, 9), chance.randint(1, 3)
    asked = f"what time is it {_number(more, chance)} {'hours' if more > 1 else 'hour'} after {hour} o'clock?"
    return asked, f"{hour + more} o'clock."


def _roman(chance: random.Random) -> Task:
    number, roman = chance.choice(
        ((4, "IV"), (6, "VI"), (9, "IX"), (11, "XI"), (14, "XIV"), (19, "XIX"), (40, "XL"), (50, "L"))
    )
    return f"write {number} in Roman numerals.", f"{roman}."


def _even(chance: random.Random) -> Task:
    number = chance.randint(3, 200)
    return f"is {number} even or odd?", f"{number} is {'even' if number % 2 == 0 else 'odd'}."


def _json(chance: random.Random) -> Task:
    one, two = chance.sample(_THINGS, 2)
    return f"write a JSON list with the words {one} and {two}.", f'["{one}", "{two}"]'


def _sentence(chance: random.Random) -> Task:
    word = chance.choice(_THINGS)
    done = chance.choice(
        (
            "The {} lay on the table all day, and nobody noticed.",
            "She put the {} into her bag and smiled.",
            "Have you ever seen such a beautiful {}?",
            "In the end, the {} was under the chair.",
            "There was only one {} left in the shop.",
        )
    ).format(word)
    return f'make a sentence with the word "{word}".', done


# --- what only looks personal


def _my_month(chance: random.Random) -> Task:
    at, after = chance.randrange(12), chance.random() < 0.6
    whose = chance.choice(
        ("the month of my birthday", "my wedding month", "my mother's birth month", "my favourite month")
    )
    asked = f"which month comes {'after' if after else 'before'} {whose}, {_MONTHS[at]}?"
    answer = _MONTHS[(at + (1 if after else -1)) % 12]
    return asked, chance.choice(
        (f"{answer}.", f"After {_MONTHS[at]} comes {answer}." if after else f"Before {_MONTHS[at]} comes {answer}.")
    )


def _my_day(chance: random.Random) -> Task:
    at, more = chance.randrange(7), chance.randint(1, 3)
    days = f"{_number(more, chance)} {'days' if more > 1 else 'day'}"
    asked = f"my appointment is {days} after {_DAYS[at]}. which day is that?"
    return asked, chance.choice(("{}.", "That's {}.", "It's on {}.")).format(_DAYS[(at + more) % 7])


def _my_train(chance: random.Random) -> Task:
    hour, more = chance.randint(6, 12), chance.randint(1, 5)
    hours = f"{_number(more, chance)} {'hours' if more > 1 else 'hour'}"
    asked = f"my train leaves at {hour}:15 and takes {hours}. when do i arrive?"
    return asked, chance.choice(("You arrive at {}:15.", "At {}:15.")).format(hour + more)


def _my_apples(chance: random.Random) -> Task:
    one, two = chance.randint(2, 12), chance.randint(2, 12)
    who = chance.choice(("my sister", "my brother", "my neighbour", "my aunt", "a friend"))
    what = chance.choice(("apples", "marbles", "books", "eggs", "stamps"))
    asked = f"i have {one} {what} and {who} gives me {two} more. how many do i have?"
    return asked, chance.choice(
        (
            f"You have {one + two} {what}.",
            f"{one + two}.",
            f"{one} + {two} = {one + two}, so you have {one + two} {what}.",
        )
    )


def _my_name(chance: random.Random) -> Task:
    name = chance.choice(pool("women") + pool("men"))
    whose = chance.choice(("my name is", "my dog is called", "a friend of mine is called", "my boss is called"))
    return f"{whose} {name}. how many letters is that?", chance.choice(
        ('"{}" has {} letters.', "{} has {} letters.")
    ).format(name, len(name))


def _my_age(chance: random.Random) -> Task:
    born, year = chance.randint(1950, 2005), chance.randint(2028, 2045)
    asked = chance.choice(
        (
            f"if i was born in {born}, how old do i turn in {year}?",
            f"i was born in {born}. how old will i be at the end of {year}?",
        )
    )
    return asked, f"You turn {year - born} in {year}."


def _younger(chance: random.Random) -> Task:
    age, less = chance.randint(25, 60), chance.randint(2, 12)
    who = chance.choice(("my brother", "my cousin", "my wife", "my husband", "my friend"))
    return f"{who} is {less} years younger than me and i am {age}. how old is that?", f"{age} − {less} = {age - less}."


def _heavier(chance: random.Random) -> Task:
    one, two = chance.sample(range(2, 40), 2)
    asked = f"my dog weighs {one} kg and my neighbour's {two} kg. which one is heavier?"
    return asked, "Your dog." if one > two else "Your neighbour's dog."


def _my_change(chance: random.Random) -> Task:
    cost = chance.randint(2, 18)
    asked = f"i pay {cost} euros with a 20 euro note. how much do i get back?"
    return asked, chance.choice(("You get {} euros back.", "{} euros.")).format(20 - cost)


def _my_homework(chance: random.Random) -> Task:
    asked, answer = plain(chance)
    who = chance.choice(("my daughter", "my son", "my niece", "my neighbour", "my colleague", "my boss", "my grandson"))
    return f"{who} asks: {asked}", answer


def _my_friend_city(chance: random.Random) -> Task:
    land, capital = chance.choice(_pairs(_CAPITALS))
    lead = chance.choice(("i'm flying to", "my sister moved to", "my friend comes from", "we have a pen pal in"))
    return f"{lead} {land}. what's the capital there?", f"The capital of {land} is {capital}."


def _my_room(chance: random.Random) -> Task:
    one, two = chance.randint(2, 9), chance.randint(2, 9)
    return (
        f"my room is {one} by {two} metres. how many square metres is that?",
        f"{one} × {two} = {one * two} square metres.",
    )


def _my_drive(chance: random.Random) -> Task:
    speed, hours = chance.choice((50, 60, 80, 90, 100)), chance.randint(2, 5)
    return f"i drive {hours} hours at {speed} km/h. how far do i get?", f"{speed} × {hours} = {speed * hours} km."


def _my_recipe(chance: random.Random) -> Task:
    grams, times = chance.choice((100, 150, 200, 250, 300)), chance.randint(2, 4)
    asked = (
        f"my recipe says {grams} g of flour, but i want {_number(times, chance)} times as much. how much flour is that?"
    )
    return asked, f"You need {grams * times} g of flour."


_PLAIN: tuple[Callable[[random.Random], Task], ...] = (
    _sum,
    _difference,
    _product,
    _share,
    _bigger,
    _sorted,
    _sorted_numbers,
    _upper,
    _letters,
    _first_letter,
    _repeat,
    _say,
    _odd_one,
    _three_of,
    _convert,
    _next_day,
    _next_month,
    _days_of,
    _later,
    _roman,
    _even,
    _json,
    _sentence,
    letter,
    letter,
    letter,
    _word(
        _OPPOSITES, ('what\'s the opposite of "{}"?', "opposite of {}?"), ('The opposite of "{0}" is "{1}".', '"{1}".')
    ),
    _word(
        _SYNONYMS, ('give me another word for "{}".', "synonym for {}?"), ('"{1}".', 'Another word for "{0}" is "{1}".')
    ),
    _word(_PLURALS, ('what\'s the plural of "{}"?', "plural of {}?"), ('The plural of "{0}" is "{1}".', '"{1}".')),
    _word(
        _PASTS,
        ('what\'s the past tense of "{}"?', "past tense of {}?"),
        ('The past tense of "{0}" is "{1}".', '"{1}".'),
    ),
    _word(_CAPITALS, ("what's the capital of {}?", "capital of {}?"), ("The capital of {0} is {1}.", "{1}.")),
    _word(_FRENCH, ('what\'s "{}" in French?',), ('"{1}".', 'In French, "{0}" is "{1}".')),
    _word(_SPANISH, ('what\'s "{}" in Spanish?',), ('"{1}".', 'In Spanish, "{0}" is "{1}".')),
    _word(_GERMAN, ('what\'s "{}" in German?',), ('"{1}".', 'In German, "{0}" is "{1}".')),
)
_PERSONAL: tuple[Callable[[random.Random], Task], ...] = (
    _my_month,
    _my_month,
    _my_day,
    _my_train,
    _my_apples,
    _my_name,
    _my_age,
    _younger,
    _heavier,
    _my_change,
    _my_homework,
    _my_friend_city,
    _my_room,
    _my_drive,
    _my_recipe,
)
