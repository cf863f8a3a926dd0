"""The floor of `apply`: the same lines, hashed in a chain, written to two plain tables in one transaction.

`bare_batch.py NEW FILE` decides nothing and checks nothing: it knows that every line changes a commitment's status.
The tables of its new file have no CHECK, index or trigger; a record is written once, as the last line about it says.
"""

import json
import sqlite3
import sys
from contextlib import closing
from hashlib import sha256

_, new, file = sys.argv
COLUMNS = "id, recorded_at, effective_on, actor, ref, action, changes, note, evidence, previous_hash, hash"
MOMENT, DAY = "2026-01-15T00:00:00.000000Z", "2026-01-15"
head = ""
entries = []
records = {}
with open(file, encoding="utf-8") as lines:
    for number, line in enumerate(lines, 1):
        asked = json.loads(line)
        changes = json.dumps({"status": [None, asked["status"]]}, separators=(",", ":"))
        evidence = json.dumps([asked["evidence"]], separators=(",", ":"))
        row = (number, MOMENT, DAY, "bare", asked["ref"], "updated", changes, asked["note"], evidence, head)
        head = sha256(json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
        entries.append((*row, head))
        records[asked["ref"]] = (asked["ref"], asked["status"], DAY)
with closing(sqlite3.connect(new, isolation_level=None)) as connection:
    connection.execute("PRAGMA synchronous = EXTRA")
    connection.execute(f"CREATE TABLE entry ({COLUMNS})")
    connection.execute("CREATE TABLE record (ref, status, updated_on)")
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany(f"INSERT INTO entry VALUES ({', '.join('?' * 11)})", entries)
    connection.executemany("INSERT INTO record VALUES (?, ?, ?)", records.values())
    connection.execute("COMMIT")
print(f"applied {len(entries)}")
