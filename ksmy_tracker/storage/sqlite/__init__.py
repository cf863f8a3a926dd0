"""A register in an SQLite file."""
