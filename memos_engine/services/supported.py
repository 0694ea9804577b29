"""After a reply was delivered: what each of its sentences rests on, compared and kept with it."""

import logging
from collections.abc import Iterator, Sequence

from memos_engine.services.home import OpenHome
from memos_engine.services.place import Place
from memos_engine.support.check import SupportCheck
from memos_engine.support.known import Spoken
from memos_engine.types import Message, Recalled, Role

_log = logging.getLogger(__name__)


def supported(home: OpenHome, place: Place, reply: Message, used: Sequence[Recalled]) -> Message:
    """A finished reply with what its sentences rest on of the memories that it had before it, kept; where that fails
    the reply stays as it is."""
    try:
        return _checked(home, place, reply, used)
    except Exception:  # noqa: BLE001 - a fault of the check, or a lock meanwhile: the reply is there all the same
        _log.exception("what a reply rests on was not kept")
        return reply


def _checked(home: OpenHome, place: Place, reply: Message, used: Sequence[Recalled]) -> Message:
    check = SupportCheck(home.pipeline, home.encoder.encode)
    found = check.check(reply.text, reply.time, [item.memory for item in used], tuple(_said(home, place, reply)))
    return place.keep_support(reply, [one for one in found if one.memory_ids or one.unsupported])


def _said(home: OpenHome, place: Place, reply: Message) -> Iterator[Spoken]:
    """What the person told the model besides memories, the question last: settings, attached files, their turns."""
    name, instructions = home.settings.text("chat.name"), home.settings.text("chat.instructions")
    for text in (f"My name is {name}." if name else "", instructions):
        if text:
            yield Spoken(text, reply.time)
    for message in place.thread(reply.parent_id):
        if message.role is not Role.ASSISTANT:
            if message.attachments:
                yield from (Spoken(file.text, message.time) for file in place.files(message.id))
            yield Spoken(message.text, message.time)
