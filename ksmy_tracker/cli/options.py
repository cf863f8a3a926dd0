"""The options that several commands take, and what their values mean."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, tzinfo
from pathlib import Path
from typing import Annotated

from ksmy_tracker import clock
from ksmy_tracker.cli import completion
from ksmy_tracker.cli.command import Option, argument, flag, option, repeatable
from ksmy_tracker.cli.fields import only
from ksmy_tracker.domain.deadline import HORIZON_DAYS
from ksmy_tracker.domain.kinds import SEARCHED
from ksmy_tracker.domain.rows import Day, Filters
from ksmy_tracker.domain.values import Fault, read_any_ref, read_count, read_day, read_ref, read_text
from ksmy_tracker.domain.words import did_you_mean
from ksmy_tracker.errors import Usage
from ksmy_tracker.reading.snapshot import zone_of
from ksmy_tracker.storage.interface import Reader


def one_of(words: Sequence[str]) -> Callable[[str], str]:
    """A reader of one of some words, in any case."""

    def read(given: str) -> str:
        wanted = given.strip().lower()
        if wanted not in words:
            raise Fault(f"there is no {given!r} here; {did_you_mean(wanted, words)}")
        return wanted

    return read


def format_option(
    text: str, words: Sequence[str], otherwise: Callable[[], str], also: str | None = None
) -> Option:
    """The option that chooses the format of a result; `also` is another name for what it is `otherwise`."""

    def settle(chosen: str | None) -> str:
        return otherwise() if chosen in (None, also) else str(chosen)

    return option(
        "--format",
        "FORMAT",
        text,
        one_of(words if also is None else (*words, also)),
        short="-f",
        settle=settle,
        offers=completion.words(words),
    )


Zone = Annotated[
    tzinfo | None,
    option(
        "--tz",
        "ZONE",
        "The time zone in which today is meant. Default: the register's.",
        clock.zone,
        envvar="KSMY_TZ",
        offers=completion.zones,
    ),
]
AsOf = Annotated[
    date | None,
    option(
        "--as-of",
        "DATE",
        "As of the end of that day, by all that is known now.",
        lambda given: date.fromisoformat(read_day(given)),
    ),
]
KnownOn = Annotated[
    date | None,
    option(
        "--known-on",
        "DATE",
        "By what had been recorded by the end of that day.",
        lambda given: date.fromisoformat(read_day(given)),
    ),
]
Within = Annotated[
    int, option("--within", "DAYS", "How far ahead counts as soon.", read_count, default=HORIZON_DAYS)
]
Limit = Annotated[int | None, option("--limit", "N", "At most so many.", read_count)]


def read_search(given: str) -> list[str]:
    """A text that is searched for; an empty one asks for nothing."""
    return [read_text(given)] if given else []


def search_option(*places: str) -> Option:
    """The option that searches, among others, some places."""
    *first, last = ("ref", *places)
    text = f"Only with this text in {', '.join(first)} or {last}. Repeated: with all of them."
    return repeatable("--search", "TEXT", text, read_search)


def searched_of(kind: str) -> list[str]:
    """What is searched of a kind of record, each by its last word (of a due phrase, the phrase), and of its entries."""
    return [*(name.rpartition("_")[2] for name in SEARCHED[kind]), "note", "evidence"]


Search = Annotated[list[str], search_option(*searched_of("commitment"))]
Withdrawn = Annotated[bool, flag("--withdrawn", "Also what was added by mistake and withdrawn.")]
Output = Annotated[
    Path | None,
    option("--output", "FILE", "Write to a file, whole or not at all.", short="-o", offers=completion.files),
]
Ref = Annotated[
    str, argument("REF", "A ref such as FTA-CONCLUDE, in any case.", read_any_ref, offers=completion.refs)
]
CommitmentRef = Annotated[
    str, argument("REF", "A ref such as FTA-CONCLUDE, in any case.", read_ref, offers=completion.refs)
]


def day_of(
    reader: Reader,
    as_of: date | None,
    known_on: date | None,
    zone: tzinfo | None,
    now: datetime,
    within: int = HORIZON_DAYS,
) -> Day:
    """The day a command looks from; with a day of knowledge alone, as a command of that day did."""
    zone = zone or zone_of(reader)
    today = clock.today(now, zone)
    if known_on is not None and known_on > today:
        raise Usage(
            f"--known-on {known_on} is in the future (today is {today}); give today or an earlier day"
        )
    if known_on is not None and known_on < today:
        until = clock.timestamp(clock.end_of(known_on, zone))
        return Day(as_of or known_on, within, as_of is not None, known_on, until)
    if as_of is None:
        return Day(today, within, as_it_stood=False)
    return Day(as_of, within, known_on=today if as_of == today else None)


@dataclass(frozen=True, slots=True)
class Narrowing:
    """The part of a register that a command is about."""

    sector: Annotated[list[str], only("sector", "Only this sector. Repeatable.")]
    topic: Annotated[list[str], only("topics", "Only about this topic.", name="topic")]
    party: Annotated[list[str], only("parties", "Only where KR (or MY) has a part.", name="party")]
    lead: Annotated[list[str], only("leads", "Only what this body must deliver.", name="lead")]
    partner: Annotated[list[str], only("partners", "Only what this body takes part in.", name="partner")]
    agreement: Annotated[list[str], only("agreement", "Only this agreement.")]
    search: Search

    def filters(self) -> Filters:
        """What lets that part through."""
        return Filters(**asdict(self))
