"""Failed tries at a secret: the wait before the next one grows with each, and outlasts a restart."""

import time

LONGEST_WAIT_S = 300.0
UNCOUNTED_WAIT_S = 10.0


def wait_after(failed_tries: int) -> float:
    """Seconds to wait after so many failed tries in a row: 1, 2, 4, … up to five minutes."""
    return min(2.0 ** min(failed_tries - 1, 10), LONGEST_WAIT_S) if failed_tries > 0 else 0.0


def wait_ahead(failed_tries: int) -> float:
    """Seconds to wait before a try that cannot be counted, as the disk is full or may not be written: what it would
    cost if it failed is paid first, and a restart begins with it again."""
    return max(UNCOUNTED_WAIT_S, wait_after(failed_tries + 1))


def wait_left(failed_tries: int, last_try: float) -> float:
    """Seconds still to wait, `last_try` being Unix time. A clock set back does not lengthen it beyond a full wait."""
    wait = wait_after(failed_tries)
    return max(0.0, wait - max(0.0, time.time() - last_try))
