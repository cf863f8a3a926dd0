"""A whole register as JSON lines (`ksmy-export/1`): equal registers give equal bytes.

Line 1 is `{"format", "entries", "head"}`. Then come the records as they now are, agreements, commitments, milestones,
each kind by ref: `{"agreement": {...}}`. Then, by key, the keys of lines that changed nothing:
`{"unchanged_key": {...}}`. Then the entries in the order of the chain: `{"entry": {...}}`, each with all that its
hash covers. Keys of objects are sorted and there are no spaces.
"""

from collections.abc import Iterator
from types import NoneType
from typing import Final

import msgspec

from ksmy_tracker.domain.chain import read_changes, to_canonical_json
from ksmy_tracker.domain.entries import ENTRY_FIELDS, UNCHANGED_KEY, BrokenEntry
from ksmy_tracker.domain.kinds import COLUMNS
from ksmy_tracker.storage.interface import Reader

FORMAT: Final = "ksmy-export/1"

#: The tables in their order, with their columns; each is written by its first column.
TABLES: Final = {**COLUMNS, "unchanged_key": UNCHANGED_KEY, "entry": ENTRY_FIELDS}


def export_lines(reader: Reader) -> Iterator[str]:
    """The lines of an export, each with its line break, one at a time; raises `BrokenEntry` on damage."""
    count, head = reader.tuples(
        "SELECT count(*), (SELECT hash FROM entry ORDER BY id DESC LIMIT 1) FROM entry"
    )[0]
    yield to_canonical_json({"format": FORMAT, "entries": count, "head": head}) + "\n"
    for table, columns in TABLES.items():
        for row in reader.tuple_stream(f"SELECT {', '.join(columns)} FROM {table} ORDER BY {columns[0]}"):
            if not {str, int, NoneType}.issuperset(map(type, row)):
                raise BrokenEntry(f"a value in the table {table} is of a kind that no register has")
            fields = dict(zip(columns, row, strict=True))
            if table == "entry":
                read_changes(fields["id"], fields["changes"], fields["evidence"])  # refuses what cannot be
                for name in ("changes", "evidence"):
                    fields[name] = msgspec.Raw(fields[name])
            yield to_canonical_json({table: fields}) + "\n"
