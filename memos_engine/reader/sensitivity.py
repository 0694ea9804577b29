"""Tags for what people guard: health, finance, faith, politics, intimacy, contact."""

from typing import TYPE_CHECKING

from memos_engine.reader.lexicon import is_condition, word_class

if TYPE_CHECKING:
    from memos_engine.language.pipeline import Token

_TAGS: dict[str, frozenset[str]] = {
    "health": word_class(
        "allergic allergy intolerant intolerance diabetic asthmatic pregnant pregnancy medication "
        "insulin antidepressant antibiotic therapy therapist psychiatrist psychologist surgery "
        "operation diagnose diagnosis dentist disabled deaf blind autistic dyslexic epileptic sober "
        "coeliac celiac illness ill chemo chemotherapy cancer stroke miscarriage wheelchair pacemaker "
        "depressed insomniac anxious pill blood hearing vaccine transplant symptom pain physio "
        "cardiologist oncologist biopsy mri gluten lactose"
    ),
    "finance": word_class(
        "salary debt mortgage loan rent savings bankrupt bankruptcy income earn invest investment "
        "pension tax credit overdraft owe stock inheritance benefit"
    ),
    "religion": word_class(
        "christian muslim jewish hindu buddhist catholic protestant atheist agnostic church mosque "
        "synagogue religious religion faith pray halal kosher sikh mormon"
    ),
    "politics": word_class(
        "vote voter democrat republican conservative liberal socialist communist party_member union "
        "green_party labour tory"
    ),
    "sexuality": word_class("gay lesbian bisexual queer trans transgender nonbinary non-binary asexual straight"),
    "contact": word_class("phone email address postcode"),
}


def tags(tokens: "list[Token]") -> tuple[str, ...]:
    """The tags that the words of a memory call for, in alphabetical order."""
    lemmas = {token.lemma_.lower() for token in tokens} | {token.lower_ for token in tokens}
    found = {tag for tag, words in _TAGS.items() if lemmas & words}
    if any(is_condition(lemma) for lemma in lemmas):
        found.add("health")
    return tuple(sorted(found))
