"""Callers of the API, as careful and as careless as they come.

Each makes up its mind by its own part of the seed, so that what another does changes nothing of
what it wants. A question has one key for all its tries.
"""

import asyncio
import random
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from maalem.payments.tests.service import SECRET_KEY
from maalem.payments.tests.simulation.process import Process, decoded
from maalem.payments.tests.simulation.stepped import Schedule

Answer = tuple[int, bytes]
# Ask again: busy, or nobody there. What is remembered under a key has one of the others.
AGAIN = (0, 409, 503)
REMEMBERED = (200, 402)
TRIES = 5
GONE: Answer = (0, b"")


@dataclass
class Wish:
    """What a client wants: a POST to `path`, in the name of the account `of`."""

    verb: str
    path: str
    data: dict[str, str]
    of: str = ""


@dataclass(eq=False)
class Question:
    """A wish with its key, and everything that was answered to it, `heard` or not."""

    client: str
    key: str
    wish: Wish
    answers: list[Answer] = field(default_factory=list)
    heard: list[Answer] = field(default_factory=list)
    mismatches: list[Answer] = field(default_factory=list)
    sent: int = 0

    @property
    def tag(self) -> str:
        """What the objects that it made carry in their metadata."""
        return self.key

    @property
    def told(self) -> Answer | None:
        """The last that was heard, unless that was only to ask again."""
        there = [answer for answer in self.heard if answer[0] not in AGAIN]
        return there[-1] if there else None

    @property
    def made(self) -> dict[str, Any] | None:
        """The object of a 200, heard or not."""
        for status, body in self.answers:
            if status == 200:
                found: dict[str, Any] = decoded(body)
                return found
        return None


class Client:
    """Asks one thing after the other. `troubled` is the share of tries that go wrong on the way."""

    def __init__(
        self, name: str, chooser: random.Random, *, doors: list[Process], schedule: Schedule
    ) -> None:
        self.name, self.chooser, self._doors, self._schedule = name, chooser, doors, schedule
        self.troubled = 0.0
        self.questions: list[Question] = []
        self.open: set[asyncio.Task[Any]] = set()

    def question(self, wish: Wish) -> Question:
        """A wish, written down with its key before anything is sent."""
        key = f"{self.name}-{len(self.questions)}"
        if "metadata[op]" in wish.data:
            wish.data["metadata[op]"] = key
        made = Question(self.name, key, wish)
        self.questions.append(made)
        return made

    async def ask(self, question: Question) -> Answer | None:
        """Try until there is an answer, or lose patience; what was heard in the end."""
        for _ in range(TRIES):
            await self._schedule.turn(f"{self.name} asks")
            await self._try(question)
            if question.told is not None:
                if self._goes_wrong() and question.told[0] in REMEMBERED:
                    await self._after_an_answer(question)
                return question.told
        self._schedule.note(f"  {self.name}: gives up on {question.key}")
        return None

    async def again(self, question: Question) -> Answer:
        """The same question once more, and nothing goes wrong on the way."""
        answer = await self.post(self._door(), question)
        question.heard.append(answer)
        return answer

    async def _try(self, question: Question) -> None:
        what = "fine"
        if self._goes_wrong():
            what = self.chooser.choice(("lost", "unheard", "both", "hangs up"))
        self._schedule.note(f"  {self.name}: {question.wish.verb} {question.key}, {what}")
        if what == "lost":
            return
        if what == "both":
            tasks = [self._send(door, question) for door in (self._door(), self._door())]
            answers = await asyncio.gather(*tasks)
            question.heard += sorted(answers, key=lambda answer: answer[0] not in AGAIN)
            return
        task = self._send(self._door(), question)
        if what == "unheard":
            return
        if what == "hangs up":
            await self._schedule.turn(f"{self.name} hangs up")
            task.cancel()
        question.heard.append(await task)

    async def _after_an_answer(self, question: Question) -> None:
        """The same again, or something else under the same key."""
        if "amount" in question.wish.data and self.chooser.random() < 0.5:
            data = {**question.wish.data, "amount": str(int(question.wish.data["amount"]) + 1)}
            other = Wish(question.wish.verb, question.wish.path, data, question.wish.of)
            answer = await self.post(self._door(), question, instead=other)
            question.mismatches.append(answer)
        else:
            await self.again(question)

    def _send(self, door: Process, question: Question) -> "asyncio.Task[Answer]":
        task = asyncio.get_running_loop().create_task(self.post(door, question))
        self.open.add(task)
        task.add_done_callback(self.open.discard)
        return task

    async def post(
        self, door: Process, question: Question, *, instead: Wish | None = None
    ) -> Answer:
        """Send it; (0, nothing) where the process died over it, or the caller hung up."""
        wish = instead or question.wish
        headers = {"authorization": f"Bearer {SECRET_KEY}", "idempotency-key": question.key}
        if wish.of:
            headers["stripe-account"] = wish.of
        question.sent += 1
        doing = door.post(f"/v1/{wish.path}", urlencode(wish.data).encode(), headers)
        try:
            await asyncio.wait({doing})
        except asyncio.CancelledError:
            doing.cancel()
            await asyncio.wait({doing})
        if doing.cancelled():
            self._schedule.note(f"  {self.name}: {question.key} has no answer")
            return GONE
        answer: Answer = doing.result()
        self._schedule.note(f"  {self.name}: {question.key} is answered {answer[0]}")
        if instead is None:
            question.answers.append(answer)
        return answer

    def _door(self) -> Process:
        return self.chooser.choice(self._doors)

    def _goes_wrong(self) -> bool:
        return self.chooser.random() < self.troubled
