"""The lines of a file that anybody may have written, in bounded memory: as bytes, or as text for a reader of tables."""

import csv
from collections.abc import Iterator
from typing import BinaryIO, Final

#: Bytes a line may have.
LONGEST: Final = 1 << 20


def lines_of(stream: BinaryIO, longest: int = LONGEST) -> Iterator[bytes | None]:
    """The lines of a file without a byte order mark; None for one of more than `longest` bytes."""
    mark = b"\xef\xbb\xbf"
    while line := stream.readline(longest + 1):
        if len(line) > longest and not line.endswith(b"\n"):
            yield None
            while (rest := stream.readline(longest)) and not rest.endswith(b"\n"):
                pass
        else:
            yield line.removeprefix(mark)
        mark = b""


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
