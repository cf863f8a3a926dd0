"""The options that commands share, what they mean, and the one place where the environment is read."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from ksmy_tracker import clock, signals
from ksmy_tracker.cli import completing
from ksmy_tracker.domain import words as vocabulary
from ksmy_tracker.domain.deadline import HORIZON_DAYS
from ksmy_tracker.domain.kinds import READERS
from ksmy_tracker.domain.rows import Day, Filters
from ksmy_tracker.domain.values import Fault, read_any_ref, read_day, read_filled
from ksmy_tracker.domain.words import did_you_mean
from ksmy_tracker.errors import Usage
from ksmy_tracker.storage.interface import TIMEOUT, Register
from ksmy_tracker.storage.locate import locate

LOOK, CHANGE, LOOK_AFTER = "Look", "Change", "Look after"


def format_option(text: str, **more: Any) -> Any:
    """The option that chooses the format of a result."""
    return typer.Option("--format", "-f", metavar="FORMAT", help=text, **more)


def field_option(name: str, metavar: str, text: str, **more: Any) -> Any:
    """The option that sets a field of a record."""
    return typer.Option(option_of(name), metavar=metavar, help=text, **more)


def option_of(field: str) -> str:
    """The option of a field, as it is given."""
    return f"--{field.replace('_', '-')}"


Db = Annotated[
    str | None,
    typer.Option(
        "--db",
        envvar="KSMY_DATABASE_URL",
        metavar="PATH",
        autocompletion=completing.files,
        help="The register: a file's path, or postgresql://USER@HOST/DATABASE.",
    ),
]
Timeout = Annotated[
    float,
    typer.Option(
        "--timeout", metavar="SECONDS", min=0, help="How long to wait for another writer, or for a server."
    ),
]
Zone = Annotated[
    str,
    typer.Option(
        "--tz",
        envvar="KSMY_TZ",
        metavar="ZONE",
        autocompletion=completing.zones,
        help="The time zone in which today is meant.",
    ),
]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DATE", help="The register as it stood at the end of that day."),
]
Format = Annotated[
    str | None,
    format_option(
        "table, tsv, csv, json, jsonl or md. Default: table on a terminal, tsv in a pipe.",
        autocompletion=completing.formats,
    ),
]
ReceiptFormat = Annotated[
    str | None,
    format_option("text (the default), json or jsonl.", autocompletion=completing.receipt_formats),
]
Raw = Annotated[
    bool, typer.Option("--raw", help="In csv: texts exactly, even where they start like a formula.")
]
Columns = Annotated[
    str | None,
    typer.Option(
        "--columns",
        metavar="NAME,NAME",
        autocompletion=completing.columns,
        help="Which columns, in which order.",
    ),
]
Limit = Annotated[
    int | None, typer.Option("--limit", metavar="N", min=0, max=2**63 - 1, help="At most so many.")
]
Withdrawn = Annotated[bool, typer.Option("--withdrawn", help="Also what was added by mistake and withdrawn.")]
Within = Annotated[int, typer.Option("--within", metavar="DAYS", min=0, help="How far ahead counts as soon.")]
Ref = Annotated[
    str,
    typer.Argument(
        metavar="REF", autocompletion=completing.refs, help="A ref such as FTA-CONCLUDE, in any case."
    ),
]
Refs = Annotated[
    list[str],
    typer.Argument(
        metavar="REF", autocompletion=completing.refs, help="Refs such as FTA-CONCLUDE, in any case."
    ),
]

DEFAULT_TIMEOUT = TIMEOUT
DEFAULT_ZONE = clock.DEFAULT_ZONE
DEFAULT_WITHIN = HORIZON_DAYS

FORMATS = ("table", "tsv", "csv", "json", "jsonl", "md")

Title = Annotated[str | None, field_option("title", "TEXT", "What it is, in a line.")]
Detail = Annotated[str | None, field_option("detail", "TEXT", "Figures and circumstances.")]
AgreementRef = Annotated[
    str | None,
    field_option("agreement", "REF", "The agreement it belongs to.", autocompletion=completing.agreements),
]
Sector = Annotated[
    str | None, field_option("sector", "SLUG", "Such as green-energy.", autocompletion=completing.sectors)
]
Parties = Annotated[
    str | None, field_option("parties", "PARTIES", "KR, MY or both.", autocompletion=completing.parties)
]
Firmness = Annotated[
    str | None,
    field_option(
        "firmness",
        "WORD",
        f"How firmly the source says it: {', '.join(vocabulary.FIRMNESSES)}.",
        autocompletion=completing.firmnesses,
    ),
]
Verifiable = Annotated[
    bool | None,
    typer.Option("--verifiable/--not-verifiable", help="Whether any evidence could show it done."),
]
Source = Annotated[str | None, field_option("source", "TEXT", "Where it was read.")]
Status = Annotated[
    str | None,
    field_option(
        "status",
        "STATUS",
        f"What is declared: {', '.join(vocabulary.STATUSES)}.",
        autocompletion=completing.statuses,
    ),
]
Due = Annotated[
    str | None,
    field_option("due", "EDTF", "The deadline as stated: 2025, 2026-06, 2025-Q4, 2025-12-31. Empty: none."),
]
DuePhrase = Annotated[str | None, field_option("due_phrase", "TEXT", "The deadline in the source's words.")]
OnlySector = Annotated[
    list[str] | None,
    typer.Option(
        "--sector", metavar="SLUG", autocompletion=completing.sectors, help="Only this sector. Repeatable."
    ),
]
OnlyParty = Annotated[
    list[str] | None,
    typer.Option(
        "--party",
        metavar="PARTY",
        autocompletion=completing.parties,
        help="Only where KR (or MY) has a part.",
    ),
]
OnlyAgreement = Annotated[
    list[str] | None,
    typer.Option(
        "--agreement", metavar="REF", autocompletion=completing.agreements, help="Only this agreement."
    ),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        autocompletion=completing.files,
        help="Write to a file, whole or not at all.",
    ),
]
Kind = Annotated[
    str | None,
    field_option(
        "kind",
        "KIND",
        f"Of an agreement: {', '.join(vocabulary.KINDS)}.",
        autocompletion=completing.kinds,
    ),
]
Stage = Annotated[
    str | None,
    field_option(
        "stage",
        "STAGE",
        f"Of an agreement: {', '.join(vocabulary.STAGES)}.",
        autocompletion=completing.stages,
    ),
]
Dated = Annotated[str | None, field_option("dated", "EDTF", "Of an agreement: when it was made.")]
Place = Annotated[str | None, field_option("place", "TEXT", "Of an agreement: where it was made.")]
Note = Annotated[str | None, typer.Option("--note", metavar="TEXT", help="Why, or what else is to be said.")]
Evidence = Annotated[
    list[str] | None,
    typer.Option("--evidence", metavar="URL", help="What shows it: an address or a citation. Repeatable."),
]
On = Annotated[
    str | None,
    typer.Option("--on", metavar="DATE", help="The day it took effect, if not today."),
]
By = Annotated[
    str | None,
    typer.Option(
        "--by", envvar="KSMY_ACTOR", metavar="NAME", help="Who records it. Default: the system user."
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be done and write nothing.")]
NewSector = Annotated[
    bool, typer.Option("--new-sector", help="Take a sector that is close to a known one as a new one.")
]


def register_at(db: str | None) -> Register:
    """The register that `--db` or the environment names, noted for where something fails that should not."""
    from typer._click.globals import get_current_context

    if db == "":  # an empty variable of the environment counts as none
        raise Usage("--db is empty; name a register, or leave the option out for your own")
    register = locate(db)
    context = get_current_context(silent=True)
    if context is not None and isinstance(context.obj, list):
        context.obj.append(register)
    return register


def once_made(register: Register, made: str) -> None:
    """A register is made: a file once it is in its place, a database once it is committed."""
    in_doubt = f"whether {register} is {made} is not known; `ksmy check` tells"
    signals.once(register.made_once, f"{register} is {made}", in_doubt=in_doubt)


def day(as_of: str | None, zone: str, within: int = HORIZON_DAYS) -> Day:
    """The day a command looks from."""
    today = clock.today(zone)
    if as_of is not None:
        return Day(date.fromisoformat(checked("--as-of", read_day, as_of)), within)
    return Day(today, within, as_it_stood=False)


def checked(option: str, read: Any, value: Any) -> Any:
    """A value read, or `Usage` naming the option that has it."""
    try:
        return read(value)
    except Fault as error:
        raise Usage(f"{option}: {error}") from None


def ref_of(value: str) -> str:
    """A ref, or a milestone's such as FTA-CONCLUDE/2, in upper case."""
    ref: str = checked("REF", read_any_ref, value)
    return ref


def words(option: str, values: Sequence[str] | None) -> list[str]:
    """The values of a repeatable filter, each a word its field may have; commas separate them too."""
    return [checked(f"--{option}", READERS[_FIELD_OF.get(option, option)], one) for one in listed(values)]


def listed(values: Sequence[str] | None) -> list[str]:
    """The values of a repeatable option; commas separate them too, with or without spaces."""
    return [one.strip() for value in values or () for one in value.split(",")]


_FIELD_OF = {"party": "parties"}


def narrowing(sector: list[str] | None, party: list[str] | None, agreement: list[str] | None) -> Filters:
    """What `--sector`, `--party` and `--agreement` narrow a view to."""
    return Filters(
        sector=words("sector", sector),
        party=words("party", party),
        agreement=words("agreement", agreement),
    )


def optional_day(option: str, value: str | None) -> str | None:
    """A date given to an option, in ISO form."""
    return None if value is None else str(checked(option, read_day, value))


def chosen_format(
    given: str | None, formats: Sequence[str], on_terminal: str, in_pipe: str, option: str = "--format"
) -> str:
    """The format asked for, or the one for where the result goes."""
    from ksmy_tracker.cli.output import is_terminal

    if given is None:
        return on_terminal if is_terminal() else in_pipe
    wanted = given.strip().lower()
    if wanted not in formats:
        raise Usage(f"{option}: there is no {given!r} here; {did_you_mean(wanted, formats)}")
    return wanted


def actor(given: str | None) -> str:
    """Who records: `--by`, the environment's `KSMY_ACTOR`, or the system user."""
    if given is not None:
        return str(checked("--by", read_filled, given))
    import getpass
    import os

    try:
        return read_filled(getpass.getuser())
    except (OSError, KeyError, ImportError, Fault):
        return f"uid {os.getuid()}"
