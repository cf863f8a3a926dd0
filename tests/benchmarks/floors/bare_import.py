"""The floor of `import`: the same lines, their hashes checked, inserted with executemany in one transaction.

`bare_import.py EMPTY FILE` fills a register without records. It checks the chain and what SQLite checks, and no record
against its history.
"""

import json
import sqlite3
import sys
from hashlib import sha256
from itertools import islice

_, register, file = sys.argv
canonical = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
connection = sqlite3.connect(register, isolation_level=None)
connection.execute("PRAGMA synchronous = FULL")
connection.execute("BEGIN IMMEDIATE")
aside = connection.execute(
    "SELECT type, name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL"
).fetchall()
for kind, name, _ in aside:
    connection.execute(f"DROP {kind} {name}")
count = 0
head = None
with open(file, encoding="utf-8") as lines:
    next(lines)
    while some := list(islice(lines, 1000)):
        rows: dict[str, list[dict[str, object]]] = {}
        for line in some:
            ((table, row),) = json.loads(line).items()
            if table == "entry":
                found = row.pop("hash")
                if row["previous_hash"] != head or sha256(canonical(row).encode()).hexdigest() != found:
                    sys.exit("the chain is broken")
                head = row["hash"] = found
                row["changes"], row["evidence"] = canonical(row["changes"]), canonical(row["evidence"])
            rows.setdefault(table, []).append(row)
        for table, found_rows in rows.items():
            columns = ", ".join(found_rows[0])
            marks = ", ".join("?" for _ in found_rows[0])
            values = [tuple(row.values()) for row in found_rows]
            connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", values)
        count += len(some)
for _, _, sql in aside:
    connection.execute(sql)
connection.execute("COMMIT")
print(f"imported {count}")
