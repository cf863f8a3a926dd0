"""The floor of a command on a server: an empty Typer app of two commands, which read and commit rows with psycopg.

Their URL is that of a database with a table `line`.
"""

import psycopg
import typer

app = typer.Typer()


@app.command()
def look(url: str) -> None:
    """Print what one SELECT finds."""
    with psycopg.connect(url) as connection:
        for (text,) in connection.execute("SELECT text FROM line ORDER BY id LIMIT 20"):
            print(text)


@app.command()
def commit(url: str) -> None:
    """Commit one row."""
    with psycopg.connect(url) as connection:
        connection.execute("INSERT INTO line (text) VALUES ('one line')")
    print("committed")


if __name__ == "__main__":
    app(prog_name="floor")
