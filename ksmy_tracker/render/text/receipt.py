"""What a command did: a line for each record it names."""

from ksmy_tracker.domain.receipt import Outcome, Receipt
from ksmy_tracker.domain.safe_text import visible
from ksmy_tracker.render.wording import describe, entries


def as_text(receipt: Receipt) -> str:
    """A line for each change."""
    return "".join(f"{visible(line(outcome))}\n" for outcome in receipt.outcomes)


def line(outcome: Outcome) -> str:
    """`FTA-CONCLUDE updated: status in-progress -> completed (entry 26)`.

    Where that is so for some days only, it says for which, and what is so since.
    """
    ref = visible(outcome.ref)
    if outcome.skipped:
        return f"{ref} skipped: this change was applied before"
    if outcome.action is None:
        return f"{ref} unchanged: everything is so already"
    said = describe(outcome.changes, outcome.since, outcome.until)
    parts = [said] if said else []
    if outcome.note:
        parts.append(f"note: {visible(outcome.note)}")
    if outcome.evidence:
        parts.append(f"evidence: {', '.join(map(visible, outcome.evidence))}")
    if outcome.retracts:
        which = entries(outcome.retracts)
        parts.append(f"in place of {which}" if outcome.action == "amended" else f"{which} taken back")
    what = f": {'; '.join(parts)}" if parts else ""
    return f"{ref} {outcome.action}{what} (entry {outcome.entry})"
