"""Make a big register from a seed number, through the code that writes a real one.

The same numbers give the same register, to its head. Changes are made one by one as they are written: what
is kept in memory is a few bytes for each commitment and the order of the entries, some 50 bytes each.
"""

import argparse
import resource
import sys
from array import array
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Final

from ksmy_tracker.domain.changes import Change, Given
from ksmy_tracker.domain.edtf import read_due
from ksmy_tracker.domain.words import AGREEMENT_KINDS, FIRMNESSES, OPEN_STATUSES, STAGES
from ksmy_tracker.storage.interface import Transaction
from ksmy_tracker.storage.sqlite.register import FileRegister
from ksmy_tracker.writing.record import CHUNK, Recording, record

FIRST_DAY: Final = date(2019, 11, 1)
LAST_DAY: Final = date(2026, 1, 14)
DAYS: Final = (LAST_DAY - FIRST_DAY).days
AGREEMENTS: Final = 300

SECTORS: Final = (
    *("trade", "defence", "green-energy", "tourism", "critical-minerals", "education", "health", "halal"),
    *("digital-economy", "transport", "fisheries", "semiconductors", "culture", "labour", "carbon-capture"),
)
ACTORS: Final = ("aisyah", "minjun", "desk-kl", "desk-seoul", "nightly", "farid", "서연", "hana")
VERBS: Final = ("Conclude", "Begin", "Expand", "Study", "Fund", "Open", "Publish", "Sign", "건설하다")
THINGS: Final = (
    *("a joint working group", "a pilot plant", "an exchange of experts", "a mutual recognition arrangement"),
    *("a feasibility study", "a port upgrade", "a scholarship scheme", "a market access review"),
)
NOTES: Final = (
    "Both sides confirmed the plan at the working level.",
    "The ministry's page no longer names a date.",
    "Officials expect the next round after the budget; no figure was given.",
    "양측은 후속 회의를 열기로 했다.",
    "Delayed by the tender; the agency says that the work goes on.",
)

# What a day's events are, in the order in which they must stand on that day.
COMMITMENT, MILESTONE, UPDATE = range(3)


def main() -> None:
    """Make the register that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("file", type=Path, metavar="FILE", help="where to make it; must not exist")
    parser.add_argument("--seed", type=int, default=1, help="what the random numbers start from")
    parser.add_argument("--commitments", type=int, default=100_000)
    parser.add_argument("--entries", type=int, default=500_000, help="in all, of every kind of record")
    given = parser.parse_args()
    if given.file.exists():
        parser.error(f"there is already a file {given.file}")
    register = Register(Random(given.seed), given.commitments, given.entries)
    if given.commitments < 1 or register.updates < 0:
        parser.error(f"--entries must be at least {given.entries - register.updates:,} for the records alone")
    begun = perf_counter()
    with FileRegister(given.file).creating() as transaction:
        register.fill(transaction)
    seconds = perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"made {given.file}: {register.agreements:,} agreements, {given.commitments:,} commitments, "
        f"{register.milestones:,} milestones, {given.entries:,} entries; "
        f"{seconds:.0f} s, {given.entries / seconds:,.0f} entries a second, {peak:,} MB at most",
        file=sys.stderr,
    )


class Register:
    """The register to make: how many records of each kind, and every change that leads to them."""

    def __init__(self, rng: Random, commitments: int, entries: int) -> None:
        self._rng = rng
        self.agreements = max(1, min(AGREEMENTS, commitments // 20))
        self.commitments = commitments
        #: How many milestones each commitment will have: one in ten has one to four.
        self._steps = bytearray(rng.randint(1, 4) if rng.random() < 0.1 else 0 for _ in range(commitments))
        self.milestones = sum(self._steps)
        self.updates = entries - self.agreements - commitments - self.milestones
        self._added = bytearray(commitments)
        self._left = array("H", bytes(2 * commitments))
        self._status: list[str] = ["planned"] * commitments
        self._goal: list[str | None] = [None] * commitments
        self._due: list[str | None] = [None] * commitments
        self._outcomes: dict[str, str] = {}

    def fill(self, transaction: Transaction) -> None:
        """Write every change, batch by batch: a receipt holds what became of each change of its batch."""
        changes = self._changes()
        while batch := list(islice(changes, CHUNK)):
            days = [date.fromisoformat(change.effective_on) for change in batch if change.effective_on]
            noon = datetime.combine(max(days), time(12), UTC)
            invocation = f"{self._rng.getrandbits(128):032x}"
            record(transaction, batch, Recording("generator", noon, max(days), invocation))

    def _changes(self) -> Iterator[Change]:
        for number in range(1, self.agreements + 1):
            yield self._agreement(number)
        for event in self._events():
            day, kind, number = event >> 40, event >> 32 & 0xFF, event & 0xFFFF_FFFF
            make = (self._commitment, self._milestone, self._update)[kind]
            change = make(number)
            change.effective_on = (FIRST_DAY + timedelta(days=day)).isoformat()
            change.actor = self._rng.choice(ACTORS)
            yield change

    def _events(self) -> list[int]:
        """What happens to which commitment, by day: `day << 40 | kind << 32 | number` each."""
        rng = self._rng
        created = array("H", (rng.randint(0, DAYS) for _ in range(self.commitments)))
        events = array("q")

        def happens(kind: int, number: int) -> None:
            day = created[number] if kind == COMMITMENT else rng.randint(created[number], DAYS)
            events.append(day << 40 | kind << 32 | number)

        for number in range(self.commitments):
            happens(COMMITMENT, number)
            for _ in range(self._steps[number]):
                happens(MILESTONE, number)
        for _ in range(self.updates):
            # Some are followed closely: a third of the entries are about a twentieth of the commitments.
            among = self.commitments if rng.random() < 0.67 else max(1, self.commitments // 20)
            number = rng.randrange(among) * (self.commitments // among)
            self._left[number] += 1
            happens(UPDATE, number)
        return sorted(events)

    def _agreement(self, number: int) -> Change:
        rng = self._rng
        instrument = rng.choice(("Memorandum", "Agreement", "양해각서"))
        fields = {
            "title": f"{instrument} {number} on {rng.choice(SECTORS)}",
            "kind": rng.choice(AGREEMENT_KINDS),
            "stage": rng.choice(STAGES),
            "dated": FIRST_DAY.isoformat(),
            "place": rng.choice(("Seoul", "Kuala Lumpur", "Putrajaya", None)),
        }
        return Change(
            "add",
            f"AGREEMENT-{number:03}",
            record="agreement",
            fields=fields,
            effective_on=FIRST_DAY.isoformat(),
        )

    def _commitment(self, number: int) -> Change:
        rng = self._rng
        due = self._due[number] = a_due_date(rng)
        passed = due is not None and read_due(due).latest <= LAST_DAY
        settles = rng.random() < (0.78 if passed else 0.12)
        if settles:
            self._goal[number] = "completed" if rng.random() < 0.85 else "cancelled"
        title = f"{rng.choice(VERBS)} {rng.choice(THINGS)} for {SECTORS[number % len(SECTORS)]}, no. {number}"
        fields = {
            "title": title,
            "detail": " ".join(rng.choices(NOTES, k=2)) if rng.random() < 0.5 else None,
            "agreement": f"AGREEMENT-{rng.randint(1, self.agreements):03}",
            "sector": SECTORS[number % len(SECTORS)],
            "parties": rng.choices(("KR", "MY", "both"), (1, 1, 4))[0],
            "firmness": rng.choice(FIRMNESSES),
            "verifiable": rng.random() < 0.9,
            "source": f"Joint press release {rng.randint(1, 999)}",
            "due": due,
            "due_phrase": "as the ministers said" if due is not None and rng.random() < 0.3 else None,
        }
        return Change("add", self._ref(number), record="commitment", fields=fields, new=("sector",))

    def _milestone(self, number: int) -> Change:
        self._added[number] += 1
        step = self._added[number]
        fields = {"title": f"Step {step}: {self._rng.choice(THINGS)}", "due": a_due_date(self._rng)}
        return Change("add", self._ref(number), record="milestone", fields=fields)

    def _update(self, number: int) -> Change:
        """An update that changes something, or says something: each makes an entry."""
        rng = self._rng
        self._left[number] -= 1
        goal = self._goal[number]
        fields: dict[str, Given] = {}
        change = Change("update", self._ref(number), fields=fields, note=rng.choice(NOTES))
        if not self._left[number] and goal is not None:
            self._status[number] = fields["status"] = goal
            change.evidence = an_address(rng) if rng.random() < 0.9 else ()
            return change
        what = rng.random()
        if what < 0.4:
            status = rng.choice([word for word in OPEN_STATUSES if word != self._status[number]])
            self._status[number] = fields["status"] = status
            change.note = change.note if rng.random() < 0.3 else None
        elif what < 0.5 and (due := self._due[number]) is not None:
            later = f"{int(due[:4]) + 1}{due[4:]}".replace("-02-29", "-02-28")
            self._due[number] = fields["due"] = later
        elif what < 0.75 and self._added[number]:
            change.ref += f"/{rng.randint(1, self._added[number])}"
            fields["state"] = self._outcome(change.ref)
        elif what < 0.8:
            change.evidence = an_address(rng)
        return change

    def _outcome(self, milestone: str) -> str:
        """How a milestone went, other than what was said of it before."""
        before = self._outcomes.get(milestone)
        words = [word for word in ("met", "met", "partially-met", "not-met") if word != before]
        found = self._outcomes[milestone] = self._rng.choice(words)
        return found

    def _ref(self, number: int) -> str:
        return f"{SECTORS[number % len(SECTORS)].upper()}-{number:06}"


def a_due_date(rng: Random) -> str | None:
    """A deadline as people state them: none, a year, a month, a quarter or a day, of 2020 to 2032."""
    year = rng.randint(2020, 2032)
    form = rng.choices(("none", "year", "month", "quarter", "day"), (12, 30, 22, 18, 18))[0]
    if form == "none":
        return None
    if form == "year":
        return f"{year}"
    if form == "month":
        return f"{year}-{rng.randint(1, 12):02}"
    if form == "quarter":
        return f"{year}-{rng.randint(33, 36)}"
    return (date(year, 1, 1) + timedelta(days=rng.randint(0, 364))).isoformat()


def an_address(rng: Random) -> tuple[str, ...]:
    """What shows a change to be so, as the source gives it."""
    return (f"https://example.org/{rng.choice(SECTORS)}/{rng.randint(1, 99_999)}",)


if __name__ == "__main__":
    main()
