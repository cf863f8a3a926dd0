"""Every failure a user can meet: one class, its sentence, its exit code.

The message of each is one sentence that says what is wrong and what to do. It may quote
text from the register or the command line as it is; the command line makes control characters
visible when it prints it.
"""


class KsmyError(Exception):
    """A failure with a sentence for the user; anything else that escapes is a bug.

    `faults` names each single fault with its place, for the lines under the sentence.
    """

    exit_code = 1

    def __init__(self, sentence: str, faults: tuple[str, ...] = ()) -> None:
        super().__init__(sentence)
        self.faults = faults


class Faults:
    """The faults of a file or a batch: the first few by their place, and how many there are in all."""

    def __init__(self, most: int) -> None:
        self.listed: list[str] = []
        self.count = 0
        self._most = most

    def add(self, place: str, problem: str) -> None:
        """Count a fault, and keep it if there is room."""
        self.count += 1
        if len(self.listed) < self._most:
            self.listed.append(f"{place}: {problem}")

    @property
    def is_full(self) -> bool:
        """Whether further faults are only counted."""
        return len(self.listed) >= self._most

    def lines(self) -> tuple[str, ...]:
        """A line for each that was kept, and one for the rest."""
        more = self.count - len(self.listed)
        return (*self.listed, *([f"and {more:,} more"] if more else []))


class Usage(KsmyError):
    """The command line is not one this program takes."""

    exit_code = 2


class NotFound(KsmyError):
    """There is no such record, or no such entry."""

    exit_code = 3


class Refused(KsmyError):
    """A rule of the register, or an `--expect`, is not met; nothing was changed."""

    exit_code = 4


class BadInput(KsmyError):
    """A seed or a batch has faults; nothing was changed."""

    exit_code = 5


class NoRegister(KsmyError):
    """There is no register here, others could have written to it, or its schema is older or newer than this program."""

    exit_code = 6


class Busy(KsmyError):
    """Another process held the register for longer than the timeout."""

    exit_code = 7


class Damaged(KsmyError):
    """The register failed its check, or the database cannot be read."""

    exit_code = 8
