"""The floor of a change: an empty Typer app of two commands, one of which commits a row with sqlite3.

`one_row.py create FILE` makes the file with its table, beforehand.
"""

import sqlite3
from contextlib import closing

import typer

app = typer.Typer()


@app.command()
def create(file: str) -> None:
    """Make the file with its table."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE line (id INTEGER PRIMARY KEY, text TEXT NOT NULL)")


@app.command()
def commit(file: str) -> None:
    """Commit one row."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA synchronous = EXTRA")
        with connection:
            connection.execute("INSERT INTO line (text) VALUES ('one line')")
    print("committed")


if __name__ == "__main__":
    app(prog_name="floor")
