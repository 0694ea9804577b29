"""Short letters: whom one writes to, what for, and what comes of it, in ever new combinations."""

import random

from memos_engine.parametric.pools import pool

_MAIL_ASKS = (
    "write a short mail to {to}: {wish}.",
    "please write an email to {to} to say that {wish}.",
    "i need a mail to {to}. content: {wish}.",
    "help me write to {to}: {wish}.",
    "draft a message to {to}, {wish}.",
)
_MAILS = (
    (
        "the team",
        "the meeting on {day} starts at {hour}",
        (
            "our meeting on {day} starts at {hour}.|we meet on {day} at {hour} this time.",
            "Please be on time.|Please tell me if that doesn't suit you.|The topics stay the same.",
        ),
    ),
    (
        "the dentist",
        "i can't come on {day} and need another date",
        (
            "unfortunately I can't come to my appointment on {day}.|I'm sorry, but I have to cancel my visit on {day}.",
            "Could you please offer me another date?|I'd be glad about a new date, best in the morning.",
        ),
    ),
    (
        "the school",
        "my child is ill and stays at home until {day}",
        (
            "my child is ill and has to stay at home until {day}.|"
            "since last night my child has had a fever and won't be in school before {day}.",
            "Could you please tell us what the homework is?|We'll catch up on the homework. Thank you!",
        ),
    ),
    (
        "the landlord",
        "the tap drips, and somebody can come on {day} after {hour}",
        (
            "the tap in the bathroom has been dripping for days.|the kitchen tap drips, and it is getting worse.",
            "Could somebody repair it? I'm at home on {day} after {hour}.|On {day} after {hour} somebody would be here "
            "to open the door.",
        ),
    ),
    (
        "a friend",
        "come to dinner on {day} at {hour}",
        (
            "would you like to come to dinner on {day} at {hour}?|I'm cooking on {day}. Will you come at {hour}?",
            "There'll be something simple, and enough of it.|Just bring yourself and some time.",
        ),
    ),
    (
        "the library",
        "i'd like to keep the books until {day}",
        (
            "I'd like to keep my books a little longer, until {day}.|could you please extend my loans until {day}?",
            "Thank you for your help!|Please let me know if somebody else is waiting for them.",
        ),
    ),
    (
        "the hotel",
        "we arrive on {day} around {hour} and need a cot",
        (
            "we arrive on {day} at around {hour}.|our train comes in on {day}, and we'll be with you at about {hour}.",
            "Could you please put a cot into our room?|We'd need a cot for a small child. Thank you!",
        ),
    ),
    (
        "a customer",
        "the delivery is late and comes on {day}",
        (
            "I'm sorry to say that your delivery is late.|unfortunately your order has been delayed.",
            "It will reach you on {day}.|We'll deliver it on {day}. Please excuse the inconvenience.",
        ),
    ),
    (
        "the neighbours",
        "we drill on {day} until {hour}",
        (
            "on {day} we'll be drilling in our flat.|we're putting up shelves on {day}, and it will get loud.",
            "We'll be done by {hour}. Thank you for your patience!|It'll be quiet again after {hour}, we promise.",
        ),
    ),
)


def letter(chance: random.Random) -> tuple[str, str]:
    """A wish for a letter, and the letter."""
    to, wish, body = chance.choice(_MAILS)
    day, hour = chance.choice(pool("weekdays")), chance.randint(8, 18)
    asked = chance.choice(_MAIL_ASKS).format(to=to, wish=wish.format(day=day, hour=hour))
    greeting, close = chance.choice((("Hello,", "Kind regards"), ("Dear all,", "Best wishes"), ("Hi,", "Many thanks")))
    if to != "the team":
        greeting = greeting.replace("Dear all,", "Good morning,")
    text = " ".join(chance.choice(part.split("|")) for part in body).format(day=day, hour=hour)
    return asked, f"{greeting}\n\n{text}\n\n{close}"
