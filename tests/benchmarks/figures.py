"""Every figure, with its floor and the bound it must keep (docs/performance.md)."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from tests.benchmarks.bench import KSMY, Bench, floor
from tests.benchmarks.timing import Command, Figure

#: A command of a run, by its number.
Runs = Callable[[int], Command]

#: The day the big register ends on, so that what is overdue in it does not depend on when this runs.
AS_OF: Final = ("--as-of", "2026-01-15")

OVERDUE: Final = ("list", "--overdue", "--limit", "20", "--format", "json", *AS_OF)


def figures(bench: Bench) -> Iterator[Figure]:
    """All figures. No register is made before a figure that needs it is run."""
    yield from looking(bench)
    yield from changing(bench)
    yield from of_the_big_register(bench)
    yield from of_points(bench)
    yield from of_all_of_it(bench)
    yield from of_parts(bench)
    yield from of_batches(bench)
    yield from on_a_server(bench)


def looking(bench: Bench) -> Iterator[Figure]:
    """Looking commands on the seed, and completion, beside an empty app."""

    one_line = _empty_app(bench)
    commands = {
        "list": ("list",),
        "show": ("show", "FTA-CONCLUDE"),
        "due": ("due",),
        "history": ("history",),
        "agreements": ("agreements",),
    }
    for name, arguments in commands.items():
        for form, bound in (("json", 1.2), ("tsv", 1.2), ("table", 1.45)):
            look = _look(bench, lambda: bench.seed, *arguments, "--format", form)
            yield Figure(f"{name} {form}", bound, look, one_line)
    for form, bound in (("json", 1.2), ("text", 1.45), ("html", 2.2)):
        look = _look(bench, lambda: bench.seed, "report", "--format", form)
        yield Figure(f"report {form}", bound, look, one_line)
    for name in ("list", "report"):
        now = _look(bench, lambda: bench.changed_since, name, "--format", "json")
        for point in ("--as-of", "--known-on"):
            then = _look(bench, lambda: bench.changed_since, name, "--format", "json", point, "2025-06-01")
            yield Figure(f"{name} {point}", 1.1, then, now)

    def complete_ref(_: int) -> Command:
        words = {"COMP_WORDS": "ksmy show FTA", "COMP_CWORD": "2"}
        return bench.ksmy(bench.seed, expects="FTA-CONCLUDE", _KSMY_COMPLETE="complete_bash", **words)

    def complete_command(_: int) -> Command:
        words = {"COMP_WORDS": "floor he", "COMP_CWORD": "1"}
        return bench.script(*floor("two_commands"), expects="hello", _FLOOR_COMPLETE="complete_bash", **words)

    yield Figure("completion", 1.2, complete_ref, complete_command)


def changing(bench: Bench) -> Iterator[Figure]:
    """Changes of the seed, beside an app that commits one row; then as many as a shell's loop makes."""

    def one_row(_: int) -> Command:
        return bench.script(*floor("one_row"), "commit", str(bench.table), expects="committed")

    for name, change in _changes(bench, lambda: bench.changing).items():
        yield Figure(name, 1.35, change, one_row, most_memory=45)

    def updates(_: int) -> Command:
        update = ("update", "HYDROGEN", "--detail", "As in week $i.", "--db", str(bench.for_loop()))
        return bench.looped(*KSMY, *update, expects=f"(entry {bench.entries_of_seed + bench.loop})")

    def rows(_: int) -> Command:
        return bench.looped(*floor("one_row"), "commit", str(bench.table), expects="committed")

    yield Figure(f"loop of {bench.loop} updates", 1.35, updates, rows, most_runs=3)


def of_the_big_register(bench: Bench) -> Iterator[Figure]:
    """Looking commands, export and import of the big register; beside the seed, or against seconds."""
    for name, bound, arguments in (("big list", 1.3, OVERDUE), ("big report", 3.0, ("report", *AS_OF))):
        yield Figure(
            name,
            bound,
            _look(bench, lambda: bench.big, *arguments, expects="overdue"),
            _look(bench, lambda: bench.seed, *arguments, expects="overdue"),
        )
    for form in ("text", "md", "html", "json"):
        look = _look(bench, lambda: bench.big, "report", "--format", form, *AS_OF, expects="overdue")
        yield Figure(f"big report {form}", 3, look, most_memory=300, most_runs=7)

    def export(_: int) -> Command:
        return bench.ksmy(bench.big, "export", expects='"format":"ksmy-export/2"')

    def load(_: int) -> Command:
        return bench.ksmy(bench.imported(), "import", str(bench.big_export), expects="imported into")

    def bare(_: int) -> Command:
        files = (str(bench.new_tables()), str(bench.big_export))
        return bench.script(*floor("bare_import"), *files, expects="imported")

    yield Figure("big export", 12, export, most_memory=100, most_runs=5)
    yield Figure("big import", 1.3, load, bare, most_memory=250, most_runs=3)
    check = _look(bench, lambda: bench.big, "check", expects="entries")
    yield Figure("big check", 70, check, _empty_app(bench), most_memory=100, most_runs=3)


def of_points(bench: Bench) -> Iterator[Figure]:
    """The big register two years before it ends, and what moved in its last year, beside an empty app."""
    looks = (
        ("list --as-of", 19, 350, ("list", "--limit", "20", "--as-of", "2024-01-14")),
        ("report --as-of", 30, 400, ("report", "--as-of", "2024-01-14")),
        ("diff", 46, 300, ("diff", "2025-01-14", "2026-01-14", "--format", "json")),
    )
    for name, bound, memory, arguments in looks:
        look = _look(bench, lambda: bench.big, *arguments, expects="-0000")
        yield Figure(f"big {name}", bound, look, _empty_app(bench), most_memory=memory, most_runs=5)


def of_all_of_it(bench: Bench) -> Iterator[Figure]:
    """All that the big register has in each format, beside an empty app: written as it is read."""
    for form in ("json", "jsonl", "csv", "tsv"):
        look = _look(bench, lambda: bench.big, "list", "--format", form, expects="TRADE-000000")
        yield Figure(f"big list {form}", 31, look, _empty_app(bench), most_memory=120, most_runs=5)
    for form, bound in (("json", 120), ("jsonl", 80), ("csv", 80), ("tsv", 80)):
        look = _look(bench, lambda: bench.big, "history", "--format", form, expects="TRADE-000000")
        yield Figure(f"big history {form}", bound, look, _empty_app(bench), most_memory=120, most_runs=5)
    calendar = _look(bench, lambda: bench.big, "export", "--format", "ics", expects="END:VCALENDAR")
    yield Figure("big export ics", 38, calendar, _empty_app(bench), most_memory=150, most_runs=5)
    search = _look(bench, lambda: bench.big, "list", "--search", "no. 471", expects="-000471")
    yield Figure("big list --search", 8, search, _empty_app(bench), most_memory=120, most_runs=7)
    for form in ("text", "svg"):
        look = _look(
            bench, lambda: bench.big, "timeline", "--format", form, *AS_OF, expects="nearest to today"
        )
        yield Figure(f"big timeline {form}", 4, look, _empty_app(bench), most_memory=100, most_runs=5)


def of_parts(bench: Bench) -> Iterator[Figure]:
    """Commands on a part of the big register, beside the same on the whole of it."""
    parts = (("--sector", "trade"), ("--party", "KR"), ("--agreement", "AGREEMENT-001"))
    commands = {
        "report": ("report", *AS_OF),
        "due": ("due", "--format", "jsonl", *AS_OF),
        "timeline": ("timeline", "--format", "svg", *AS_OF),
        "export ics": ("export", "--format", "ics"),
    }
    for name, arguments in commands.items():
        whole = _look(bench, lambda: bench.big, *arguments, expects="e")
        for part in parts:
            look = _look(bench, lambda: bench.big, *arguments, *part, expects="e")
            yield Figure(f"big {name} {part[0]}", 1.3, look, whole, most_runs=5)


def of_batches(bench: Bench) -> Iterator[Figure]:
    """Batches, beside a bare script, and beside batches of a tenth of their lines."""
    many = bench.commitments

    def bare(_: int) -> Command:
        files = (str(bench.new_tables()), str(bench.batch(many)))
        return bench.script(*floor("bare_batch"), *files, expects=f"applied {many}")

    def apply(lines: int) -> Runs:
        return _apply(bench, bench.for_batch, lines)

    yield Figure(f"apply {many:,}", 5, apply(many), bare, most_memory=210, most_runs=5)
    for lines in (many, many // 10):
        name = f"apply {lines:,} : {lines // 10:,}"
        yield Figure(name, 10, apply(lines), apply(lines // 10), most_runs=5)


def on_a_server(bench: Bench) -> Iterator[Figure]:
    """A register on a PostgreSQL server of this machine, beside an app on psycopg or the same on SQLite."""

    def one_select(_: int) -> Command:
        return bench.script(*floor("server_row"), "look", bench.server_table, expects="line 20")

    def one_row(_: int) -> Command:
        return bench.script(*floor("server_row"), "commit", bench.server_table, expects="committed")

    for name in ("list", "due", "report"):
        look = _look(bench, lambda: bench.server("seed"), name, "--format", "json")
        yield Figure(f"server {name} json", 1.3, look, one_select)
    for name, change in _changes(bench, lambda: bench.server("changing")).items():
        yield Figure(f"server {name}", 1.35, change, one_row)
    many = bench.commitments
    yield Figure(
        f"server apply {many:,}",
        3,
        _apply(bench, lambda: bench.server("fifth", anew=True), many),
        _apply(bench, bench.for_batch, many),
        most_runs=3,
    )
    yield Figure(
        "server big list",
        1.3,
        _look(bench, lambda: bench.server("big"), *OVERDUE, expects="overdue"),
        _look(bench, lambda: bench.server("seed"), *OVERDUE, expects="overdue"),
    )


def _empty_app(bench: Bench) -> Runs:
    return lambda _: bench.script(*floor("two_commands"), "hello", expects="hello")


def _look(bench: Bench, place: Callable[[], Path | str], *arguments: str, expects: str = "FTA") -> Runs:
    return lambda _: bench.ksmy(place(), *arguments, expects=expects)


def _apply(bench: Bench, place: Callable[[], Path | str], lines: int) -> Runs:
    return lambda _: bench.ksmy(place(), "apply", str(bench.batch(lines)), expects=f"line {lines - 1}")


def _changes(bench: Bench, place: Callable[[], Path | str]) -> dict[str, Runs]:
    """Commands by name, each of which changes something however often it is run."""

    def update(number: int) -> Command:
        status = ("in-progress", "planned")[number % 2]
        return bench.ksmy(place(), "update", "HYDROGEN", "--status", status, expects=f"-> {status}")

    def milestone_set(number: int) -> Command:
        state = ("met", "scheduled")[number % 2]
        step = ("milestone", "set", "FTA-CONCLUDE", "5", "--state", state)
        return bench.ksmy(place(), *step, expects=f"-> {state}")

    def add(number: int) -> Command:
        fields = ("--title", "A promise", "--agreement", "FTA", "--sector", "trade", "--firmness", "agreed")
        return bench.ksmy(place(), "add", f"ADDED-{number}", *fields, expects=f"ADDED-{number} created")

    def undo(_: int) -> Command:
        bench.prepare(place(), "update", "CCS-START", "--status", "in-progress")
        return bench.ksmy(place(), "undo", expects="CCS-START undone: status in-progress -> planned")

    return {"update": update, "milestone set": milestone_set, "add": add, "undo": undo}
