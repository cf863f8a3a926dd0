from pathlib import Path
from random import Random

from ksmy_tracker.reading.check import require_sound
from ksmy_tracker.storage.sqlite.register import FileRegister
from tests.benchmarks.generate import Register


def test_what_is_generated_is_a_sound_register_of_the_size_that_was_asked_for(tmp_path: Path) -> None:
    place = FileRegister(tmp_path / "generated.db")
    with place.creating() as transaction:
        Register(Random(1), 60, 900).fill(transaction)
    with place.reading() as reader:
        require_sound(reader)
        assert reader.values(int, "SELECT max(id) FROM entry") == [900]
        assert reader.values(int, "SELECT count(*) FROM commitment") == [60]
