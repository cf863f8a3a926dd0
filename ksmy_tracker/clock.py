"""The one place that reads the time."""

from datetime import UTC, date, datetime

from ksmy_tracker.errors import Usage

#: Of the two capitals the day ends last in Kuala Lumpur (UTC+8; Seoul is UTC+9), so a deadline has
#: passed in both once it has passed there.
DEFAULT_ZONE = "Asia/Kuala_Lumpur"


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def today(zone: str = DEFAULT_ZONE) -> date:
    """The calendar date it now is in an IANA time zone; raises `Usage` for an unknown zone."""
    from zoneinfo import ZoneInfo

    try:
        tzinfo = ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        raise Usage(
            f"there is no time zone {zone!r}; give an IANA name such as {DEFAULT_ZONE} or Asia/Seoul"
        ) from None
    return now().astimezone(tzinfo).date()


def timestamp(moment: datetime) -> str:
    """The recording time of an entry, in UTC with microseconds: `2026-11-23T17:07:28.000000Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
