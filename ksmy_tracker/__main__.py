"""`python -m ksmy_tracker`, the same program as `ksmy`."""

from ksmy_tracker.cli import main

if __name__ == "__main__":
    main()
