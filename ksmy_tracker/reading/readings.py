"""The readings of measures, from the history."""

import json
from collections.abc import Sequence

from ksmy_tracker.domain.kinds import family_of
from ksmy_tracker.domain.quantities import Reading, readings
from ksmy_tracker.reading.snapshot import Snapshot


def readings_of(snapshot: Snapshot, refs: Sequence[str]) -> dict[str, list[Reading]]:
    """The readings of measures by their refs, each measure's in the order of their days."""
    if not refs:
        return {}
    from ksmy_tracker.domain.projection import laid_down
    from ksmy_tracker.reading.deeds import of_families, read_deed, stored_deeds

    register = snapshot.register
    wanted = json.dumps(sorted({family_of(ref) for ref in refs}))
    where = f"WHERE id <= :newest AND {of_families(register, 'wanted')} ORDER BY id"
    deeds = [read_deed(one) for one in stored_deeds(register, where, newest=snapshot.newest, wanted=wanted)]
    laid = laid_down(deeds, snapshot.day.until)
    return {ref: [*readings(laid, ref)] for ref in refs}
