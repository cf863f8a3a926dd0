"""Where results and complaints go: stdout is the result, stderr is everything else, both UTF-8."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from io import StringIO, TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, TextIO

from ksmy_tracker import signals
from ksmy_tracker.domain.safe_text import escaped, visible
from ksmy_tracker.errors import BadInput, KsmyError
from ksmy_tracker.storage.files import expanded

if TYPE_CHECKING:
    from rich.console import RenderableType

    from ksmy_tracker.render.text.page import Page
    from ksmy_tracker.storage.interface import Reader


#: Bytes, or characters, that are copied at a time.
_BLOCK: Final = 1 << 20


class Held(StringIO):
    """What Typer prints by itself (help): written like every other result, which goes through to stdout."""

    def __init__(self) -> None:
        super().__init__()
        self.through = _stdout()

    def isatty(self) -> bool:
        """As what it holds back is shaped for where it will go."""
        return self.through is not None and self.through.isatty()

    def flush(self) -> None:
        """Write what is held back."""
        if text := self.getvalue():
            self.seek(0)
            self.truncate()
            emit(text)


def _stdout() -> TextIO | None:
    return sys.stdout.through if isinstance(sys.stdout, Held) else sys.stdout


def is_terminal() -> bool:
    """Whether the result goes to a terminal."""
    return sys.stdout is not None and sys.stdout.isatty()


def emit(text: str) -> None:
    """Write to stdout, whole. A reader that went away is no error; a full disk, or a closed stdout, is one."""
    stdout = _stdout()
    if stdout is None:
        if text:
            raise KsmyError("the result could not be written: stdout is closed")
        return
    try:
        _in_utf8(stdout).write(text)
        stdout.flush()
    except BrokenPipeError:
        # Whatever else is written, also when Python closes the stream at exit, goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stdout.fileno())
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stdout.fileno())
        raise KsmyError(f"the result could not be written: {error.strerror}") from error


def blocks_of(file: BinaryIO) -> Iterator[str]:
    """The text of a file in blocks; the file is closed at its end."""
    with TextIOWrapper(file, encoding="utf-8", newline="") as text:
        while block := text.read(_BLOCK):
            yield block


def emit_done(text: str) -> None:
    """Write what was done; where that cannot be written, the error says that it was, as a signal's sentence does."""
    try:
        emit(text)
    except KsmyError as error:
        raise KsmyError(signals.done(str(error)) or str(error)) from error


def emit_page(page: "Page") -> None:
    """Write a page: styled on a terminal, plain anywhere else."""
    if not is_terminal():
        emit(str(page))
        return
    from rich.text import Text

    from ksmy_tracker.render.text.table import STYLES

    lines = Text("\n").join(
        Text(line, style="bold" if style == "bold" else STYLES.get(style, "")) for line, style in page.lines
    )
    emit_rich(lines)


def emit_rich(renderable: "RenderableType") -> None:
    """Write a Rich renderable, as wide as the terminal; as wide as it is by itself anywhere else."""
    from rich.console import Console

    if is_terminal():
        plain = bool(os.environ.get("NO_COLOR"))
        console = Console(highlight=False, color_system=None if plain else "auto")
        with console.capture() as captured:
            console.print(renderable)
        emit(captured.get())
        return
    out = StringIO()
    console = Console(file=out, width=10_000_000, color_system=None, highlight=False, _environ={})
    console.print(renderable)
    emit("".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines()))


def as_object(value: Any, chosen: str) -> str:
    """A JSON value (`json`), or its elements a line each (`jsonl`)."""
    from ksmy_tracker.render import formats

    if chosen == "json":
        return formats.to_json(value)
    return formats.to_jsonl(value if isinstance(value, list) else [value])


def is_stdout(output: Path | None) -> bool:
    """Whether what a user named for a result is stdout: `-`, a name that the system has for it, or nothing."""
    return output is None or str(output) in ("-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1")


def put(shown: "str | Page", output: Path | None, what: str) -> None:
    """Write a result to a file, whole or not at all, or to stdout."""
    if output is None and not isinstance(shown, str):
        emit_page(shown)
    elif output is None or is_stdout(output):
        emit(str(shown))
    else:
        from ksmy_tracker.storage.files import write_whole

        signals.once(signals.PLACED, f"the {what} {output} is made")
        write_whole(output, str(shown), what)


def put_lines(
    reading: "AbstractContextManager[Reader]",
    lines: "Callable[[Reader], Iterable[str]]",
    output: Path | None,
    what: str,
    *,
    private: bool = True,
) -> None:
    """Write what a register has in lines, however many, to a file, whole or not at all, or to stdout.

    For stdout all are read before any is written: a slow reader there keeps no writer waiting.
    """
    if output is None or is_stdout(output):
        from ksmy_tracker.storage.temporary_file import temporary_file

        with reading as reader:
            spool = temporary_file(line.encode() for line in lines(reader))
        for block in blocks_of(spool):
            emit(escaped(block) if is_terminal() else block)
        return
    from ksmy_tracker.storage import files

    signals.once(signals.PLACED, f"the {what} {output} is made")
    with (
        reading as reader,
        files.output(output, what, private=private) as path,
        path.open("w", encoding="utf-8", newline="") as file,
    ):
        file.writelines(lines(reader))


def page_width() -> int:
    """As wide as the terminal, within what is pleasant to read; 78 in a pipe."""
    from ksmy_tracker.render.text.page import WIDTH

    return max(40, min(100, terminal_width())) if is_terminal() else WIDTH


def terminal_width() -> int:
    """The columns of the terminal, or 78 where there is none."""
    from shutil import get_terminal_size

    from ksmy_tracker.render.text.page import WIDTH

    return get_terminal_size((WIDTH, 24)).columns if is_terminal() else WIDTH


def complain(sentence: str, *faults: str) -> None:
    """Write a sentence to stderr, and a line for each fault, with control characters shown."""
    if sys.stderr is None:
        return
    try:
        stream = _in_utf8(sys.stderr)
        stream.write(f"ksmy: {visible(_shortened(sentence))}\n")
        stream.writelines(f"  {visible(_shortened(fault))}\n" for fault in faults)
        stream.flush()
    except OSError:  # nobody is there to be told
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())


@contextmanager
def opened(file: str) -> Iterator[BinaryIO]:
    """A file to read, or stdin for `-`; what is no regular file is read to its end first.

    Raises `BadInput` where there is none to read.
    """
    if file == "-" and sys.stdin is None:
        raise BadInput("stdin is closed; name a file, or redirect stdin from one")
    try:
        with nullcontext(sys.stdin.buffer) if file == "-" else expanded(file).open("rb") as stream:
            if file != "-" and expanded(file).is_file():
                yield stream
                return
            from ksmy_tracker.storage.temporary_file import temporary_file

            with temporary_file(iter(lambda: stream.read(_BLOCK), b"")) as whole:
                yield whole
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror or error}") from None


def _shortened(sentence: str) -> str:
    """A sentence with both its ends, where what it quotes is very long."""
    return sentence if len(sentence) <= 2000 else f"{sentence[:1000]} ... {sentence[-500:]}"


def _in_utf8(stream: TextIO) -> TextIO:
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None and (stream.encoding or "").lower().replace("-", "") != "utf8":
        reconfigure(encoding="utf-8", errors="backslashreplace")
    return stream
