"""The floor of `update`: import what it imports, open a Session on an SQLite file, commit one row.

`one_row.py FILE --create` makes the file with its table, beforehand.
"""

import sys

import typer  # noqa: F401  # imported for what it costs
from sqlmodel import Field, Session, SQLModel, create_engine


class Line(SQLModel, table=True):
    """The one table."""

    id: int | None = Field(default=None, primary_key=True)
    text: str


engine = create_engine(f"sqlite:///{sys.argv[1]}")
if sys.argv[2:] == ["--create"]:
    SQLModel.metadata.create_all(engine)
else:
    with Session(engine) as session:
        session.add(Line(text="one line"))
        session.commit()
    print("committed")
