"""A register made from an export (see reading/export.py): its entries inserted, then proven, and records made of them.

What is wrong with a line by itself is found as it is read (export_lines.py); what lines say of each other is found in
the tables, as `ksmy check` finds it. An export of the format before this one has the records, too: they are compared.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from operator import itemgetter
from typing import BinaryIO, Final

from ksmy_tracker.domain.kinds import KINDS, Record
from ksmy_tracker.errors import BadInput
from ksmy_tracker.reading.check import Audit, key_faults
from ksmy_tracker.reading.proof import proven
from ksmy_tracker.storage.interface import INSERTED_AT_ONCE, Transaction
from ksmy_tracker.storage.rows_by_name import AT_ONCE, columns_of
from ksmy_tracker.writing.export_lines import ROWS, ExportLines, refused, rows_of
from ksmy_tracker.writing.lines import lines_of

#: Bytes a line of an export may have: several times what the longest texts of an entry come to.
LONGEST_LINE: Final = 1 << 26


def lines_in(stream: BinaryIO) -> Iterator[bytes]:
    """The lines of a file, without a byte order mark; raises `BadInput` for one that is too long to be read."""
    for number, line in enumerate(lines_of(stream, LONGEST_LINE), 1):
        if line is None:
            raise refused(f"line {number}: is longer than {LONGEST_LINE:,} bytes")
        yield line


def load(transaction: Transaction, lines: Iterable[bytes]) -> str | None:
    """Fill an empty register with the lines of an export, and check it; return its head.

    Raises `BadInput` naming what is not as it should be. The caller must roll back then.
    """
    export = ExportLines()
    rows = rows_of(export, lines)
    refusals: tuple[type[Exception], ...] = (*transaction.refusals, OverflowError)
    try:
        with transaction.bulk_loading():
            for table, its in groupby(rows, key=itemgetter(0)):
                while some := [row for _, row in islice(its, INSERTED_AT_ONCE)]:
                    transaction.insert_tuples(table, columns_of(ROWS[table]), some)
            family = transaction.family("ref")
            agreements = "(SELECT ref FROM entry WHERE record = 'agreement')"
            for belongs in ("IN", "NOT IN"):  # each after what it belongs to
                _make_records(transaction, export, f"WHERE {family} {belongs} {agreements}")
            for fault in (*export.records_left(), *key_faults(transaction, Audit())):
                raise _contradicts(fault)
    except refusals as error:
        deque(rows, maxlen=0)  # a later line may say better what is unfit: which record, and why
        said = " ".join(str(error).split())
        raise refused(f"the export has what no register can hold: {said}") from error
    return export.head


def _make_records(transaction: Transaction, export: ExportLines, where: str) -> None:
    """Insert the records that some of the entries leave, once these are proven."""
    made: list[Record] = []

    def insert() -> None:
        for kind in KINDS:
            transaction.insert(kind, [record for record in made if record.record == kind])
        made.clear()

    for _, faults, states in proven(transaction, export.references, where):
        for fault in (*faults, *export.differences(states)):
            raise _contradicts(fault)
        made += states.values()
        if len(made) >= AT_ONCE:
            insert()
    insert()


def _contradicts(fault: str) -> BadInput:
    return refused(f"the export contradicts itself: {fault}")
