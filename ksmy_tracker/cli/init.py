"""ksmy init: a new register."""

import os
from datetime import datetime
from pathlib import Path
from typing import Annotated

from ksmy_tracker import clock
from ksmy_tracker.cli import completion
from ksmy_tracker.cli.command import LOOK_AFTER, command, flag, option
from ksmy_tracker.cli.options import Zone
from ksmy_tracker.cli.output import emit_done
from ksmy_tracker.cli.recording import By
from ksmy_tracker.cli.where import Where
from ksmy_tracker.domain.zone import ZONE
from ksmy_tracker.errors import KsmyError, Refused, Usage


@command(LOOK_AFTER, "ksmy init --db ./register.db")
def init(
    seed: Annotated[
        Path | None,
        option("--seed", "FILE", "Fill it from this seed instead of the summit's.", offers=completion.files),
    ],
    empty: Annotated[bool, flag("--empty", "Leave it empty.")],
    example: Annotated[
        Path | None,
        option(
            "--example", "DIR", "Write a small seed there instead, to start from.", offers=completion.files
        ),
    ],
    by: By,
    tz: Zone,
    where: Where,
    now: datetime,
) -> None:
    """Create a register with what was promised at the summit of November 2024."""
    if (seed is not None) + empty + (example is not None) > 1:
        raise Usage("--seed, --empty and --example exclude each other; give one")
    if example is not None:
        _write_example(example)
        return
    today = clock.today(now, tz or clock.zone(ZONE))
    from ksmy_tracker.domain.safe_text import visible
    from ksmy_tracker.render.wording import plural
    from ksmy_tracker.storage.shipped import shipped
    from ksmy_tracker.writing.record import Recording, record
    from ksmy_tracker.writing.seed import read_seed

    where.db.check_free()
    changes = [] if empty else read_seed(seed or shipped("seed.json"), today)
    recording = Recording(by, now, today)
    where.once_made("created")
    with where.db.creating(where.timeout) as transaction:
        record(transaction, changes, recording)
    kinds = [change.record for change in changes]
    emit_done(
        f"created {visible(str(where.db))} with {plural(kinds.count('agreement'), 'agreement')} "
        f"and {plural(kinds.count('commitment'), 'commitment')}\n"
    )


def _write_example(folder: Path) -> None:
    """Write the seed of an invented partnership of three states; no file that is there is replaced."""
    from ksmy_tracker.domain.safe_text import visible
    from ksmy_tracker.storage.files import write_whole
    from ksmy_tracker.storage.shipped import shipped

    seed = folder / "seed.json"
    if os.path.lexists(seed):
        raise Refused(f"{seed} is there already; name another folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise KsmyError(f"{folder} could not be made: {error.strerror}") from None
    write_whole(seed, shipped("docs/examples/three-states.json").read_text(encoding="utf-8"), "seed")
    emit_done(f"wrote {visible(str(seed))}; edit it, then `ksmy init --seed {visible(str(seed))}`\n")
