"""The lines of a file that anybody may have written, in bounded memory: as bytes, or as text for a reader of tables."""

import csv
from collections.abc import Iterator
from typing import BinaryIO, Final

#: Bytes a line may have.
LONGEST: Final = 1 << 20


def lines_of(stream: BinaryIO) -> Iterator[bytes | None]:
    """The lines of a file without a byte order mark; None for one that is too long."""
    first = True
    while line := stream.readline(LONGEST + 1):
        if first:
            line = line.removeprefix(b"\xef\xbb\xbf")
            first = False
        if len(line) > LONGEST and not line.endswith(b"\n"):
            while (rest := stream.readline(LONGEST)) and not rest.endswith(b"\n"):
                pass
            yield None
        else:
            yield line


class Texts:
    """The lines of a table as text, for a reader that may join many of them to a row."""

    def __init__(self, stream: BinaryIO) -> None:
        self._lines = lines_of(stream)
        self._joined = 0

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            if line is None:
                raise csv.Error(f"a line is longer than {LONGEST:,} bytes")
            self._joined += len(line)
            if self._joined > LONGEST and self._joined > len(line):
                raise csv.Error(f"a row is longer than {LONGEST:,} bytes; is a quote not closed?")
            yield line.decode("utf-8", "surrogateescape")

    def rows(self, reader: Iterator[list[str]]) -> Iterator[list[str]]:
        """The rows that the reader makes of them."""
        for cells in reader:
            self._joined = 0
            yield cells
