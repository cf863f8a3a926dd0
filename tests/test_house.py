"""What the package's source may not have, wherever it stands: each rule of the house that no other tool holds."""

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

import ksmy_tracker

PACKAGE = Path(ksmy_tracker.__file__).parent

#: Each module of the package by where it stands in it, parsed.
MODULES = {
    str(path.relative_to(PACKAGE)): ast.parse(path.read_text("utf-8"), path)
    for path in sorted(PACKAGE.rglob("*.py"))
    if "migrations" not in path.relative_to(PACKAGE).parts
}

#: Longer than this, a module says why.
LINES = 250

#: Modules that model tables, or compare them with a schema.
MODELLING = ("storage/tables.py", "storage/migrations.py", "storage/postgres/schema_check.py")

#: The lines of a module at which a rule is broken.
Rule = Callable[[ast.Module], Iterable[int]]


def imports(tree: ast.Module) -> Iterator[tuple[int, str, str]]:
    """Each name that a module imports: its line, where from, and what it is called here."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for one in node.names:
                yield node.lineno, one.name, one.asname or one.name.partition(".")[0]
        elif isinstance(node, ast.ImportFrom) and node.module:
            for one in node.names:
                yield node.lineno, f"{node.module}.{one.name}", one.asname or one.name


def first_name(node: ast.expr) -> str:
    """The name that an expression such as `psycopg.errors.Error` begins with; empty if none."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def asks_for_an_engine(tree: ast.Module) -> Iterator[int]:
    """`isinstance(place, Server)`, and the same by `match`."""
    engines = {
        called
        for _, name, called in imports(tree)
        if name.startswith(("ksmy_tracker.storage", "sqlite3", "psycopg"))
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and first_name(node.func) in {"isinstance", "issubclass"}:
            asked = {first_name(one) for one in ast.walk(node.args[1]) if isinstance(one, ast.expr)}
        elif isinstance(node, ast.MatchClass):
            asked = {first_name(node.cls)}
        else:
            continue
        if asked & engines:
            yield node.lineno if isinstance(node, ast.Call) else node.cls.lineno


def takes_a_row_by_position(tree: ast.Module) -> Iterator[int]:
    """`row[3]`, and `row[3:]`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and re.fullmatch("(.*_)?row", first_name(node.value)):
            parts = (
                (node.slice.lower, node.slice.upper) if isinstance(node.slice, ast.Slice) else (node.slice,)
            )
            if any(isinstance(part, ast.Constant) and isinstance(part.value, int) for part in parts):
                yield node.lineno


def replaces_in_sql(tree: ast.Module) -> Iterator[int]:
    """`MILESTONES.replace(...)`; doubling a percent sign, as a driver wants it, changes no SQL."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        of = node.func.value
        sql = re.fullmatch("[A-Z_]+|sql|.*_sql|select|statement|query", first_name(of)) or (
            isinstance(of, ast.Constant) and re.match(r"\s*[A-Z]+ ", str(of.value))
        )
        percent = isinstance(node.args[0], ast.Constant) and node.args[0].value == "%" if node.args else False
        if node.func.attr == "replace" and sql and not percent:
            yield node.lineno


def searches_json_as_text(tree: ast.Module) -> Iterator[int]:
    """`changes LIKE '%"due":[%'`: SQL has functions for JSON."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and re.search(r"LIKE\s+'%[^']", str(node.value), re.IGNORECASE):
            yield node.lineno


def has_a_global(tree: ast.Module) -> Iterator[int]:
    """`global last`: what a module remembers, two callers share."""
    return (node.lineno for node in ast.walk(tree) if isinstance(node, ast.Global))


def asks_the_time(tree: ast.Module) -> Iterator[int]:
    """`datetime.now()`, `date.today()`, `time.time()`; how long something takes may be measured anywhere."""
    named = {called: name for _, name, called in imports(tree)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Name):
            begin, _, rest = ast.unparse(node).partition(".")
            full = ".".join(filter(None, (named.get(begin, ""), rest)))
            if re.fullmatch(
                r"datetime\.(datetime\.(now|utcnow|today)|date\.today)|time\.(time|time_ns|localtime|gmtime)",
                full,
            ):
                yield node.lineno


def asks_the_clock(tree: ast.Module) -> Iterator[int]:
    """`clock.now`."""
    named = {called: name for _, name, called in imports(tree)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Name):
            begin, _, rest = ast.unparse(node).partition(".")
            if ".".join(filter(None, (named.get(begin, ""), rest))) == "ksmy_tracker.clock.now":
                yield node.lineno


def models_tables(tree: ast.Module) -> Iterator[int]:
    """`from sqlmodel import ...`."""
    return (
        line
        for line, name, _ in imports(tree)
        if name.partition(".")[0] in {"sqlmodel", "sqlalchemy", "alembic"}
    )


def broken(rule: Rule, *rooms: str, without: tuple[str, ...] = ()) -> list[str]:
    """Where a rule is broken in some rooms, or anywhere."""
    return [
        f"{name}:{line}"
        for name, tree in MODULES.items()
        if name.startswith(rooms or "") and not name.startswith(without or ("-",))
        for line in sorted({*rule(tree)})
    ]


def test_only_storage_asks_which_engine_keeps_a_register() -> None:
    assert broken(asks_for_an_engine, without=("storage/",)) == []


def test_rows_are_taken_by_the_names_of_their_columns() -> None:
    assert broken(takes_a_row_by_position, "reading/", "writing/", "storage/") == []


def test_sql_is_not_made_by_replacing_in_sql() -> None:
    assert broken(replaces_in_sql, "reading/", "writing/", "storage/") == []


def test_json_is_not_searched_as_text() -> None:
    assert broken(searches_json_as_text) == []


def test_no_module_remembers_in_a_global() -> None:
    assert broken(has_a_global) == []


def test_one_module_reads_the_time() -> None:
    # How old a file is, is told by the clock that dated it.
    assert broken(asks_the_time, without=("clock.py", "storage/private_folder.py")) == []


def test_one_module_of_the_command_line_asks_the_clock() -> None:
    assert {place.partition(":")[0] for place in broken(asks_the_clock)} == {"cli/__init__.py"}


def test_what_models_tables_is_imported_where_a_schema_is_made_or_proved() -> None:
    assert broken(models_tables, without=MODELLING) == []


def test_every_module_says_what_it_is_for() -> None:
    said = {name: (ast.get_docstring(tree) or "").partition("\n")[0] for name, tree in MODULES.items()}
    assert [name for name, line in said.items() if not line.endswith((".", ":"))] == []


def test_a_long_module_says_why() -> None:
    lines = {name: len((PACKAGE / name).read_text("utf-8").splitlines()) for name in MODULES}
    unsaid = {name for name, tree in MODULES.items() if "Longer than" not in (ast.get_docstring(tree) or "")}
    assert [f"{name}: {lines[name]}" for name in sorted(unsaid) if lines[name] > LINES] == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    forbidden = re.compile(r"(.*_)?(utils?|helpers?|managers?|base|common|misc)(_.*)?")
    assert [name for name in MODULES if forbidden.fullmatch(Path(name).stem)] == []


@pytest.mark.parametrize(
    ("rule", "source"),
    [
        (
            asks_for_an_engine,
            "from ksmy_tracker.storage.locate import Server\nisinstance(place, str | Server)",
        ),
        (asks_for_an_engine, "import sqlite3\nisinstance(driver, sqlite3.Connection)"),
        (asks_for_an_engine, "from psycopg import Error\nmatch error:\n case Error(): pass"),
        (takes_a_row_by_position, "row[3]"),
        (takes_a_row_by_position, "the_row[1:]"),
        (replaces_in_sql, "OPEN_MILESTONE.replace('m.', 'n.')"),
        (replaces_in_sql, "'SELECT x'.replace('x', 'y')"),
        (searches_json_as_text, """'''changes LIKE '%"due":[%' '''"""),
        (searches_json_as_text, """f'''{column} like '%"due"%' '''"""),
        (has_a_global, "def remember():\n global last\n last = 1"),
        (asks_the_time, "from datetime import datetime\ndatetime.now()"),
        (asks_the_time, "import datetime\ndatetime.date.today()"),
        (asks_the_time, "from time import time\ntime()"),
        (asks_the_time, "import time\ntime.time()"),
        (asks_the_clock, "from ksmy_tracker import clock\nclock.now()"),
        (asks_the_clock, "from ksmy_tracker.clock import now as asked\nasked()"),
        (models_tables, "def work():\n from sqlalchemy.pool import NullPool"),
    ],
)
def test_each_rule_finds_what_it_forbids(rule: Rule, source: str) -> None:
    assert len([*rule(ast.parse(source))]) == 1


@pytest.mark.parametrize(
    ("rule", "source"),
    [
        (
            asks_for_an_engine,
            "from ksmy_tracker.domain.kinds import Agreement\nisinstance(record, Agreement)",
        ),
        (takes_a_row_by_position, "row[name]; rows[0]"),
        (replaces_in_sql, "sql.replace('%', '%%')"),
        (searches_json_as_text, "'title LIKE :pattern'"),
        (asks_the_time, "from time import monotonic\nmonotonic()"),
        (asks_the_clock, "from ksmy_tracker import clock\nclock.today(moment)"),
        (models_tables, "from ksmy_tracker.storage import tables"),
    ],
)
def test_each_rule_leaves_alone_what_is_allowed(rule: Rule, source: str) -> None:
    assert [*rule(ast.parse(source))] == []
