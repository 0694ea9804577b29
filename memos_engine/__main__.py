"""`python -m memos_engine`, and the `memos` script."""

import sys


def main() -> int:
    """Run the command line on the arguments of the process; the exit code."""
    from memos_engine.cli import run
    from memos_engine.logs import keep_content_out_of_crashes

    keep_content_out_of_crashes()
    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
