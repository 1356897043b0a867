"""Documents over the wire: by the official SDK, and by hand where a good client never would."""

import hashlib
import io
import socket
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import stripe

pytestmark = pytest.mark.xdist_group("payments-service")

PDF = b"%PDF-1.7\nsigned for by Claire Martin"
JPEG = b"\xff\xd8\xff\xe0 a parcel at a door"
PNG = b"\x89PNG\r\n\x1a\n a slip"
LIMIT = 5 * 1024 * 1024


class Document(io.BytesIO):
    """Bytes with a name, as an open file has."""

    def __init__(self, content: bytes, name: str) -> None:
        super().__init__(content)
        self.name = name


@pytest.fixture
def v1(service: Any) -> Any:
    return service.client().v1


def upload(v1: Any, content: bytes = PDF, name: str = "slip.pdf", **options: Any) -> Any:
    return v1.files.create(
        {"purpose": "dispute_evidence", "file": Document(content, name)}, options or None
    )


def post(service: Any, content: bytes, **headers: str) -> httpx.Response:
    sent = {"Content-Type": "multipart/form-data; boundary=b", **headers}
    return httpx.post(
        f"{service.url}/v1/files", content=content, headers=sent, auth=(service.key, ""), timeout=20
    )


def form(
    document: bytes = PDF, *, purpose: str = "dispute_evidence", end: bytes = b"--\r\n"
) -> bytes:
    return (
        b'--b\r\nContent-Disposition: form-data; name="purpose"\r\n\r\n'
        + purpose.encode()
        + b'\r\n--b\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n'
        b"Content-Type: application/octet-stream\r\n\r\n" + document + b"\r\n--b" + end
    )


@pytest.mark.parametrize(
    ("content", "kind", "shown"),
    [(PDF, "pdf", "application/pdf"), (JPEG, "jpg", "image/jpeg"), (PNG, "png", "image/png")],
)
def test_the_sdk_uploads_a_document_and_its_bytes_come_back(v1, service, content, kind, shown):
    file = upload(v1, content, "C:\\scans\\bon de livraison.exe")
    assert (file.type, file.size, file.purpose) == (kind, len(content), "dispute_evidence")
    assert file.filename == "bon de livraison.exe"
    assert v1.files.retrieve(file.id).url == file.url
    assert file.id in [found.id for found in v1.files.list({"purpose": "dispute_evidence"}).data]
    answer = httpx.get(file.url, auth=(service.key, ""))
    assert (answer.status_code, answer.content) == (200, content)
    assert answer.headers["content-type"] == shown
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert httpx.get(file.url).status_code == 401


def test_a_connected_accounts_document_is_not_its_platforms(v1):
    seller = v1.accounts.create({"type": "custom", "country": "MA"})
    theirs = upload(v1, stripe_account=seller.id)
    with pytest.raises(stripe.InvalidRequestError) as missing:
        v1.files.retrieve(theirs.id)
    assert missing.value.code == "resource_missing"
    assert v1.files.retrieve(theirs.id, options={"stripe_account": seller.id}).id == theirs.id


def test_the_same_bytes_are_kept_once(v1, service):
    first, second = upload(v1), upload(v1)
    assert first.id != second.id
    kept = service.rows(
        "SELECT count(*) FROM file_contents WHERE sha256 = %s AND account_id = 'acct_platform'",
        hashlib.sha256(PDF).hexdigest(),
    )
    assert kept == [(1,)]


def test_a_retry_with_the_same_key_is_the_same_document(v1):
    first = upload(v1, idempotency_key="the-slip")
    assert upload(v1, idempotency_key="the-slip").id == first.id
    with pytest.raises(stripe.IdempotencyError):
        upload(v1, PDF + b" and more", idempotency_key="the-slip")


@pytest.mark.parametrize("content", [b"MZ a program", b"<svg onload=alert(1)>", b"GIF89a", b"x"])
def test_a_document_is_told_by_its_bytes_and_not_by_its_name(v1, content):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        upload(v1, content, "slip.pdf")
    assert refused.value.param == "file"


def test_a_document_may_have_five_megabytes_and_no_byte_more(v1):
    whole = PDF + b"." * (LIMIT - len(PDF))
    assert upload(v1, whole).size == LIMIT
    with pytest.raises(stripe.InvalidRequestError, match="larger"):
        upload(v1, whole + b".")


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"purpose": "business_logo", "file": Document(PDF, "a")}, "purpose"),
        ({"purpose": "dispute_evidence"}, "file"),
        ({"file": Document(PDF, "a")}, "purpose"),
        ({"purpose": "dispute_evidence", "file": Document(b"", "a")}, "file"),
        ({"purpose": "dispute_evidence", "file": Document(PDF, "a"), "x": "y"}, "x"),
        ({"purpose": "dispute_evidence", "paper": Document(PDF, "a")}, "paper"),
    ],
)
def test_a_wrong_form_is_named(v1, params, param):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        v1.files.create(params)
    assert refused.value.param == param


def test_a_form_that_breaks_off_is_refused(service):
    whole = form()
    assert post(service, whole).status_code == 200
    cut_anywhere = [whole[:n] for n in range(0, len(whole) - 3, 7)]
    for cut in [*cut_anywhere, form(end=b""), form(end=b"\r\n")]:
        answer = post(service, cut)
        assert answer.status_code == 400, cut
        assert answer.json()["error"]["type"] == "invalid_request_error"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a form at all",
        b"--b\r\n\r\nno name\r\n--b--\r\n",
        b'--b\r\nContent-Disposition: form-data; name="purpose"\r\n\r\n'
        + b"x" * 9_000
        + b"\r\n--b--",
        b'--b\r\nContent-Disposition: form-data; name="p\x00"\r\n\r\nx\r\n--b--\r\n',
        b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n' * 30 + b"--b--\r\n",
        form().replace(b"--b--", b"--b") + form()[5:],
    ],
)
def test_nonsense_is_refused_and_nothing_is_kept(service, content):
    before = service.rows("SELECT count(*) FROM files")
    assert post(service, content).status_code == 400
    assert service.rows("SELECT count(*) FROM files") == before


@pytest.mark.parametrize("kind", ["multipart/form-data", "application/x-www-form-urlencoded", ""])
def test_another_content_type_is_refused(service, kind):
    assert post(service, form(), **{"Content-Type": kind}).status_code == 400


def test_a_form_without_end_is_left_after_the_limit(service):
    """An attacker that sends for ever is stopped a little over five megabytes."""
    address = urlsplit(service.url)
    with socket.create_connection((address.hostname, address.port), timeout=20) as line:
        line.sendall(
            b"POST /v1/files HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
            b"Authorization: Bearer " + service.key.encode() + b"\r\n"
            b"Content-Type: multipart/form-data; boundary=b\r\n\r\n"
        )
        start = form()[:150]
        line.sendall(b"%x\r\n%s\r\n" % (len(start), start))
        piece = b"10000\r\n" + b"." * 0x10000 + b"\r\n"
        sent = 0
        try:
            while sent < 4 * LIMIT:
                line.sendall(piece)
                sent += 0x10000
        except OSError:
            pass
        answer = line.recv(65_536) if sent >= 4 * LIMIT else b""
    assert sent < 4 * LIMIT or b" 400 " in answer
    assert httpx.get(f"{service.url}/health").status_code == 200


def test_without_a_key_nothing_is_read(service):
    answer = httpx.post(
        f"{service.url}/v1/files",
        content=form(),
        headers={"Content-Type": "multipart/form-data; boundary=b"},
    )
    assert answer.status_code == 401
