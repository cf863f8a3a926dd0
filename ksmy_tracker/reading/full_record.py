"""All there is about one record: what it is, what it belongs to, what belongs to it, and its history."""

from ksmy_tracker.domain.kinds import FORMER, PARTNERSHIP, family_of
from ksmy_tracker.domain.rows import (
    Filters,
    FullAgreement,
    FullBody,
    FullCommitment,
    FullPartnership,
    FullRecord,
    FullSource,
    MeasureRow,
)
from ksmy_tracker.reading.agreements import agreements
from ksmy_tracker.reading.bodies import bodies
from ksmy_tracker.reading.claims import claims
from ksmy_tracker.reading.commitments import commitment, commitments
from ksmy_tracker.reading.entries import entries, entries_by_id
from ksmy_tracker.reading.measures import measures
from ksmy_tracker.reading.milestones import milestones
from ksmy_tracker.reading.readings import readings_of
from ksmy_tracker.reading.refs import existing, no_such
from ksmy_tracker.reading.snapshot import Snapshot
from ksmy_tracker.reading.sources import citing, sources


def full_record(snapshot: Snapshot, ref: str) -> FullRecord:
    """A record with all that belongs to it; for a milestone's ref, its commitment.

    Raises `NotFound` naming the nearest ref.
    """
    wanted = family_of(ref)
    if ref != wanted:
        existing(snapshot, ref)
    found = commitment(snapshot, wanted)
    named = agreements(snapshot, ref=found.agreement if found else wanted)
    for body in () if named else bodies(snapshot, ref=wanted):
        led = {
            one.ref: one
            for only in (Filters(lead=[wanted]), Filters(partner=[wanted]))
            for one in commitments(snapshot, only)
        }
        return FullBody(body, [led[ref] for ref in sorted(led)], entries(snapshot, ref=wanted))
    for source in () if named else sources(snapshot, ref=wanted):
        return FullSource(
            source, entries_by_id(snapshot, citing(snapshot, wanted)), entries(snapshot, ref=wanted)
        )
    if wanted == PARTNERSHIP and snapshot.partnership is not FORMER:
        return FullPartnership(snapshot.partnership, entries(snapshot, ref=wanted))
    if not named:
        raise no_such(snapshot, wanted)
    agreement = named[0]
    its = _measures(snapshot, wanted), claims(snapshot, family=wanted)
    if found:
        return FullCommitment(
            found, agreement, milestones(snapshot, wanted), entries(snapshot, ref=wanted), *its
        )
    under = commitments(snapshot, Filters(agreement=[wanted], withdrawn=agreement.withdrawn))
    return FullAgreement(agreement, under, entries(snapshot, ref=wanted), *its)


def _measures(snapshot: Snapshot, ref: str) -> list[MeasureRow]:
    """The measures of a commitment or an agreement, each with its readings."""
    found = [one for one in measures(snapshot, of=ref) if not one.withdrawn]
    read = readings_of(snapshot, [one.ref for one in found])
    return [MeasureRow(one, read[one.ref]) for one in found]
