"""The one place that reads the time, and the one that knows time zones."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

from ksmy_tracker.domain.zone import ZONE
from ksmy_tracker.errors import KsmyError, Usage

#: Years that a clock can say: others are a mistake, and at both ends of the calendar nothing can be computed.
FIRST_YEAR: Final = 1970
LAST_YEAR: Final = 9000


def now() -> datetime:
    """The present moment, aware, in UTC; a command asks once, when it begins."""
    return datetime.now(UTC)


def zone(name: str) -> tzinfo:
    """An IANA time zone; raises `Usage` for an unknown one, `KsmyError` where this machine has none at all."""
    found = _zone(name)
    if found is None and _zone(ZONE) is None:
        raise KsmyError("this machine has no time zones; install the package tzdata beside this program")
    if found is None:
        raise Usage(f"there is no time zone {name!r}; give an IANA name such as {ZONE} or Asia/Seoul")
    return found


def today(moment: datetime, where: tzinfo) -> date:
    """The calendar date it is at a moment in a time zone; raises `KsmyError` for a clock that nobody can have set."""
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise KsmyError(f"the clock of this machine says that it is the year {moment.year}; set it right")
    return moment.astimezone(where).date()


def end_of(day: date, where: tzinfo) -> datetime:
    """The moment at which a day ends in a time zone, aware."""
    try:
        return datetime.combine(day + timedelta(days=1), time.min, where)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)


def _zone(name: str) -> tzinfo | None:
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except Exception:  # noqa: BLE001  # whatever a file that is none makes it raise
        return None


def timestamp(moment: datetime) -> str:
    """The recording time of an entry, in UTC with microseconds: `2026-11-23T17:07:28.000000Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def is_behind(moment: datetime, recorded_at: str) -> bool:
    """Whether a moment is more than an hour before that of an entry."""
    try:
        return moment + timedelta(hours=1) < datetime.fromisoformat(recorded_at)
    except ValueError:  # what only damage can have put there
        return False
