"""Files of rates: taken in once, whole or not at all, and never changed afterwards."""

import argparse
from datetime import date, timedelta
from pathlib import Path

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from maalem.cli import rates as terminal
from maalem.demo.rates import Examples, load_rates
from maalem.platform.ground.rates import queries
from maalem.platform.ground.rates.actions import take_in, written
from maalem.platform.ground.rates.models import Import, Rate
from maalem.platform.ground.rates.sources import CsvFile, Refused, Sheet, read

FRIDAY = "2026-03-06"
GOOD = "# mid rates\ndate;currency;mad\n2026-03-05;EUR;10,8\n2026-03-06;EUR;10,8123\n"


@pytest.fixture
def friday():
    with time_machine.travel(f"{FRIDAY}T10:00:00+00:00", tick=False):
        yield


def file(tmp_path: Path, text: str | bytes) -> CsvFile:
    path = tmp_path / "rates.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return CsvFile(path)


def taken(source, **more):
    return take_in(source, publisher="Banque des tests", by="Naïma", **more)


@pytest.mark.django_db
def test_a_file_is_taken_in_with_who_and_from_which_file(tmp_path, friday):
    source = file(tmp_path, GOOD)
    assert taken(source).new == 2
    stored = Import.objects.get()
    assert (stored.by, stored.file, stored.source) == ("Naïma", "rates.csv", "Banque des tests")
    assert stored.digest == source.sheet().digest
    rate = queries.rate_of("EUR")
    assert rate is not None
    assert (rate.mad_millionths, rate.valid_from) == (10_812_300, date(2026, 3, 6))
    assert queries.rate_of("USD") is None


@pytest.mark.django_db
def test_the_same_file_twice_changes_nothing(tmp_path, friday):
    taken(file(tmp_path, GOOD))
    again = taken(file(tmp_path, GOOD))
    assert (again.again, again.new) == (True, 0)
    assert (Import.objects.count(), Rate.objects.count()) == (1, 2)


@pytest.mark.django_db
def test_a_longer_file_adds_only_what_is_new(tmp_path, friday):
    taken(file(tmp_path, GOOD))
    more = taken(file(tmp_path, GOOD + "2026-03-06;USD;9.41\n"))
    assert (more.new, more.known) == (1, 2)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("2026-03-06;EUR", "2 columns"),
        ("2026-03-06;EUR;10,8;x", "4 columns"),
        ("2026-02-30;EUR;10,8", "no day"),
        ("06/03/2026;EUR;10,8", "no day"),
        ("2026-03-06;GBP;12", "none of EUR, USD"),
        ("2026-03-06;EUR;ten", "no rate"),
        ("2026-03-06;EUR;-10,8", "no rate"),
        ("2026-03-06;EUR;10,81234567", "six decimals"),
        ("2026-03-06;EUR;1e1", "no rate"),
        ("2026-03-06;EUR;0,0925", "other way round"),
        ("2026-03-06;EUR;1081,23", "for 100"),
        ("2026-03-05;EUR;10,8", "on line 3 already"),
        ("2026-03-07;EUR;10,8", "still to come"),
        ('2026-03-06;"EUR;10,8', "quotation marks"),
    ],
)
@pytest.mark.django_db
def test_a_bad_line_refuses_the_whole_file_by_its_number(tmp_path, friday, line, why):
    text = f"# mid rates\ndate;currency;mad\n2026-03-05;EUR;10,8\n{line}\n2026-03-04;USD;9,4\n"
    with pytest.raises(Refused, match=why) as refusal:
        taken(file(tmp_path, text))
    assert refusal.value.line == 4
    assert not Import.objects.exists()
    assert not Rate.objects.exists()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no rate in it"),
        (b"date;currency;mad\n", "no rate in it"),
        (b"day;currency;mad\n", "line 1: the columns"),
        (b"date;currency;mad\n\xff\xfe;EUR;1\n", "line 2: this is no UTF-8"),
        (b"#" * 4_000_001, "larger than 4 MB"),
    ],
)
def test_a_file_that_is_none_is_refused_with_the_reason(content, why):
    with pytest.raises(Refused, match=why):
        read(content, name="x.csv")


def test_a_file_that_is_not_there_is_a_sentence(tmp_path):
    with pytest.raises(Refused, match="can't be read"):
        CsvFile(tmp_path / "none.csv").sheet()


@pytest.mark.django_db
def test_another_rate_for_a_day_that_has_one_is_refused(tmp_path, friday):
    taken(file(tmp_path, GOOD))
    with pytest.raises(Refused, match=r"line 2: EUR of 2026-03-06 is there with 10\.8123"):
        taken(file(tmp_path, "date,currency,mad\n2026-03-06,EUR,10.9\n"))
    assert Import.objects.count() == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE rates_rate SET mad_millionths = 11000000",
        "DELETE FROM rates_rate",
        "UPDATE rates_import SET by = 'nobody'",
        "DELETE FROM rates_import",
        "TRUNCATE rates_import CASCADE",
    ],
)
@pytest.mark.django_db
def test_the_database_keeps_what_was_taken_in(tmp_path, friday, statement):
    taken(file(tmp_path, GOOD))
    with connection.cursor() as cursor:
        # Else the foreign key, which is checked at the end, stands in the way of TRUNCATE.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            cursor.execute(statement)


@pytest.mark.parametrize("millionths", [0, -1, 999_999, 100_000_001])
@pytest.mark.django_db
def test_the_database_refuses_a_rate_that_cannot_be(tmp_path, friday, millionths):
    taken(file(tmp_path, GOOD))
    with pytest.raises(IntegrityError, match="rate_is_plausible"), transaction.atomic():
        Rate.objects.create(
            currency="USD",
            valid_from=date(2026, 3, 6),
            mad_millionths=millionths,
            taken_from=Import.objects.get(),
        )


@pytest.mark.django_db
def test_a_rate_is_used_for_its_days_and_not_for_one_more(tmp_path, friday, settings):
    taken(file(tmp_path, GOOD))
    day = date.fromisoformat(FRIDAY)
    for later, used in ((0, True), (7, True), (8, False)):
        with time_machine.travel(f"{day + timedelta(days=later)}T12:00:00+00:00"):
            assert (queries.rate_of("EUR") is not None) is used
    settings.RATE_DAYS = 30
    with time_machine.travel(f"{day + timedelta(days=30)}T12:00:00+00:00"):
        assert queries.rate_of("EUR") is not None


@pytest.mark.django_db
def test_pages_ask_for_rates_once_in_a_while(tmp_path, friday, monkeypatch):
    monkeypatch.setattr(queries, "KEEP_IN_TRANSACTIONS", True)
    queries.forget()
    taken(file(tmp_path, GOOD))
    first = queries.rate_of("EUR")
    with CaptureQueriesContext(connection) as asked:
        assert queries.rate_of("EUR") == first
    assert len(asked) == 0
    taken(file(tmp_path, "date,currency,mad\n2026-03-06,USD,9.4\n"))
    assert queries.rate_of("USD") is not None, "whoever writes forgets what was kept"
    queries.forget()


def words(deed: str, **more: object) -> argparse.Namespace:
    return argparse.Namespace(
        **{"deed": deed, "file": "", "source": "BAM", "by": "Naïma", "examples": False, **more}
    )


@pytest.mark.django_db
def test_the_terminal_says_what_came_of_a_file(tmp_path, friday, capsys):
    assert terminal.done(words("list")) == 0
    assert "There is no rate" in capsys.readouterr().out
    path = str(file(tmp_path, GOOD).path)
    assert terminal.done(words("import", file=path)) == 0
    assert "2 rates are new, 0 were known" in capsys.readouterr().out
    assert terminal.done(words("import", file=path)) == 0
    assert "nothing is new" in capsys.readouterr().out
    terminal.done(words("list"))
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("2026-03-06  1 EUR = 10.8123 MAD  in use  (BAM; rates.csv, sha256")
    assert "in use" not in second
    assert terminal.done(words("import", file=str(tmp_path / "none"))) == 1
    assert "can't be read" in capsys.readouterr().err
    bad = str(file(tmp_path, "date,currency,mad\n2026-03-06,EUR,no\n").path)
    assert terminal.done(words("import", file=bad)) == 1
    assert "line 2: 'no' is no rate" in capsys.readouterr().err
    file(tmp_path, GOOD)
    assert terminal.done(words("import", file=path, source=" ")) == 1
    assert "say who published" in capsys.readouterr().err


def test_a_rate_is_written_as_it_was_read():
    for text in ("10.8123", "9", "9.4", "10.000001"):
        sheet: Sheet = read(f"date,currency,mad\n2026-03-06,EUR,{text}\n".encode(), name="x")
        assert written(sheet.quotes[0].mad_millionths) == text


@pytest.mark.django_db
def test_the_demo_takes_in_examples_that_say_so_and_leaves_real_rates(tmp_path, friday):
    load_rates(lambda *_: None)
    load_rates(lambda *_: None)
    assert Import.objects.get().examples
    assert {rate.currency for rate in Rate.objects.all()} == {"EUR", "USD"}
    assert "EXAMPLES" in Path("maalem/demo/data/rates.csv").read_text(encoding="utf-8")
    assert Examples(date(2026, 3, 6)).sheet().quotes[0].valid_from == date(2026, 3, 6)
    with time_machine.travel("2026-04-06T12:00:00+00:00"):
        load_rates(lambda *_: None)
        assert Import.objects.count() == 2, "the old ones are no longer used"


@pytest.mark.django_db
def test_the_demo_does_not_cover_a_real_rate(tmp_path, friday):
    taken(file(tmp_path, GOOD))
    load_rates(lambda *_: None)
    assert not Import.objects.filter(examples=True).exists()
