"""What `check` finds in the schema of a register on a server, whatever somebody did to it behind its back."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from ksmy_tracker.storage.postgres.schema_check import differences
from tests.conftest import Ksmy

NOT_SO = "is not as it should be"
STRANGE = "does not belong to a register"


@pytest.fixture
def sound(seeded_on_server: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection to a sound register; what it does is rolled back."""
    with psycopg.connect(seeded_on_server) as connection:
        # What the program sets on connecting.
        connection.execute("SET search_path = public, pg_temp")
        yield connection
        connection.rollback()


FUNCTION = "CREATE FUNCTION {}() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';"

DONE = {
    # what does something else than a statement says
    "CREATE RULE swallow AS ON INSERT TO entry DO INSTEAD NOTHING": f"the rule swallow on entry {STRANGE}",
    "CREATE RULE swallow AS ON UPDATE TO commitment DO INSTEAD NOTHING": f"the rule swallow on commitment {STRANGE}",
    "CREATE POLICY few ON entry USING (id < 9)": f"the policy few on entry {STRANGE}",
    "ALTER TABLE milestone ENABLE ROW LEVEL SECURITY": "row-level security is on for the table milestone",
    "ALTER TABLE alembic_version FORCE ROW LEVEL SECURITY": "row-level security is on for the table alembic_version",
    f"{FUNCTION.format('f')} CREATE TRIGGER late BEFORE INSERT ON entry FOR EACH ROW EXECUTE FUNCTION f()": (
        f"the trigger late on entry {STRANGE}"
    ),
    f"{FUNCTION.format('f')} CREATE TRIGGER entry_append BEFORE INSERT ON milestone "
    "FOR EACH ROW EXECUTE FUNCTION f()": f"the trigger entry_append on milestone {STRANGE}",
    "CREATE FUNCTION e() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; "
    "CREATE EVENT TRIGGER watch ON ddl_command_start EXECUTE FUNCTION e()": "the event trigger watch",
    # the triggers that hold the history together
    "ALTER TABLE entry DISABLE TRIGGER entry_append": f"the trigger entry_append {NOT_SO}",
    "ALTER TABLE entry ENABLE REPLICA TRIGGER entry_append": f"the trigger entry_append {NOT_SO}",
    "ALTER TABLE milestone DISABLE TRIGGER ALL": "is switched off on milestone",
    "DROP TRIGGER entry_no_truncate ON entry": "the trigger entry_no_truncate is missing",
    "CREATE OR REPLACE TRIGGER entry_no_update BEFORE UPDATE OR DELETE ON entry FOR EACH ROW WHEN (false) "
    "EXECUTE FUNCTION entry_refuse()": f"the trigger entry_no_update {NOT_SO}",
    "CREATE OR REPLACE TRIGGER entry_no_update BEFORE UPDATE OF note ON entry FOR EACH ROW "
    "EXECUTE FUNCTION entry_refuse()": f"the trigger entry_no_update {NOT_SO}",
    "CREATE OR REPLACE TRIGGER entry_no_update AFTER UPDATE OR DELETE ON entry FOR EACH ROW "
    "EXECUTE FUNCTION entry_refuse()": f"the trigger entry_no_update {NOT_SO}",
    "CREATE SCHEMA other; CREATE FUNCTION other.entry_at_end() RETURNS trigger LANGUAGE plpgsql AS "
    "'BEGIN RETURN NULL; END'; CREATE OR REPLACE TRIGGER entry_append BEFORE INSERT ON entry "
    "FOR EACH ROW EXECUTE FUNCTION other.entry_at_end()": f"the trigger entry_append {NOT_SO}",
    "CREATE OR REPLACE FUNCTION entry_at_end() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'": (
        f"the trigger entry_append {NOT_SO}"
    ),
    "ALTER FUNCTION entry_at_end() SECURITY DEFINER": f"the trigger entry_append {NOT_SO}",
    "ALTER FUNCTION entry_at_end() SET search_path = other": f"the trigger entry_append {NOT_SO}",
    # constraints
    "ALTER TABLE entry DROP CONSTRAINT ck_entry_hash, ADD CONSTRAINT ck_entry_hash CHECK (length(hash) > 0)": (
        f"the constraint ck_entry_hash {NOT_SO}"
    ),
    "ALTER TABLE commitment DROP CONSTRAINT ck_commitment_status, ADD CONSTRAINT ck_commitment_status CHECK "
    "(status IN ('planned', 'in-progress', 'finalising', 'completed', 'suspended', 'cancelled', 'x'))": (
        f"the constraint ck_commitment_status {NOT_SO}"
    ),
    "ALTER TABLE entry DROP CONSTRAINT ck_entry_key, ADD CONSTRAINT ck_entry_key CHECK "
    "((key IS NULL) = (key_digest IS NULL)) NOT VALID": f"the constraint ck_entry_key {NOT_SO}",
    "ALTER TABLE entry DROP CONSTRAINT ck_entry_key, ADD CONSTRAINT ck_entry_key CHECK "
    "((key IS NULL) = (key_digest IS NULL)) NO INHERIT": f"the constraint ck_entry_key {NOT_SO}",
    "CREATE FUNCTION length(text, int) RETURNS int LANGUAGE sql AS 'SELECT 64'; ALTER TABLE entry "
    "DROP CONSTRAINT ck_entry_hash, ADD CONSTRAINT ck_entry_hash CHECK (length(hash, 1) = 64)": (
        f"the constraint ck_entry_hash {NOT_SO}"
    ),
    "ALTER TABLE entry ADD CONSTRAINT mine CHECK (actor <> 'x')": f"the constraint mine of entry {STRANGE}",
    "ALTER TABLE entry ADD CONSTRAINT mine UNIQUE (hash)": f"the constraint mine of entry {STRANGE}",
    "ALTER TABLE entry DROP CONSTRAINT ck_entry_retracts": "the constraint ck_entry_retracts is missing",
    "ALTER TABLE milestone DROP CONSTRAINT ck_milestone_expected_form, ADD CONSTRAINT ck_milestone_expected_form "
    "CHECK (length(expected) <= 100)": f"the constraint ck_milestone_expected_form {NOT_SO}",
    "ALTER TABLE milestone DROP CONSTRAINT fk_milestone_commitment": "fk_milestone_commitment is missing",
    "ALTER TABLE milestone DROP CONSTRAINT fk_milestone_commitment, ADD CONSTRAINT fk_milestone_commitment "
    "FOREIGN KEY (commitment) REFERENCES commitment ON DELETE CASCADE": f"fk_milestone_commitment {NOT_SO}",
    "ALTER TABLE milestone ALTER CONSTRAINT fk_milestone_commitment DEFERRABLE": (
        f"the constraint fk_milestone_commitment {NOT_SO}"
    ),
    "ALTER TABLE entry DROP CONSTRAINT pk_entry, ADD CONSTRAINT pk_entry PRIMARY KEY (id, ref)": (
        f"the constraint pk_entry {NOT_SO}"
    ),
    "ALTER TABLE alembic_version DROP CONSTRAINT alembic_version_pkc": "the constraint alembic_version_pkc is missing",
    # indexes
    "DROP INDEX ix_entry_key; CREATE UNIQUE INDEX ix_entry_key ON entry (key)": f"the index ix_entry_key {NOT_SO}",
    "DROP INDEX ix_commitment_report; CREATE INDEX ix_commitment_report ON commitment (withdrawn, status, "
    "due_latest, due_earliest, ref, sector, completed_on, completed_latest, evidence, updated_on, parties)": (
        f"the index ix_commitment_report {NOT_SO}"
    ),
    "DROP INDEX ix_entry_retracting; CREATE INDEX ix_entry_retracting ON entry (id) WHERE retracts <> '[1]'": (
        f"the index ix_entry_retracting {NOT_SO}"
    ),
    "DROP INDEX ix_entry_retracting; CREATE INDEX ix_entry_retracting ON entry (id, ref)": (
        f"the index ix_entry_retracting {NOT_SO}"
    ),
    "DROP INDEX ix_entry_key; CREATE UNIQUE INDEX ix_entry_key ON entry (key) WHERE id > 5": (
        f"the index ix_entry_key {NOT_SO}"
    ),
    "DROP INDEX ix_entry_retracting; CREATE UNIQUE INDEX ix_entry_retracting ON entry (id) NULLS NOT DISTINCT "
    "WHERE retracts <> '[]'": f"the index ix_entry_retracting {NOT_SO}",
    'DROP INDEX ix_entry_invocation; CREATE INDEX ix_entry_invocation ON entry (invocation COLLATE "en-x-icu")': (
        f"the index ix_entry_invocation {NOT_SO}"
    ),
    "DROP INDEX ix_entry_invocation; CREATE INDEX ix_entry_invocation ON entry USING hash (invocation)": (
        f"the index ix_entry_invocation {NOT_SO}"
    ),
    "CREATE UNIQUE INDEX mine ON entry (hash)": f"the index mine of entry {STRANGE}",
    "CREATE INDEX mine ON entry (lower(note))": f"the index mine of entry {STRANGE}",
    "DROP INDEX ix_entry_recorded_at": "the index ix_entry_recorded_at is missing",
    # columns
    "ALTER TABLE entry ALTER note TYPE varchar(999)": f"the column note of entry {NOT_SO}",
    "CREATE DOMAIN words AS text; ALTER TABLE entry ALTER note TYPE words": f"the column note of entry {NOT_SO}",
    'ALTER TABLE commitment ALTER title TYPE text COLLATE "en-x-icu"': f"the column title of commitment {NOT_SO}",
    "ALTER TABLE entry ALTER actor DROP NOT NULL": f"the column actor of entry {NOT_SO}",
    "ALTER TABLE entry ALTER actor SET DEFAULT 'x'": f"the column actor of entry {NOT_SO}",
    "ALTER TABLE commitment ALTER withdrawn SET DEFAULT 1": f"the column withdrawn of commitment {NOT_SO}",
    "ALTER TABLE entry ALTER id ADD GENERATED BY DEFAULT AS IDENTITY": f"the column id of entry {NOT_SO}",
    "ALTER TABLE entry ALTER retracts SET DEFAULT '[1]'": f"the column retracts of entry {NOT_SO}",
    "ALTER TABLE commitment ALTER expected SET DEFAULT '2026'": f"the column expected of commitment {NOT_SO}",
    "ALTER TABLE commitment DROP reviewed_on": "the column reviewed_on of commitment is missing",
    "ALTER TABLE entry ADD secret text": f"the column secret of entry {STRANGE}",
    "ALTER TABLE commitment DROP detail": "the column detail of commitment is missing",
    "ALTER TABLE alembic_version ALTER version_num TYPE text": f"the column version_num of alembic_version {NOT_SO}",
    # tables
    "ALTER TABLE unchanged_key SET UNLOGGED": "the table unchanged_key is unlogged",
    "CREATE TABLE more () INHERITS (entry)": "the table entry inherits from another, or another from it",
    "ALTER TABLE unchanged_key RENAME TO kept; CREATE VIEW unchanged_key AS TABLE kept": "unchanged_key is a view",
    "DROP TABLE unchanged_key": "the table unchanged_key is missing",
}

HARMLESS = (
    "SELECT 1",
    "CREATE INDEX mine ON entry (actor)",
    "CREATE TABLE other_program (id int)",
    "CREATE SCHEMA other; CREATE VIEW other.entry AS SELECT 1 AS id",
    (
        "CREATE SCHEMA other; CREATE TABLE other.commitment (id int); "
        "CREATE RULE swallow AS ON INSERT TO other.commitment DO INSTEAD NOTHING"
    ),
    "ALTER TABLE entry SET (fillfactor = 90)",
    "ALTER TABLE entry ENABLE ALWAYS TRIGGER entry_append",
    "COMMENT ON TABLE entry IS 'the history'",
    "SET TRANSACTION READ ONLY",
)


@pytest.mark.parametrize(("statement", "fault"), DONE.items(), ids=range(len(DONE)))
def test_whatever_is_done_to_the_schema_is_named(
    sound: psycopg.Connection[Any], statement: str, fault: str
) -> None:
    sound.execute(statement.encode())
    faults = list(differences(sound.execute, "public"))
    assert any(fault in one for one in faults), faults
    assert len(faults) < 6, faults


@pytest.mark.parametrize("statement", HARMLESS, ids=range(len(HARMLESS)))
def test_what_does_no_harm_is_no_fault(sound: psycopg.Connection[Any], statement: str) -> None:
    sound.execute(statement.encode())
    assert list(differences(sound.execute, "public")) == []


def test_a_stored_condition_is_put_into_words_without_running_what_it_calls(
    sound: psycopg.Connection[Any],
) -> None:
    sound.execute(
        "CREATE FUNCTION boom() RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RAISE EXCEPTION ''ran''; END'; "
        "ALTER TABLE entry DROP CONSTRAINT ck_entry_hash, "
        "ADD CONSTRAINT ck_entry_hash CHECK (length(hash) = boom()) NOT VALID"
    )
    assert list(differences(sound.execute, "public")) == [f"schema: the constraint ck_entry_hash {NOT_SO}"]


def test_a_rule_that_swallows_inserts_is_told_by_check(ksmy: Ksmy, database_on_server: str) -> None:
    with psycopg.connect(database_on_server) as connection:
        connection.execute("CREATE RULE swallow AS ON INSERT TO entry DO INSTEAD NOTHING")
    ran = ksmy("check", "--db", database_on_server)
    assert ran.code == 8
    assert f"  schema: the rule swallow on entry {STRANGE}\n" in ran.err


def test_a_missing_table_does_not_hide_what_else_is_wrong(ksmy: Ksmy, database_on_server: str) -> None:
    with psycopg.connect(database_on_server) as connection:
        connection.execute("DROP TABLE milestone; DROP INDEX ix_entry_recorded_at")
    ran = ksmy("check", "--db", database_on_server)
    assert ran.code == 8
    assert "schema: the table milestone is missing" in ran.err
    assert "schema: the index ix_entry_recorded_at is missing" in ran.err
    listed = ksmy("list", "--db", database_on_server)
    assert listed.code == 8
    assert "the table milestone is missing" in listed.err
