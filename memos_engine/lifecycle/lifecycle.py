"""The one class that changes memories."""

from memos_engine.lifecycle.by_hand import ByHand
from memos_engine.lifecycle.forgetting import Forgetting
from memos_engine.lifecycle.remembering import Remembering
from memos_engine.lifecycle.undoing import Undoing


class Lifecycle(Remembering, ByHand, Forgetting, Undoing):
    """Every change of memories: each call is one operation, durable on return, undone as a whole.

    An operation over memories of several cubes carries one id in all of them. Ids that do not exist, or lie in a locked
    cube, are `NotFoundError`.
    """
