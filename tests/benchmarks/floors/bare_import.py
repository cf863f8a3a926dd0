"""The floor of `import`: the same export, its chain of hashes proved, written to plain tables in one transaction.

`bare_import.py NEW FILE` knows what an entry's hash covers, and that records are what their entries set, and checks
nothing else. The tables of its new file have no CHECK or trigger; two indexes of them find entries.
"""

import json
import sqlite3
import sys
from contextlib import closing
from hashlib import sha256

_, new, file = sys.argv
COLUMNS = (
    *(
        "id",
        "invocation",
        "key",
        "key_digest",
        "recorded_at",
        "effective_on",
        "actor",
        "record",
        "ref",
        "action",
    ),
    *("changes", "note", "evidence", "retracts", "previous_hash", "hash"),
)
canonical = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode
head = None
entries = []
records: dict[str, tuple[dict[str, object], str]] = {}
with closing(sqlite3.connect(new, isolation_level=None)) as connection:
    connection.execute("PRAGMA synchronous = EXTRA")
    connection.execute(f"CREATE TABLE entry (id INTEGER PRIMARY KEY, {', '.join(COLUMNS[1:])})")
    connection.execute("CREATE TABLE record (ref, kind, fields, updated_on)")
    connection.execute("BEGIN IMMEDIATE")
    insert = f"INSERT INTO entry VALUES ({', '.join('?' * len(COLUMNS))})"
    with open(file, encoding="utf-8") as lines:
        next(lines)
        for line in lines:
            entry = json.loads(line)["entry"]
            stated = entry.pop("hash")
            found = sha256(canonical(entry).encode()).hexdigest()
            if found != stated or entry["previous_hash"] != head:
                sys.exit(f"entry {entry['id']} was altered")
            head = found
            fields, _ = records.get(entry["ref"], ({}, ""))
            fields.update({name: value for name, (_, value) in entry["changes"].items()})
            records[entry["ref"]] = fields, entry["effective_on"]
            entry |= {name: canonical(entry.get(name, ())) for name in ("changes", "evidence", "retracts")}
            entries.append([entry.get(name, head) for name in COLUMNS])
            if len(entries) == 1000:
                connection.executemany(insert, entries)
                entries.clear()
    connection.executemany(insert, entries)
    rows = ((ref, "", canonical(fields), day) for ref, (fields, day) in records.items())
    connection.executemany("INSERT INTO record VALUES (?, ?, ?, ?)", rows)
    connection.execute("CREATE INDEX by_ref ON entry (ref, effective_on)")
    connection.execute("CREATE INDEX by_day ON entry (effective_on)")
    connection.execute("COMMIT")
print(f"imported {len(records)} records, head {head}")
