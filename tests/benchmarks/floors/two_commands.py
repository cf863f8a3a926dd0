"""The floor of a looking command and of completion: an empty Typer app of two commands."""

import typer

app = typer.Typer()


@app.command()
def hello() -> None:
    """Print one line."""
    print("hello")


@app.command()
def goodbye() -> None:
    """Print another."""
    print("goodbye")


if __name__ == "__main__":
    app(prog_name="floor")
