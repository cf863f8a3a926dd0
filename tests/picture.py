"""The picture in the README: a terminal's view of two commands; as a script, drawn again."""

import re
import tempfile
from io import StringIO
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

from tests import transcripts

PICTURE = transcripts.TOP / "docs" / "session.svg"
COMMANDS = ("ksmy due --as-of 2025-11-01", "ksmy timeline --as-of 2025-11-01")
COLUMNS = 96

#: Rich's own drawing without the fonts it would fetch from elsewhere.
_FORMAT = re.sub(r"@font-face \{\{.*?\}\}\s*", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)


def draw(directory: Path) -> str:
    """The picture as the program gives it now, on a register of the summit and what came after."""
    register = transcripts.new_register(directory)
    batch = transcripts.TOP / "docs" / "examples" / "after-the-summit.jsonl"
    transcripts.on_terminal(f"ksmy apply {batch}", register)
    console = Console(
        record=True, width=COLUMNS, file=StringIO(), color_system="truecolor", force_terminal=True
    )
    for number, command in enumerate(COMMANDS):
        if number:
            console.print()
        console.print(Text(f"$ {command}", style="bold"))
        shown = transcripts.on_terminal(command, register, COLUMNS, colour=True)
        console.print(Text.from_ansi(shown.rstrip("\n")))
    return console.export_svg(title="ksmy", code_format=_FORMAT, unique_id="ksmy")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        PICTURE.write_text(draw(Path(scratch)), encoding="utf-8")
