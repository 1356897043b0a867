"""A look at the line tells whether the server is still there."""

import psycopg
import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext


@pytest.fixture
def line(committed_db):
    connection.ensure_connection()
    return committed_db


def test_a_line_at_rest_is_good_and_nothing_is_asked(line):
    with CaptureQueriesContext(connection) as asked:
        assert connection.is_usable()
    assert asked.captured_queries == []


def test_a_line_that_the_server_cut_is_not(line):
    with psycopg.connect(line, autocommit=True) as other:
        pid = connection.connection.info.backend_pid
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    assert not connection.is_usable()


def test_a_line_that_a_statement_died_on_is_replaced(line):
    with psycopg.connect(line, autocommit=True) as other:
        pid = connection.connection.info.backend_pid
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    with connection.cursor() as cursor, pytest.raises(OperationalError):
        cursor.execute("SELECT 1")
    assert not connection.is_usable()
    connection.close_if_unusable_or_obsolete()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)


def test_a_broken_transaction_is_not(line):
    connection.set_autocommit(False)
    with connection.cursor() as cursor, pytest.raises(Exception, match="zero"):
        cursor.execute("SELECT 1 / 0")
    assert not connection.is_usable()
    connection.rollback()
    connection.set_autocommit(True)
    assert connection.is_usable()
