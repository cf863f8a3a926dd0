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
        try:
            from ksmy_tracker.cli import run

            signals.leave(run(sys.argv[1:]))
        except KeyboardInterrupt:  # not in a command, but before it or after it
            signals.say_and_leave()
    except KeyboardInterrupt:  # before anything was answered
        if "_KSMY_COMPLETE" not in os.environ:
            os.write(2, b"ksmy: interrupted; nothing was recorded\n")
        os._exit(130)


if __name__ == "__main__":
    main()
