"""Two databases (a third for the live mode), three roles: who may own and who may only use.

`maalem_payments_owner` owns the payments schema and migrates it; `maalem_payments` is what the
running payments service is and can't rewrite history; `maalem_platform` owns the platform's own
database and can't connect to the other; `maalem_vault` owns the sealed cards and nobody can log in
as it. Passwords are set anew at every start, so none is kept.
"""

import secrets
import shlex
import sys
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

PAYMENTS, PLATFORM = "maalem_payments", "maalem_platform"
LIVE = "maalem_payments_live"
OWNER = "maalem_payments_owner"
VAULT = "maalem_vault"


@dataclass(frozen=True)
class Dsns:
    """Connection URLs: the payments service's, its owner's (for migrations), the platform's.

    The live mode's are empty where there is no live mode.
    """

    payments: str
    payments_admin: str
    platform: str
    live: str = ""
    live_admin: str = ""


def prepare(
    admin_dsn: str, *, payments: str = PAYMENTS, platform: str = PLATFORM, live: str | None = None
) -> Dsns:
    """Make the roles and databases that are missing; safe to run again.

    `admin_dsn` is a superuser's URL to any database of the server; `live` is the name of the live
    mode's database, if there is to be one.
    """
    books = [payments] if live is None else [payments, live]
    words = {role: secrets.token_urlsafe(18) for role in (PAYMENTS, OWNER, PLATFORM)}
    with psycopg.connect(admin_dsn, autocommit=True) as admin:
        for role, word in words.items():
            _ensure_role(admin, role, password=word)
        _ensure_vault(admin)
        for book in books:
            _ensure_database(admin, book, owner=OWNER)
        _ensure_database(admin, platform, owner=PLATFORM)
        for database, role in (*((book, PAYMENTS) for book in books), (platform, PLATFORM)):
            name = sql.Identifier(database)
            admin.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
            admin.execute(
                sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(
                    name, sql.Identifier(role)
                )
            )
    _extend(_swap(admin_dsn, database=platform), ["pg_trgm", "unaccent", "btree_gin"])
    for book in books:
        _extend(_swap(admin_dsn, database=book), ["btree_gin"])

    def url(database: str, role: str) -> str:
        return _swap(admin_dsn, database=database, user=role, password=words[role])

    return Dsns(
        payments=url(payments, PAYMENTS),
        payments_admin=url(payments, OWNER),
        platform=url(platform, PLATFORM),
        live=url(live, PAYMENTS) if live else "",
        live_admin=url(live, OWNER) if live else "",
    )


def lend(admin_dsn: str, *, live: bool) -> int:
    """Prepare an operator's own server and print what `maalem up` wants to know of it."""
    try:
        made = prepare(admin_dsn, live=LIVE if live else None)
    except psycopg.Error as trouble:
        print(f"can't prepare that server: {str(trouble).strip()}", file=sys.stderr)
        return 1
    print(f"export MAALEM_PLATFORM_DATABASE_URL={shlex.quote(made.platform)}")
    print(f"export MAALEM_PAYMENTS_DATABASE_URL={shlex.quote(made.payments)}")
    print(f"export MAALEM_PAYMENTS_ADMIN_DATABASE_URL={shlex.quote(made.payments_admin)}")
    if live:
        print(f"export MAALEM_PAYMENTS_LIVE_DATABASE_URL={shlex.quote(made.live)}")
        print(f"export MAALEM_PAYMENTS_LIVE_ADMIN_DATABASE_URL={shlex.quote(made.live_admin)}")
    return 0


def _ensure_role(admin: psycopg.Connection, role: str, *, password: str) -> None:
    known = admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    verb = sql.SQL("ALTER" if known else "CREATE")
    admin.execute(
        sql.SQL("{} ROLE {} LOGIN NOSUPERUSER NOCREATEDB PASSWORD {}").format(
            verb, sql.Identifier(role), sql.Literal(password)
        )
    )


def _ensure_vault(admin: psycopg.Connection) -> None:
    """The role that owns the vault's tables; only the migrations may act as it."""
    if not admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [VAULT]).fetchone():
        admin.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(VAULT)))
    admin.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(VAULT), sql.Identifier(OWNER)))


def _ensure_database(admin: psycopg.Connection, database: str, *, owner: str) -> None:
    known = admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone()
    if not known:
        admin.execute(
            sql.SQL("CREATE DATABASE {} OWNER {}").format(
                sql.Identifier(database), sql.Identifier(owner)
            )
        )


def _extend(dsn: str, extensions: list[str]) -> None:
    with psycopg.connect(dsn, autocommit=True) as admin:
        for name in extensions:
            admin.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(name)))


def _swap(dsn: str, *, database: str, user: str | None = None, password: str | None = None) -> str:
    """The same server, another database, and another user where one is given."""
    parts = urlsplit(dsn)
    host = parts.netloc.rpartition("@")[2]
    login = f"{user}:{password}" if user else parts.netloc.rpartition("@")[0]
    return urlunsplit(parts._replace(netloc=f"{login}@{host}", path=f"/{database}"))
