"""A buyer's browser, as light as it can be: cookies, redirects, the fields of a page's forms.

Every shop of a run is walked with it, so that the walker's own work is the same beside each.
"""

import re
from dataclasses import dataclass, field
from html import unescape
from http.client import HTTPConnection, HTTPException, HTTPResponse
from urllib.parse import urlencode, urljoin, urlsplit

_FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL)
_INPUT = re.compile(r"<input\b([^>]*)>")
_ATTRIBUTE = re.compile(r'([\w-]+)(?:="([^"]*)")?')
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_REDIRECTS_MAX = 8
_FORM_TYPE = "application/x-www-form-urlencoded"
_PATIENCE_S = 120


class Lost(RuntimeError):
    """The walk did not come to where it should; the text says where it ended."""


@dataclass(frozen=True)
class Page:
    """What came last: after the redirects."""

    url: str
    status: int
    body: str
    response: HTTPResponse

    def form(self, action: str) -> tuple[str, dict[str, str]]:
        """Address and preset fields of the first form whose action holds `action`."""
        for attributes, inside in _FORM.findall(self.body):
            told = _attributes(attributes)
            if action in told.get("action", ""):
                return urljoin(self.url, told["action"]), _fields(inside)
        raise Lost(f"no form for {action} on {self.url} ({self.status})")


def _attributes(text: str) -> dict[str, str]:
    return {name: unescape(value) for name, value in _ATTRIBUTE.findall(text)}


def _fields(inside: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    for found in map(_attributes, _INPUT.findall(inside)):
        if found.get("type") == "radio" and "checked" not in found:
            continue
        if found.get("name"):
            fields[found["name"]] = found.get("value", "")
    return fields


@dataclass
class Browser:
    """One visitor: keep-alive connections and cookies, by host and port."""

    lines: dict[str, HTTPConnection] = field(default_factory=dict)
    cookies: dict[str, dict[str, str]] = field(default_factory=dict)

    def get(self, url: str) -> Page:
        """Visit, and follow where it leads."""
        return self.send("GET", url)

    def post(
        self,
        url: str,
        fields: dict[str, str],
        *,
        referer: str = "",
        headers: dict[str, str] | None = None,
    ) -> Page:
        """Send a form, and follow where it leads."""
        headers = {"Content-Type": _FORM_TYPE, **(headers or {})}
        if referer:
            headers["Referer"] = referer
        return self.send("POST", url, body=urlencode(fields).encode(), headers=headers)

    def send(
        self, method: str, url: str, *, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> Page:
        """Any request; a redirect is followed with a GET. `Lost` for an answer of 400 and more."""
        headers = headers or {}
        for _ in range(_REDIRECTS_MAX):
            answer, text = self._once(method, url, body=body, headers=headers)
            if answer.status not in _REDIRECTS:
                if answer.status >= 400:
                    raise Lost(f"{answer.status} at {url}: {text[:200]}")
                return Page(url, answer.status, text, answer)
            url = urljoin(url, answer.headers["Location"])
            method, body, headers = "GET", b"", {}
        raise Lost(f"too many redirects, the last to {url}")

    def close(self) -> None:
        """Hang up."""
        for line in self.lines.values():
            line.close()
        self.lines.clear()

    def _once(
        self, method: str, url: str, *, body: bytes, headers: dict[str, str]
    ) -> tuple[HTTPResponse, str]:
        parts = urlsplit(url)
        host = parts.netloc
        line = self.lines.get(host)
        if line is None:
            line = self.lines[host] = HTTPConnection(host, timeout=_PATIENCE_S)
        jar = self.cookies.setdefault(host, {})
        sent = {"Cookie": "; ".join(f"{n}={v}" for n, v in jar.items())} if jar else {}
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        try:
            line.request(method, target, body=body or None, headers={**sent, **headers})
            answer = line.getresponse()
            text = answer.read().decode(errors="replace")
        except (OSError, HTTPException) as trouble:
            raise Lost(f"no answer from {url}: {trouble!r}") from trouble
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.split(";", 1)[0].partition("=")
            jar[name.strip()] = value
        return answer, text
