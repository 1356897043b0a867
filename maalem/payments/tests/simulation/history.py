"""One history: some clients want something, everything goes wrong, and then all comes to rest."""

import asyncio
import random
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

from maalem.payments.acquiring.confirm import attempt_of_token, complete_authentication
from maalem.payments.acquiring.setup import confirm as setting
from maalem.payments.rails.magic import CODE, WALLET_PIN
from maalem.payments.tests.doorless import request
from maalem.payments.tests.service import SECRET_KEY
from maalem.payments.tests.simulation.clients import Client
from maalem.payments.tests.simulation.payer import pay_on_its_page
from maalem.payments.tests.simulation.process import decoded
from maalem.payments.tests.simulation.stepped import Owner, start
from maalem.payments.tests.simulation.wishes import Memory, wish
from maalem.payments.tests.simulation.world import World

# How much each client wants: every fourth history is a long one.
CLIENTS, SHORT, LONG = 3, (1, 3), (3, 8)
ROUNDS_MAX = 200
LEAPS = (
    *(timedelta(seconds=31), timedelta(seconds=95), timedelta(minutes=11), timedelta(hours=1)),
    *(timedelta(days=1), timedelta(days=2), timedelta(days=4), timedelta(days=8)),
)
# The weeks that follow, once everybody is well behaved; first what was asked is asked again.
AT_ONCE = (timedelta(minutes=2),)
AT_REST = (timedelta(minutes=2), timedelta(days=4), timedelta(days=11), timedelta(days=8))
OFTEN = {"deliveries": 8, "unanswered rails": 4, "disputes": 3, "availability": 3}
# An endpoint that is silent for days is disabled, and here days go by between two tries. The
# recount has a thread and a line of its own, which no seed can step; the oracle counts the books.
NEVER = frozenset(
    {
        *("silent endpoints", "old idempotency keys", "old risk counts", "old events"),
        *("identities", "recount"),
    }
)
# The oracle asks for the proof itself.
NOT_AT_REST = NEVER | {"safeguarding", "seals", "ended secrets"}


@dataclass
class Trouble:
    """How much goes wrong, each a share: on the line, at the receiver, between client and door."""

    line: float
    receiver: float
    client: float


@dataclass
class History:
    """`play` it, then hold it against the oracle. `clients` remember what they were told;
    `troubles` are the pages that could not be shown, with their status."""

    world: World
    seed: int
    clients: list[Client] = field(default_factory=list)
    memories: dict[str, Memory] = field(default_factory=dict)
    working: dict[str, asyncio.Task[Any]] = field(default_factory=dict)
    troubles: list[tuple[str, int]] = field(default_factory=list)

    async def play(self) -> None:
        """All of it, from the ground to rest."""
        world, chooser = self.world, random.Random(f"{self.seed}/history")
        await world.begin(self.seed)
        trouble = Trouble(*(chooser.choice((0.0, 0.1, 0.3, 0.5)) for _ in range(3)))
        world.line.troubled, world.receiver.troubled = trouble.line, trouble.receiver
        tasks = []
        for n in range(CLIENTS):
            name = f"client {n}"
            client = Client(
                name,
                random.Random(f"{self.seed}/{name}"),
                doors=world.apps,
                schedule=world.schedule,
            )
            client.troubled = trouble.client
            self.clients.append(client)
            self.memories[name] = Memory(list(world.sellers.values()), world.customer)
            tasks.append(start(Owner(name), lambda client=client: self._wants(client)))
        director = start(Owner("director"), lambda: self._direct(chooser, tasks))
        await asyncio.wait([*tasks, director])
        for task in (*tasks, director):
            task.result()
        await self._calm()

    async def _wants(self, client: Client) -> None:
        """One wish after the other, and a look around in between."""
        memory, chooser = self.memories[client.name], client.chooser
        for _ in range(chooser.randint(*(SHORT if self.seed % 4 else LONG))):
            question = client.question(wish(chooser, memory))
            answer = await client.ask(question)
            if answer is not None and answer[0] == 200:
                memory.learn(decoded(answer[1]), of=question.wish.of)
            await self._buys(client)
            await self._pays(client)
            if chooser.random() < 0.4:
                await self._looks(client)

    async def _pays(self, client: Client) -> None:
        """The payer at her bank's page; her browser may never come back from there."""
        memory, chooser = self.memories[client.name], client.chooser
        asked = memory.every("payment_intent", status="requires_action")
        for intent in asked + memory.every("setup_intent", status="requires_action"):
            if chooser.random() >= 0.35:
                await self._answers(intent["next_action"]["redirect_to_url"]["url"], chooser)

    async def _answers(self, page: str, chooser: random.Random) -> None:
        door, right = chooser.choice(self.world.apps), CODE
        if "/wallet/" in page:
            right = WALLET_PIN
        said = chooser.choice((right, right, right, "000000", ""))
        token = page.partition("?")[0].rpartition("/")[2]
        pays = partial(_at_her_bank, token, said=said, back=chooser.randrange(3))
        await asyncio.wait({start(door.owner, partial(pays, door.payments))})

    async def _buys(self, client: Client) -> None:
        """A payer on the page of a session, and at her bank's from there."""
        memory, chooser = self.memories[client.name], client.chooser
        there = memory.every("checkout.session", status="open")
        if not there or chooser.random() < 0.15:
            return
        door, session = chooser.choice(self.world.apps), chooser.choice(there)["id"]
        self.world.schedule.note(f"  {client.name}: a payer comes to the page")
        paying = start(door.owner, lambda: pay_on_its_page(door.pages, session, chooser))
        await asyncio.wait({paying})
        if paying.cancelled():
            return
        for answer in paying.result():
            self.world.schedule.note(f"  {client.name}: the page is answered {answer.status}")
            if answer.status >= 500:
                self.troubles.append((answer.path, answer.status))
            if "/hosted/" in answer.leads_to:
                await self._answers(answer.leads_to, chooser)

    async def _looks(self, client: Client) -> None:
        """Read an object that is known, or a list."""
        memory, chooser = self.memories[client.name], client.chooser
        known = [name for name, one in memory.things.items() if one["object"] in _READ]
        of = ""
        path = chooser.choice(("disputes", "application_fees"))
        if known and chooser.random() < 0.6:
            name = chooser.choice(known)
            one, of = memory.things[name], memory.of[name]
            path = f"{_READ[one['object']]}/{name}"
            if one["object"] == "checkout.session" and chooser.random() < 0.5:
                path = f"payment_intents/{one['payment_intent']}"
        door = chooser.choice(self.world.apps)
        looking = start(door.owner, lambda: read(door, path, of=of))
        await asyncio.wait({looking})
        if not looking.cancelled() and looking.result() is not None:
            memory.learn(looking.result(), of=of)

    async def _direct(self, chooser: random.Random, tasks: list[asyncio.Task[Any]]) -> None:
        """What nobody of them wants and what happens all the same, until they are done."""
        world = self.world
        while not all(task.done() for task in tasks):
            await world.schedule.turn("what happens")
            match chooser.choices(("job", "leap", "back", "death", ""), (10, 2, 1, 1, 10))[0]:
                case "job":
                    self._work(chooser)
                case "leap":
                    by = chooser.choice(LEAPS)
                    world.schedule.note(f"  the clock leaps by {by}")
                    world.clock.leap(by)
                case "back":
                    by = timedelta(seconds=chooser.randint(1, 90))
                    world.schedule.note(f"  the clock steps back by {by}")
                    world.clock.leap(-by)
                case "death":
                    await self._kill(chooser.choice(world.processes))

    def _work(self, chooser: random.Random) -> None:
        jobs = self.world.jobs()
        names = [name for name in jobs if name not in NEVER]
        name = chooser.choices(names, [OFTEN.get(name, 1) for name in names])[0]
        if name in self.working and not self.working[name].done():
            return
        self.world.schedule.note(f"  the job begins: {name}")
        worker = self.world.worker
        self.working[name] = start(worker.owner, lambda: _until_done(jobs[name], worker.payments))

    async def _kill(self, process: Any) -> None:
        if not process.can_die:
            return
        self.world.schedule.note(f"  {process.name} is killed")
        await process.die()
        if process is self.world.worker:
            self.world.deliverer = self.world.new_deliverer()

    async def _calm(self) -> None:
        """Everybody is well behaved, what is open is finished, and some weeks go by."""
        world = self.world
        world.line.troubled = world.receiver.troubled = 0.0
        while pending := self._pending():
            await asyncio.wait(pending)
        for name, task in self.working.items():
            if not task.cancelled() and task.exception() is not None:
                raise AssertionError(f"the job {name} failed") from task.exception()
        await world.deliverer.settle()
        await self._let_pass(AT_ONCE)
        for client in self.clients:
            client.troubled = 0.0
            for question in client.questions:
                if question.told is not None or client.chooser.random() < 0.7:
                    await client.again(question)
        await self._let_pass(AT_REST)
        await self._finished()

    async def _finished(self) -> None:
        """What a process does beside its answers, such as noting that a key is in use, is done."""
        for process in self.world.processes:
            while left := list(process.owner.tasks):
                await asyncio.wait(left)

    def _pending(self) -> set[asyncio.Task[Any]]:
        left = set(self.world.line.letters)
        left |= {task for task in self.working.values() if not task.done()}
        for client in self.clients:
            left |= client.open
        return left

    async def _let_pass(self, leaps: tuple[timedelta, ...]) -> None:
        for leap in leaps:
            self.world.clock.leap(leap)
            for name, run in self.world.jobs().items():
                if name not in NOT_AT_REST:
                    await _until_done(run, self.world.worker.payments)
            await _until_done(self.world.jobs()["deliveries"], self.world.worker.payments)
            await self.world.deliverer.settle()


_READ = {
    "payment_intent": "payment_intents",
    "transfer": "transfers",
    "payout": "payouts",
    "dispute": "disputes",
    "charge": "charges",
    "refund": "refunds",
    "checkout.session": "checkout/sessions",
    "setup_intent": "setup_intents",
}


async def _until_done(run: Any, payments: Any) -> None:
    """As the worker does: at once again, as long as there is more."""
    for _ in range(ROUNDS_MAX):
        if not await run(payments):
            return
    raise AssertionError("a job never comes to its end")


async def _at_her_bank(token: str, payments: Any, *, said: str, back: int) -> None:
    found: Any = await attempt_of_token(payments, token)
    complete: Any = complete_authentication
    if found is None:
        found, complete = await setting.attempt_of_token(payments, token), setting.complete
    if found is None or found[0].challenge is None:
        return
    attempt = found[0]
    if said:
        await payments.rails.desk.respond(attempt.challenge, secret=said)
    else:
        await payments.rails.desk.refuse(attempt.challenge)
    for _ in range(back):
        await complete(payments, attempt=attempt.id)


async def read(door: Any, path: str, *, of: str = "", query: str = "") -> Any:
    """An object or a list through the API; None where it is not there."""
    headers = {"authorization": f"Bearer {SECRET_KEY}"}
    if of:
        headers["stripe-account"] = of
    status, body = await request(door.api, "GET", f"/v1/{path}", query.encode(), headers)
    return decoded(body) if status == 200 else None
