"""Where sources disagree: what the register says a field is, and what claims say, each with its evidence."""

from collections.abc import Sequence

from ksmy_tracker.domain.claims import contradicts, is_of_another_time, said_by_the_record
from ksmy_tracker.domain.kinds import Claim, Record, family_of, ref_order
from ksmy_tracker.domain.quantities import Reading
from ksmy_tracker.domain.report import Listed
from ksmy_tracker.domain.rows import Disagreement, EntryRow, Voice
from ksmy_tracker.reading.claims import claims, older_readings, records
from ksmy_tracker.reading.entries import entries
from ksmy_tracker.reading.snapshot import Snapshot


def disagreements(snapshot: Snapshot, *, limit: int) -> Listed[Disagreement]:
    """The fields of which claims say otherwise, by ref; of a measure each time that they are about."""
    standing: dict[str, list[Claim]] = {}
    for one in claims(snapshot):
        if one.state == "standing":
            standing.setdefault(one.about, []).append(one)
    known = set(snapshot.among(sorted({family_of(ref) for ref in standing})))
    of = {record.ref: record for record in records(snapshot, standing) if family_of(record.ref) in known}
    read = older_readings(snapshot, of.values(), standing)
    found: dict[tuple[str, str, str], list[Claim]] = {}
    for ref, record in of.items():
        for one in standing[ref]:
            if contradicts(one, record, read.get(ref, ())):
                older = str(one.period) if is_of_another_time(one, record) else ""
                found.setdefault((ref, one.field, older), []).append(one)
    in_order = sorted(found, key=lambda key: (ref_order(key[0]), key[1:]))
    histories: dict[str, Sequence[EntryRow]] = {}
    shown = []
    for ref, field, older in in_order[:limit]:
        family = family_of(ref)
        if family not in histories:
            its = entries(snapshot, ref=family, in_force=True)
            histories[family] = sorted(its, key=lambda entry: entry.effective_on)
        its_claims = found[ref, field, older]
        its_readings = [one for one in read.get(ref, ()) if one.period == older]
        shown.append(_disagreement(of[ref], field, its_claims, histories[family], its_readings, older))
    return Listed(shown, len(in_order))


def _disagreement(
    record: Record,
    field: str,
    its_claims: Sequence[Claim],
    history: Sequence[EntryRow],
    readings: Sequence[Reading],
    older: str,
) -> Disagreement:
    # What follows from the history has the evidence of what it follows from.
    names = {field, {"met_on": "state", "completed_on": "status"}.get(field, field)}
    saying = [one for one in history if one.ref == record.ref and not names.isdisjoint(one.changes)]
    if older:
        saying = [one for one in saying if one.id in {reading.entry for reading in readings}]
    newest = saying[-1:]
    period = older or (getattr(record, "period", None) if field == "value" else None)
    own = Voice(
        said_by_the_record(its_claims[0], record, readings),
        period if not older or readings else None,
        None,
        [evidence for one in newest for evidence in one.evidence],
        [cited for one in newest for cited in one.cited],
    )
    voices = []
    for claim in its_claims:
        made = [one for one in history if one.ref == claim.ref and one.evidence]
        evidence = [said for one in made for said in one.evidence]
        cited = [source for one in made for source in one.cited]
        voices.append(Voice(claim.value, claim.period, claim.said_by, evidence, cited))
    return Disagreement(record.ref, record.title, field, own, voices)
