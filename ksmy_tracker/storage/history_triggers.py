"""The triggers that keep the history append-only, on each engine, as migrations/ made them.

Light enough for every change to import: it looks for triggers that are not among these.
"""

from typing import Final

#: What holds the history together on PostgreSQL: functions by their names, and the triggers that call them.
HISTORY_FUNCTIONS: Final = {
    "entry_refuse": "BEGIN RAISE EXCEPTION 'the history is append-only'; END",
    "entry_at_end": (
        "BEGIN IF NEW.id <> (SELECT coalesce(max(id), 0) + 1 FROM entry) OR NEW.previous_hash "
        "IS DISTINCT FROM (SELECT hash FROM entry WHERE id = NEW.id - 1) THEN "
        "RAISE EXCEPTION 'an entry is only added at the end of the history'; "
        "END IF; RETURN NEW; END"
    ),
}
SERVER_TRIGGERS: Final = {
    "entry_no_update": "entry_refuse",
    "entry_no_truncate": "entry_refuse",
    "entry_append": "entry_at_end",
}

#: What holds the history together on SQLite.
HISTORY_TRIGGERS: Final = {
    **{
        f"entry_no_{verb.lower()}": f"CREATE TRIGGER entry_no_{verb.lower()} BEFORE {verb} ON entry "
        "BEGIN SELECT RAISE(ABORT, 'the history is append-only'); END"
        for verb in ("UPDATE", "DELETE")
    },
    "entry_append": (
        "CREATE TRIGGER entry_append BEFORE INSERT ON entry "
        "WHEN NEW.id IS NOT (SELECT coalesce(max(id), 0) + 1 FROM entry) "
        "OR NEW.previous_hash IS NOT (SELECT hash FROM entry WHERE id = NEW.id - 1) "
        "BEGIN SELECT RAISE(ABORT, 'an entry is only added at the end of the history'); END"
    ),
}

#: What it was until schema 0003.
FORMER_APPEND: Final = HISTORY_TRIGGERS["entry_append"].replace(
    "BEGIN SELECT",
    "OR EXISTS (SELECT 1 FROM entry WHERE key = NEW.key) OR (NEW.action = 'created' AND EXISTS "
    "(SELECT 1 FROM entry WHERE ref = NEW.ref AND action = 'created')) BEGIN SELECT",
)
