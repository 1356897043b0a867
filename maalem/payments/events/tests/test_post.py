"""What is sent over kept connections, to receivers of every kind."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from maalem.payments.events.post import BODY_MAX, BadAnswer, Poster
from maalem.payments.events.reach import plain_target

Story = Callable[[Poster, str], Awaitable[None]]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Counter:
    """A receiver that counts connections and keeps what it was sent."""

    def __init__(self, answer: bytes, *, hang_up: bool = False) -> None:
        self.answer, self.hang_up = answer, hang_up
        self.connections = 0
        self.heads: list[bytes] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = head.partition(b"Content-Length: ")[2].partition(b"\r\n")[0]
                await reader.readexactly(int(length))
                self.heads.append(head)
                writer.write(self.answer)
                if self.hang_up:
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        writer.close()


def told(counter: Counter, story: Story) -> None:
    async def run() -> None:
        server = await asyncio.start_server(counter.serve, "127.0.0.1")
        poster = Poster(timeout_s=1)
        await story(poster, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/a é?b=ç#c")
        poster.close()
        server.close()

    asyncio.run(run())


async def thrice(poster: Poster, url: str) -> None:
    for _ in range(3):
        await poster.post(plain_target(url), headers={"X-A": "1"}, body=b"{}")
        await asyncio.sleep(0.01)


def test_one_connection_serves_for_many():
    counter = Counter(OK)
    told(counter, thrice)
    assert (counter.connections, len(counter.heads)) == (1, 3)
    assert counter.heads[0].startswith(b"POST /a%20%C3%A9?b=%C3%A7 HTTP/1.1\r\nHost: 127.0.0.1:")
    assert b"\r\nX-A: 1\r\n" in counter.heads[0]


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        f"HTTP/1.1 200 OK\r\nContent-Length: {BODY_MAX + 1}\r\n\r\n".encode(),
        b"HTTP/1.1 200 OK\r\n\r\nand so on",
    ],
)
def test_an_answer_that_is_not_over_costs_the_connection_only(answer):
    counter = Counter(answer)
    told(counter, thrice)
    assert (counter.connections, len(counter.heads)) == (3, 3)


def test_a_connection_that_was_closed_meanwhile_is_made_anew():
    counter = Counter(OK, hang_up=True)
    told(counter, thrice)
    assert (counter.connections, len(counter.heads)) == (3, 3)


def test_a_redirect_is_an_answer_and_not_followed():
    async def story(poster: Poster, url: str) -> None:
        assert await poster.post(plain_target(url), headers={}, body=b"") == 302

    redirect = b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n"
    counter = Counter(b"HTTP/1.1 103 Early Hints\r\n\r\n" + redirect)
    told(counter, story)
    assert len(counter.heads) == 1


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [(b"", TimeoutError), (b"SSH-2.0-x\r\n\r\n", BadAnswer), (b"x" * 70_000, Exception)],
)
def test_what_is_no_answer_is_trouble(answer, trouble):
    async def story(poster: Poster, url: str) -> None:
        with pytest.raises(trouble):
            await poster.post(plain_target(url), headers={}, body=b"")

    told(Counter(answer), story)
