"""A register on a PostgreSQL server."""
