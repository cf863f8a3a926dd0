"""What the commands that change records have in common: what they take, and the receipt."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

from ksmy_tracker import clock
from ksmy_tracker.cli.command import flag, joined, option, repeatable
from ksmy_tracker.cli.options import Zone, format_option
from ksmy_tracker.cli.output import as_object, complain, emit, emit_done
from ksmy_tracker.cli.where import Where
from ksmy_tracker.domain.changes import BadLine, Change, completed
from ksmy_tracker.domain.receipt import Receipt
from ksmy_tracker.domain.values import Fault, read_day, read_evidence, read_filled
from ksmy_tracker.reading.snapshot import zone_of
from ksmy_tracker.storage.interface import Reader

if TYPE_CHECKING:
    from ksmy_tracker.writing.invocation import Invocation


def _actor(named: str | None) -> str:
    """Who is named, else the system user."""
    if named is not None:
        return named
    import getpass
    import os

    try:
        return read_filled(getpass.getuser())
    except (OSError, KeyError, ImportError, Fault):
        return f"uid {os.getuid()}"


By = Annotated[
    str,
    option(
        "--by",
        "NAME",
        "Who records it. Default: the system user.",
        read_filled,
        settle=_actor,
        envvar="KSMY_ACTOR",
    ),
]


@dataclass(frozen=True, slots=True)
class NewWords:
    """Which words of open lists are meant as they are, though they are close to known ones."""

    new_sector: Annotated[
        bool, flag("--new-sector", "Take a sector that is close to a known one as a new one.")
    ]
    new_topic: Annotated[bool, flag("--new-topic", "Take a topic that is close to a known one as a new one.")]

    def fields(self) -> tuple[str, ...]:
        """The fields that have them."""
        return (*(["sector"] if self.new_sector else ()), *(["topics"] if self.new_topic else ()))


On = Annotated[str | None, option("--on", "DATE", "The day it took effect, if not today.", read_day)]


@dataclass(frozen=True, slots=True)
class Said:
    """What a change says of itself."""

    note: Annotated[str | None, option("--note", "TEXT", "Why, or what else is to be said.", read_filled)]
    evidence: Annotated[
        tuple[str, ...] | None,
        repeatable(
            "--evidence",
            "URL",
            "What shows it: an address or a citation. Repeatable.",
            read_evidence,
            settle=lambda given: given and tuple(joined(given)),
        ),
    ]
    on: On

    def is_something(self) -> bool:
        """Whether there is a note or evidence."""
        return self.note is not None or self.evidence is not None

    def of_a_change(self) -> dict[str, Any]:
        """The same under the names that a change has for it."""
        return {"note": self.note, "evidence": self.evidence or (), "effective_on": self.on}

    def of_lines(self, lines: Iterable[Change | BadLine]) -> Iterator[Change | BadLine]:
        """Lines of a batch, each with what is said here where it does not say so itself."""
        for line in lines:
            yield completed(line, **self.of_a_change()) if isinstance(line, Change) else line


@dataclass(frozen=True, slots=True)
class Changing:
    """Where and when a command changes something, whether it only tries, and how it shows what it did."""

    dry_run: Annotated[bool, flag("--dry-run", "Show what would be done and write nothing.")]
    format: Annotated[
        str, format_option("text (the default), json or jsonl.", ("text", "json", "jsonl"), lambda: "text")
    ]
    tz: Zone
    where: Where
    now: datetime

    def invocation(self, by: str) -> "Invocation":
        """The command as those below know it."""
        from uuid import uuid4

        from ksmy_tracker.writing.invocation import Invocation
        from ksmy_tracker.writing.record import Recording

        invocation = uuid4().hex
        return Invocation(
            self.where.db,
            self.where.timeout,
            lambda transaction: Recording(by, self.now, self.today(transaction), invocation),
            invocation,
            self.dry_run,
        )

    def today(self, reader: Reader) -> date:
        """The day it is for the user; where no zone was given, in the register's."""
        return clock.today(self.now, self.tz or zone_of(reader))

    def record(self, changes: Sequence[Change], by: str) -> None:
        """Make changes, all or none, and show the receipt."""
        self.show(self.invocation(by).record(changes))

    def _check_clock(self, follows: str | None) -> None:
        """Say so where the clock is behind the newest entry: one of the two was wrong."""
        if follows is not None and clock.is_behind(self.now, follows):
            complain(
                f"this machine's clock ({clock.timestamp(self.now)}) is behind the newest "
                f"entry ({follows}); set it right, or undo that entry if another clock was wrong"
            )

    def show(self, receipt: Receipt) -> None:
        """Show what was changed, or would be."""
        if self.format == "text":
            from ksmy_tracker.render.text.receipt import as_text

            shown = as_text(receipt)
        else:
            from ksmy_tracker.render.json_contract import receipt_object

            shown = as_object(receipt_object(receipt, dry_run=self.dry_run), self.format)
        if self.dry_run:
            emit(shown)
            complain("dry run: nothing was written")
        else:
            emit_done(shown)
        self._check_clock(receipt.follows)
