"""All there is about one record: what it is, what it belongs to, what belongs to it, and its history."""

from ksmy_tracker.domain.kinds import commitment_of
from ksmy_tracker.domain.rows import Filters, FullAgreement, FullCommitment
from ksmy_tracker.reading.agreements import agreements
from ksmy_tracker.reading.commitments import commitment, commitments
from ksmy_tracker.reading.entries import entries
from ksmy_tracker.reading.milestones import milestones
from ksmy_tracker.reading.refs import existing, no_such
from ksmy_tracker.reading.snapshot import Snapshot


def full_record(snapshot: Snapshot, ref: str) -> FullCommitment | FullAgreement:
    """A record with all that belongs to it; for a milestone's ref, its commitment.

    Raises `NotFound` naming the nearest ref.
    """
    wanted = commitment_of(ref)
    if ref != wanted:
        existing(snapshot, ref)
    found = commitment(snapshot, wanted)
    named = agreements(snapshot, ref=found.agreement if found else wanted)
    if not named:
        raise no_such(snapshot, wanted)
    agreement = named[0]
    if found:
        return FullCommitment(found, agreement, milestones(snapshot, wanted), entries(snapshot, ref=wanted))
    under = commitments(snapshot, Filters(agreement=[wanted], withdrawn=agreement.withdrawn))
    return FullAgreement(agreement, under, entries(snapshot, ref=wanted))
