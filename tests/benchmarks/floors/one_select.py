"""The floor of a looking command on a server: import SQLAlchemy and psycopg, run one SELECT.

`one_select.py URL` takes the URL of a database that has the table `commitment`.
"""

import sys

import psycopg  # noqa: F401  # imported for what it costs, as SQLAlchemy will
from sqlalchemy import create_engine, text

url = sys.argv[1].replace("postgresql://", "postgresql+psycopg://")
with create_engine(url).connect() as connection:
    print(len(connection.execute(text("SELECT * FROM commitment")).all()))
