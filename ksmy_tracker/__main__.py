"""Where the program begins, as `ksmy` and as `python -m ksmy_tracker`: signals are answered before all else.

What is here needs nothing that Python has not loaded by itself, so that Ctrl-C finds no moment without an answer.
"""

import os
import sys


def main() -> None:
    """Run the command line and end the process with its exit code."""
    try:
        from ksmy_tracker import signals

        signals.answer()
        from ksmy_tracker.cli import run

        code = run(sys.argv[1:])
        signals.leave(code)
    except KeyboardInterrupt:  # before there was a command
        if "_KSMY_COMPLETE" not in os.environ:
            os.write(2, b"ksmy: interrupted; nothing was recorded\n")
        os._exit(130)


if __name__ == "__main__":
    main()
