"""Words of everyday facts that say the same, say more than others, deny, or put a fact out of the present."""

from functools import cache

from memos_engine.reader.lexicon import word_class
from memos_engine.reader.subjects import PETS, RELATIONS

FRAME = word_class(
    "be have do get name call year old very really quite currently now also already still just about around well "
    "person someone one own there here as so too both that this it work job like live time thing yes far sure okay ok "
    "personally together best most usually often always regularly mostly a an the and or of in on at to from by with "
    "for into"
)
"""Lemmas that carry no content of their own: the predicates among them are compared as such."""

_CLASSES = tuple(
    word_class(line)
    for line in (
        "live reside dwell stay inhabit base locate resident home",
        "work job employ employee employed employer company career profession occupation",
        "like love enjoy adore fond keen fan favourite favorite prefer preference passion passionate fancy",
        "marry married husband wife spouse",
        "mother mum mom mama mummy mommy",
        "father dad papa daddy",
        "grandmother grandma gran granny nana oma nonna",
        "grandfather grandpa grandad granddad opa nonno",
        "child kid",
        "baby newborn infant",
        "doctor physician gp",
        "allergic allergy",
        "intolerant intolerance",
        "diabetes diabetic",
        "asthma asthmatic",
        "coeliac celiac gluten",
        "lactose milk dairy",
        "bike bicycle cycle cycling cyclist",
        "car automobile",
        "film movie cinema",
        "flat apartment",
        "programmer developer coder software",
        "buy purchase",
        "begin start",
        "holiday vacation",
        "football soccer",
        "jog run",
        "eat consume drink tolerate",
        "study student degree university",
        "teach teacher",
        "garden gardening gardener",
        "cook cooking",
        "wed wedding marriage",
        "move relocate",
        "visit travel go fly trip journey",
        "boss manager",
        "neighbour neighbor",
        "colleague coworker co-worker",
        "flatmate roommate housemate",
        "die death dead",
        "birthday born",
        "colour color",
        "raise grow",
        "cat kitty kitten",
        "dog puppy pup doggo",
        "afraid scared fear",
        "exercise workout train",
        "weekly week",
        "daily day",
        "dislike hate detest loathe despise",
    )
)

_WIDER = {
    "child": word_class("son daughter baby toddler twin"),
    "kid": word_class("son daughter baby toddler twin"),
    "sibling": word_class("brother sister twin"),
    "parent": word_class("mother father mum mom dad mama papa"),
    "partner": word_class("husband wife girlfriend boyfriend spouse"),
    "pet": PETS,
    "animal": PETS,
    "family": frozenset(RELATIONS),
    "vehicle": word_class("car van truck bike motorbike"),
    "instrument": word_class("piano guitar cello violin viola flute drum bass trumpet saxophone clarinet harp"),
    "meat": word_class("beef pork chicken lamb ham bacon"),
    "alcohol": word_class("wine beer whisky spirits"),
}
"""A word, and those that say it and more."""

DENYING = word_class("not n't never no neither nor without nothing none nobody hardly cannot")
"""Words that deny what stands beside them."""
AVERSE = word_class(
    "dislike hate detest loathe despise allergic allergy intolerant intolerance avoid unable refuse lack"
)
"""Words that deny by what they mean: who hates jazz does not like it, who is allergic to nuts cannot have them."""
UNREAL = word_class(
    "want wish hope plan intend would might may could should dream consider think try search need apply "
    "almost nearly maybe perhaps soon"
)
"""Words of what is not so yet, or not surely."""
WANTING = word_class("want wish hope plan intend dream")
"""Those of them that are as good as one another."""
OVER = word_class("use used former formerly ex late previously sell lose quit stop leave give end retire return")
"""Words of what is so no more."""
UNBEARABLE = word_class("allergic allergy intolerant intolerance coeliac celiac")
"""Who is so cannot have the thing."""
POSSESSING = word_class("have own get buy possess keep adopt purchase")
CONSUMING = word_class("have eat drink consume tolerate take")
BEING = word_class("be work become serve train")
FEELING = word_class("like love enjoy adore prefer")


@cache
def meanings(lemma: str) -> frozenset[str]:
    """The words that say the same as `lemma`, itself among them."""
    found = {lemma}
    for alike in _CLASSES:
        if lemma in alike:
            found |= alike
    return frozenset(found)


@cache
def told_by(lemma: str) -> frozenset[str]:
    """The words by which `lemma` is said: those that mean the same, and those that say it and more."""
    found = set(meanings(lemma))
    for word in tuple(found):
        found |= _WIDER.get(word, frozenset())
    return frozenset(found)
