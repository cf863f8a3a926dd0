"""Run the migrations that ship, on a connection of either engine: the one module that runs SQLAlchemy and Alembic."""

from typing import Any

from ksmy_tracker.storage.shipped import shipped


def upgrade(driver: Any, dialect: str) -> None:
    """Run the migrations that are missing, in the transaction that the driver's connection is in.

    `dialect` is SQLAlchemy's name of the engine and its driver: `sqlite+pysqlite` or `postgresql+psycopg`.
    """
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    more = {"use_native_hstore": False} if dialect.startswith("postgresql") else {}
    engine = create_engine(f"{dialect}://", creator=lambda: _Lent(driver), poolclass=NullPool, **more)
    config = Config()
    config.set_main_option("script_location", str(shipped("migrations")).replace("%", "%%"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


class _Lent:
    """A driver's connection as it is lent to SQLAlchemy: how its transaction ends is for its owner to say."""

    def __init__(self, driver: Any) -> None:
        self._driver = driver

    def __getattr__(self, name: str) -> Any:
        return getattr(self._driver, name)

    def _nothing(self) -> None:
        """Leave the connection as it is."""

    commit = rollback = close = _nothing
