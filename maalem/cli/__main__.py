"""`maalem`: everything an operator types."""

import argparse
import asyncio
import sys


def main(argv: list[str] | None = None) -> None:
    """Read the words after `maalem` and do them; exit status 0 means done."""
    parser = argparse.ArgumentParser(prog="maalem", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("texts", help="compile the translations")
    verbs.add_parser("link", help="make the `maalem` command in this environment")
    migrate = verbs.add_parser("migrate", help="bring the payments database to this version")
    migrate.add_argument("service", choices=["payments"])
    migrate.add_argument("dsn", help="the owner's URL")
    words = parser.parse_args(argv)
    if words.verb == "texts":
        from maalem.cli.texts import compile_texts

        print(f"{compile_texts()} translations compiled")
    elif words.verb == "migrate":
        from maalem.payments import db

        asyncio.run(db.migrate(words.dsn))
    sys.exit(0)


if __name__ == "__main__":
    main()
