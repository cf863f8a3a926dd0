"""The floor of `apply`: the same lines, hashed in a chain, written with executemany in one transaction.

`bare_batch.py REGISTER FILE` decides nothing and checks nothing: it knows that every line changes a commitment's
status. It writes to a register's own tables, with all that their triggers and CHECKs cost.
"""

import json
import sqlite3
import sys
from hashlib import sha256

_, register, file = sys.argv
connection = sqlite3.connect(register, isolation_level=None)
connection.execute("PRAGMA synchronous = FULL")
connection.execute("BEGIN IMMEDIATE")
last, head = connection.execute("SELECT id, hash FROM entry ORDER BY id DESC LIMIT 1").fetchone()
entries = []
updates = []
with open(file, encoding="utf-8") as lines:
    for number, line in enumerate(lines, last + 1):
        asked = json.loads(line)
        changes = json.dumps({"status": [None, asked["status"]]}, separators=(",", ":"))
        evidence = json.dumps([asked["evidence"]], separators=(",", ":"))
        row = (
            *(number, "0" * 32, None, None, "2026-01-15T00:00:00.000000Z", "2026-01-15", "bare"),
            *("commitment", asked["ref"], "updated", changes, asked["note"], evidence, head),
        )
        canonical = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
        head = sha256(canonical.encode()).hexdigest()
        entries.append((*row, head))
        updates.append((asked["status"], "2026-01-15", asked["ref"]))
connection.executemany(f"INSERT INTO entry VALUES ({', '.join('?' * 15)})", entries)
connection.executemany(
    "UPDATE commitment SET status = ?, completed_on = NULL, completed_due = NULL, completed_latest = NULL, "
    "evidence = evidence + 1, updated_on = ? WHERE ref = ?",
    updates,
)
connection.execute("COMMIT")
print(f"applied {len(entries)}")
