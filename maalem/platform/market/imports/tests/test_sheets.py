"""Files of every make are read, and hostile ones are refused by name, without harm."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as some
from openpyxl import Workbook

from maalem.platform.market.imports import sheets
from maalem.platform.market.imports.sheets import read
from maalem.platform.market.imports.states import FileFault, Unusable

HEAD = ("référence", "nom fr", "prix", "métier")
LINE = ("T-1", "Tapis, noué", "1 250,50", "Tapis noués")


def csv(separator=";", encoding="utf-8", end="\r\n"):
    rows = [separator.join(f'"{cell}"' for cell in row) for row in (HEAD, LINE)]
    return (end.join(rows) + end).encode(encoding)


def workbook(*rows):
    file, book = io.BytesIO(), Workbook()
    for row in rows:
        book.active.append(row)
    book.save(file)
    return file.getvalue()


def fault(content):
    with pytest.raises(Unusable) as refused:
        read(content)
    return refused.value.fault


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_text_is_read_whoever_wrote_it(separator, encoding, end):
    found = read(csv(separator, encoding, end))
    assert found.lines == ((2, LINE),)
    assert len(found.head) == 4
    # Windows has two ways of its own, of which Arabic is tried first: its letters differ, not
    # those of the words that we look for.
    if encoding != "cp1252":
        assert found.head == HEAD


def test_arabic_of_an_old_windows_is_read():
    content = "المرجع;الاسم fr;الثمن;الحرفة\r\nT-1;زربية;350;زرابي\r\n".encode("cp1256")
    assert read(content).head[0] == "المرجع"
    assert read(content).lines[0][1][1] == "زربية"


def test_excel_is_read_with_its_numbers_and_its_empty_lines():
    content = workbook(HEAD, (), ("T-1", "Tapis", 1250.5, None), (7, "Bol", 80, "Zellige"), ())
    found = read(content)
    assert found.lines == ((3, ("T-1", "Tapis", "1250.5", "")), (4, ("7", "Bol", "80", "Zellige")))


def test_a_formula_is_not_computed_and_says_nothing():
    content = workbook(HEAD, ("T-1", '=HYPERLINK("http://x")', "=1+1", "Zellige"))
    assert read(content).lines[0][1] == ("T-1", "", "", "Zellige")


def test_a_cell_far_out_takes_no_room():
    file, book = io.BytesIO(), Workbook()
    book.active.append(HEAD)
    book.active.append(LINE)
    book.active["XFD1048576"] = "x"
    book.save(file)
    assert fault(file.getvalue()) == FileFault.TOO_MANY_LINES


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", FileFault.EMPTY),
        (b" \r\n \r\n", FileFault.EMPTY),
        (csv().split(b"\r\n")[0], FileFault.EMPTY),
        (b"just words", FileFault.NO_SHEET),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), FileFault.NO_SHEET),
        (b"%PDF-1.7 a;b;c\n" + bytes(50), FileFault.NO_SHEET),
        (b"PK\x03\x04" + bytes(300), FileFault.NO_SHEET),
        (b"\xff\xfea", FileFault.NO_SHEET),
        (b"\xd0\xcf\x11\xe0" + bytes(500), FileFault.NO_SHEET),
        (b"x;" * (5 * 1024 * 1024), FileFault.TOO_HEAVY),
        ((";".join("abcdefghij" * 7) + "\n1;2\n").encode(), FileFault.TOO_WIDE),
    ],
)
def test_what_is_no_sheet_is_refused_by_name(content, why):
    assert fault(content) == why


def test_too_many_lines_are_refused(monkeypatch):
    monkeypatch.setattr(sheets, "MOST_LINES", 3)
    assert fault(b"a;b\n" + b"1;2\n" * 4) == FileFault.TOO_MANY_LINES
    assert len(read(b"a;b\n" + b"1;2\n" * 3).lines) == 3


def test_a_bomb_is_not_unpacked():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", bytes(100 * 1024 * 1024))
    assert len(file.getvalue()) < 200_000
    assert fault(file.getvalue()) == FileFault.TOO_HEAVY


def test_an_archive_of_something_else_is_no_sheet():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("hello.txt", "hello")
    assert fault(file.getvalue()) == FileFault.NO_SHEET


def test_entities_of_a_sheet_are_not_followed():
    file = io.BytesIO(workbook(HEAD, LINE))
    out = io.BytesIO()
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.infolist():
            data = old.read(part)
            if part.filename.endswith("sheet1.xml"):
                data = bomb + data.replace(b"Tapis, nou", b"&b;")
            new.writestr(part, data)
    assert fault(out.getvalue()) == FileFault.NO_SHEET


@given(some.binary(max_size=400))
def test_any_bytes_are_a_sheet_or_are_refused(content):
    for one in (content, b"PK\x03\x04" + content, b"\xff\xfe" + content):
        try:
            found = read(one)
        except Unusable:
            continue
        assert all(len(cells) == len(found.head) for _number, cells in found.lines)
