"""The documentation shows what the program does."""

from pathlib import Path

import pytest

from tests import picture, transcripts

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("document", transcripts.DOCUMENTS)
def test_every_transcript_shows_what_its_commands_show(document: str, tmp_path: Path) -> None:
    register = transcripts.new_register(tmp_path)
    found = transcripts.blocks(document)
    assert found
    shown = [transcripts.replay(block, register) for block in found]
    assert transcripts.comparable(shown) == transcripts.comparable(found)


def test_the_picture_shows_what_the_program_shows(tmp_path: Path) -> None:
    assert picture.PICTURE.read_text(encoding="utf-8") == picture.draw(tmp_path)
