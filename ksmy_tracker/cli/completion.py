"""What a shell is offered: refs, sectors, words and columns. On any trouble it is offered nothing."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, Final

import typer

from ksmy_tracker.domain.values import is_kept, read_any_ref, read_ref, read_slug

Offers = list[tuple[str, str]]
Complete = Callable[[typer.Context, str], Offers]

#: The exit code that tells the script of a shell to offer files, which it knows better how to.
FILE_MEANT: Final = 12


class FileMeant(Exception):
    """Where the cursor is, a file is to be named."""


def files(context: typer.Context, incomplete: str) -> Offers:
    """Leave it to the shell to offer files."""
    raise FileMeant


def _quietly(complete: Complete) -> Complete:
    @wraps(complete)
    def complete_quietly(context: typer.Context, incomplete: str) -> Offers:
        try:
            return complete(context, incomplete)
        except Exception:  # noqa: BLE001  # at TAB a shell wants nothing said of any trouble
            return []

    return complete_quietly


@_quietly
def refs(context: typer.Context, incomplete: str) -> Offers:
    """Refs of the register, with their titles."""
    from ksmy_tracker.reading.refs import refs as refs_of

    found = _well_formed(read_ref, [(row.ref, row.title) for row in _look(context, refs_of)])
    return [(_in_case(ref, incomplete), title) for ref, title in found]


@_quietly
def claims(context: typer.Context, incomplete: str) -> Offers:
    """Refs of claims that stand, with what they say."""
    from ksmy_tracker.reading.claims import claims as claims_of

    found = [
        (one.ref, f"{one.field} {one.value}") for one in _look(context, claims_of) if one.state == "standing"
    ]
    return [(_in_case(ref, incomplete), said) for ref, said in _well_formed(read_any_ref, found)]


def refs_of_a_kind(kind: str) -> Complete:
    """Refs of records of a kind, with their titles."""

    @_quietly
    def complete(context: typer.Context, incomplete: str) -> Offers:
        from ksmy_tracker.reading.refs import refs as refs_of

        rows = _look(context, lambda snapshot: refs_of(snapshot, kind))
        found = _well_formed(read_ref, [(row.ref, row.title) for row in rows])
        return [(_in_case(ref, incomplete), title) for ref, title in found]

    return complete


@_quietly
def parties(context: typer.Context, incomplete: str) -> Offers:
    """The parties by their refs, with their names, and what stands for all of them."""
    names = _look(context, lambda snapshot: snapshot.party_names)
    return [*names.items(), ("both" if len(names) == 2 else "all", "")]


@_quietly
def milestones(context: typer.Context, incomplete: str) -> Offers:
    """The numbers of the milestones of the commitment named so far, with their titles."""
    from ksmy_tracker.reading.milestones import milestones as milestones_of

    ref = context.params["ref"]
    rows = _look(context, lambda snapshot: milestones_of(snapshot, ref))
    found = [(str(row.number), row.title) for row in rows if not row.withdrawn]
    return [(number, title) for number, title in found if number.isascii() and number.isdigit()]


@_quietly
def zones(context: typer.Context, incomplete: str) -> Offers:
    """The time zones of this machine."""
    from zoneinfo import available_timezones

    return [(zone, "") for zone in sorted(available_timezones())]


def slugs(field: str) -> Complete:
    """What commitments have in a field that is an open list."""

    @_quietly
    def complete(context: typer.Context, incomplete: str) -> Offers:
        from ksmy_tracker.reading.filters import slugs as slugs_of

        found = _look(context, lambda snapshot: slugs_of(snapshot, field))
        return _well_formed(read_slug, [(slug, "") for slug in found])

    return complete


@_quietly
def columns(context: typer.Context, incomplete: str) -> Offers:
    """The columns of the command's rows; after a comma, one that is not named yet."""
    from ksmy_tracker.cli.columns import ROW_OF
    from ksmy_tracker.domain import rows

    done, comma, _ = incomplete.rpartition(",")
    named = done.lower().replace("-", "_").split(",")
    known = rows.names(ROW_OF[context.command_path.partition(" ")[2]])
    return [(f"{done}{comma}{name}", "") for name in known if name not in named]


@_quietly
def sort_fields(context: typer.Context, incomplete: str) -> Offers:
    """The fields a listing can be sorted by, each way."""
    from ksmy_tracker.reading.commitments import SORT

    minus = "-" if incomplete.startswith("-") else ""
    return [(f"{minus}{name}", "") for name in SORT]


def words(offered: Sequence[str]) -> Complete:
    """All of some words."""

    def complete(context: typer.Context, incomplete: str) -> Offers:
        return [(word, "") for word in offered]

    return complete


def _look(context: typer.Context, question: Callable[[Any], Any]) -> Any:
    """Ask the register that the command line names so far; a writer is not waited for."""
    from ksmy_tracker import clock
    from ksmy_tracker.domain.rows import Day
    from ksmy_tracker.domain.zone import ZONE
    from ksmy_tracker.reading.snapshot import Snapshot
    from ksmy_tracker.storage.locate import locate

    register = context.params.get("db")
    if register is None:
        source = context.get_parameter_source("db")
        if source is None or source.name != "DEFAULT":  # what is named is none
            return []
        register = locate(None)
    today = clock.today(context.obj, clock.zone(ZONE))
    with register.reading(0.2) as reader:
        return question(Snapshot(reader, Day(today)))


def _well_formed(read: Callable[[Any], str], found: Offers) -> Offers:
    """What a register says, without what no option would take or the register cannot have from this program."""
    return [(word, str(meaning)) for word, meaning in found if is_kept(read, word)]


def _in_case(ref: str, incomplete: str) -> str:
    """A ref in the case the user has begun it in."""
    return ref.lower() if incomplete and incomplete == incomplete.lower() else ref
