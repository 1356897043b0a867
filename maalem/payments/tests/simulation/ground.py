"""The database that every history begins with: the same rows, whatever was done in it before.

Copying a database for each history would cost more than the history. So what stands at first is
kept aside once, and put back by the server itself, without a trigger.
"""

from typing import Any

import psycopg
from psycopg import sql

_TABLES = """
SELECT schemaname, tablename FROM pg_tables
WHERE schemaname IN ('public', 'ledger', 'simulator', 'vault') AND tablename <> 'migrations'
ORDER BY 1, 2
"""
_SEQUENCES = """
SELECT schemaname, sequencename, coalesce(last_value, start_value), last_value IS NOT NULL
FROM pg_sequences WHERE schemaname IN ('public', 'ledger', 'simulator', 'vault') ORDER BY 1, 2
"""
_WAITING = """
SELECT bool_and(cardinality(pg_blocking_pids(pid)) > 0)
FROM unnest(%s::integer[]) AS under_way (pid)
"""


class Ground:
    """`dsn` is a superuser's. `keep` what stands, then `put_back` as often as is wanted."""

    def __init__(self, dsn: str) -> None:
        self._db = psycopg.connect(dsn, autocommit=True)

    def close(self) -> None:
        """Let go."""
        self._db.close()

    def keep(self) -> None:
        """What stands now is what every history begins with."""
        db = self._db
        db.execute("CREATE SCHEMA kept")
        steps = []
        for schema, name in db.execute(_TABLES).fetchall():
            table, copy = sql.Identifier(schema, name), sql.Identifier("kept", f"{schema}_{name}")
            steps.append(sql.SQL("DELETE FROM {}").format(table))
            filled = db.execute(sql.SQL("SELECT EXISTS (SELECT FROM {})").format(table)).fetchone()
            if filled and filled[0]:
                db.execute(sql.SQL("CREATE TABLE {} AS TABLE {}").format(copy, table))
                back = "INSERT INTO {} OVERRIDING SYSTEM VALUE SELECT * FROM {}"
                steps.append(sql.SQL(back).format(table, copy))
        for schema, name, last, called in db.execute(_SEQUENCES).fetchall():
            place = sql.Literal(f"{schema}.{name}")
            steps.append(
                sql.SQL("PERFORM setval({}, {}, {})").format(
                    place, sql.Literal(last), sql.Literal(called)
                )
            )
        db.execute(
            sql.SQL(
                "CREATE FUNCTION kept.put_back() RETURNS void LANGUAGE plpgsql"
                " SET session_replication_role = replica AS $$ BEGIN {}; END $$"
            ).format(sql.SQL("; ").join(steps))
        )

    def put_back(self) -> None:
        """Undo everything since."""
        self._db.execute("SELECT kept.put_back()")

    def all_wait(self, pids: list[int]) -> bool:
        """Whether each of these server processes waits for a lock of another."""
        found: Any = self._db.execute(_WAITING, [pids]).fetchone()
        return bool(found[0])
