"""The rules that make memories of clauses, one module a field of life. The first rule that answers wins."""

from memos_engine.reader.facts.being import being
from memos_engine.reader.facts.belongings import acquiring, having
from memos_engine.reader.facts.dated import dated
from memos_engine.reader.facts.events import away, happened, planned
from memos_engine.reader.facts.habits import consuming, habit, skill
from memos_engine.reader.facts.homes import growing_up, living, moving
from memos_engine.reader.facts.limits import never_learned, obliged, unable
from memos_engine.reader.facts.past_life import lived_so
from memos_engine.reader.facts.people import having_people, naming, pairing
from memos_engine.reader.facts.reading import Draft as Draft
from memos_engine.reader.facts.reading import Reading as Reading
from memos_engine.reader.facts.reading import Rule
from memos_engine.reader.facts.tastes import liking, wanting
from memos_engine.reader.facts.undergone import undergone
from memos_engine.reader.facts.work import changing_job, studying, working

RULES: tuple[Rule, ...] = (
    naming,
    undergone,
    pairing,
    living,
    moving,
    growing_up,
    working,
    changing_job,
    studying,
    having_people,
    liking,
    wanting,
    consuming,
    unable,
    never_learned,
    obliged,
    skill,
    being,
    having,
    acquiring,
    happened,
    planned,
    away,
    habit,
    dated,
    lived_so,
)
