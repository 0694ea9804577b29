"""The process in which a model file is tried: `python -m memos_engine.inference.trial_process`, started by `trial`.

Reads [path, context, threads] as a line of JSON, loads the file with a look at every weight, answers a greeting with
one token, and writes lines of JSON: {"percent": …} while it loads, at last {"runs": true} or {"refused": …, "hint": …}.
Ends when its standard input does: nobody waits for it then.
"""

import json
import os
import sys
import threading
from contextlib import suppress
from pathlib import Path

from memos_engine.errors import MemosError, ModelRejectedError
from memos_engine.inference.catalogue import chat_template
from memos_engine.inference.sampling import Sampling
from memos_engine.inference.session import LlamaSession
from memos_engine.inference.template import ChatMessage
from memos_engine.logs import keep_content_out_of_crashes
from memos_engine.types import Progress

_ANY_JSON = 'root ::= "{" [^{}]* "}"'


def main() -> int:
    """Try one file; 0 where there is an answer."""
    keep_content_out_of_crashes()
    _be_the_first_to_go()
    path, context, threads = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_the_input, daemon=True).start()
    try:
        _run(Path(path), context, threads)
    except MemosError as error:
        _say(refused=error.message, hint=error.hint)
    else:
        _say(runs=True)
    return 0


def _run(path: Path, context: int, threads: int) -> None:
    template = chat_template(path)
    session = LlamaSession(
        path, context=context, threads=threads, template=template, check_weights=True, progress=_report
    )
    tokens = session.tokenise_chat((ChatMessage("user", "Hello, 你好!\n"),))
    if not tokens or len(tokens) >= session.context:
        raise ModelRejectedError(f"{path.name} cannot take in a greeting.", "Choose a GGUF file of a chat model.")
    session.prefill(tokens, on_prefill=lambda _: None, stopped=lambda: None)
    for grammar in ("", _ANY_JSON):
        for _ in session.decode(Sampling(max_tokens=1), grammar=grammar, stopped=lambda: None):
            pass
    session.close()


def _report(progress: Progress) -> None:
    _say(percent=progress.done)


def _say(**answer: object) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def _end_with_the_input() -> None:
    while os.read(0, 1):
        pass
    os._exit(1)


def _be_the_first_to_go() -> None:
    """Where memory runs out, this process goes and not the program."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


if __name__ == "__main__":
    sys.exit(main())
