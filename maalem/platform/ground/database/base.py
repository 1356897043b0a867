"""The name `base` is Django's: where it looks for a backend's `DatabaseWrapper`."""

import select

from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus


class DatabaseWrapper(base.DatabaseWrapper):
    """PostgreSQL, as Django speaks to it."""

    def is_usable(self) -> bool:
        """Whether the server is still there, without a round trip where nothing speaks against it.

        A server that went away leaves its end of the line closed, or its last words on it; either
        can be read. Only then is it asked, or where a transaction is open, which may be broken.
        A statement that died with its server has closed this end already: there is no line to look
        at, and whoever asked for one would get an error instead of a new connection, for good.
        """
        if self.connection is None or self.connection.closed:
            return False
        line = select.poll()
        line.register(self.connection.fileno(), select.POLLIN)
        idle = self.connection.info.transaction_status is TransactionStatus.IDLE
        return (idle and not line.poll(0)) or bool(super().is_usable())
