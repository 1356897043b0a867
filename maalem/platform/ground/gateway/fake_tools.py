"""Keys, endpoints, payouts and bank accounts of the institution in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from maalem.kit.ids import new_id, secret
from maalem.kit.rib import NotARib, read_rib

from .errors import Refused
from .fake_lists import named, part
from .records import (
    Bank,
    Deliveries,
    Delivery,
    Endpoint,
    Health,
    Key,
    Movement,
    Payout,
    Payouts,
    Statement,
    Yes,
)

_BEGINS = {"secret": "sk_test_", "publishable": "pk_test_", "restricted": "rk_test_"}
_WAIT = timedelta(days=2)


@dataclass
class FakeTools:
    """The part of the stand-in for programs and for what leaves to banks."""

    rings: dict[str, list[Key]] = field(default_factory=dict)
    hooks: dict[str, list[Endpoint]] = field(default_factory=dict)
    tries: dict[str, list[Delivery]] = field(default_factory=dict)
    states: dict[str, Health] = field(default_factory=dict)
    told_again: list[tuple[str, str]] = field(default_factory=list)
    bank: dict[str, tuple[Payout, ...]] = field(default_factory=dict)
    loads: dict[str, tuple[Movement, ...]] = field(default_factory=dict)
    ribs: dict[str, list[Bank]] = field(default_factory=dict)
    # Whose key each is, and what was said to each large payout.
    officers: dict[str, str] = field(default_factory=dict)
    agreed: dict[str, list[Yes]] = field(default_factory=dict)

    def keys(self, account: str) -> tuple[Key, ...]:
        self._read("keys")
        return tuple(replace(one, secret="") for one in self.rings.get(account, [])[::-1])

    def make_key(
        self, account: str, *, kind: str, name: str, permissions: Mapping[str, str], key: str
    ) -> Key:
        def do() -> Key:
            clear = secret(_BEGINS[kind])
            made = Key(
                new_id("key"),
                kind,
                name,
                hint=f"…{clear[-4:]}",
                status="active",
                created_at=self.now(),
                permissions=dict(permissions),
                secret=clear,
            )
            self.rings.setdefault(account, []).append(made)
            return made

        words = (account, kind, name, tuple(sorted(permissions.items())))
        return self._write("make_key", key, words=words, do=do)  # type: ignore[no-any-return]

    def roll_key(self, which: str, *, account: str, lives_on_s: int, key: str) -> Key:
        def do() -> Key:
            old = self._key(which, account)
            until = self.now() + timedelta(seconds=lives_on_s)
            self._set(replace(old, ends_at=until), account)
            clear = secret(_BEGINS[old.kind])
            new = replace(old, id=new_id("key"), hint=f"…{clear[-4:]}", secret=clear)
            self.rings[account].append(new)
            return new

        words = (which, account, lives_on_s)
        return self._write("roll_key", key, words=words, do=do)  # type: ignore[no-any-return]

    def revoke_key(self, which: str, *, account: str, key: str) -> Key:
        def do() -> Key:
            return self._set(replace(self._key(which, account), status="revoked"), account)

        return self._write("revoke_key", key, words=(which, account), do=do)  # type: ignore[no-any-return]

    def endpoints(self, account: str) -> tuple[Endpoint, ...]:
        self._read("endpoints")
        return tuple(replace(one, secret="") for one in self.hooks.get(account, [])[::-1])

    def endpoint(self, endpoint: str, *, account: str) -> Endpoint:
        self._read("endpoint")
        return replace(self._hook(endpoint, account), secret="")

    def make_endpoint(
        self, account: str, *, url: str, events: Sequence[str], words: str, key: str
    ) -> Endpoint:
        def do() -> Endpoint:
            if not url.startswith(("http://", "https://")):
                raise Refused("no address", code="url_invalid")
            made = Endpoint(
                new_id("we"),
                url,
                tuple(events),
                is_on=True,
                created_at=self.now(),
                words=words,
                secret=secret("whsec_"),
            )
            self.hooks.setdefault(account, []).append(made)
            return made

        said = (account, url, tuple(events), words)
        return self._write("make_endpoint", key, words=said, do=do)  # type: ignore[no-any-return]

    def switch_endpoint(self, endpoint: str, *, account: str, is_on: bool, key: str) -> Endpoint:
        def do() -> Endpoint:
            return self._put_hook(replace(self._hook(endpoint, account), is_on=is_on), account)

        words = (endpoint, account, is_on)
        return self._write("switch_endpoint", key, words=words, do=do)  # type: ignore[no-any-return]

    def drop_endpoint(self, endpoint: str, *, account: str, key: str) -> None:
        def do() -> None:
            self.hooks[account].remove(self._hook(endpoint, account))

        self._write("drop_endpoint", key, words=(endpoint, account), do=do)

    def roll_endpoint(self, endpoint: str, *, account: str, lives_on_s: int, key: str) -> Endpoint:
        def do() -> Endpoint:
            old = self._hook(endpoint, account)
            return self._put_hook(replace(old, secret=secret("whsec_")), account)

        words = (endpoint, account, lives_on_s)
        return self._write("roll_endpoint", key, words=words, do=do)  # type: ignore[no-any-return]

    def health(self, endpoint: str, *, account: str) -> Health:
        self._read("health")
        self._hook(endpoint, account)
        return self.states.get(endpoint, Health(0, 0, 0))

    def deliveries(self, endpoint: str, *, account: str, after: str, limit: int) -> Deliveries:
        self._read("deliveries")
        self._hook(endpoint, account)
        found = self.tries.get(endpoint, [])[::-1]
        shown, next_after = part(found, after=after, limit=limit)
        return Deliveries(shown, next_after=next_after)

    def tell_again(self, event: str, *, endpoint: str, account: str, key: str) -> None:
        def do() -> None:
            if not self._hook(endpoint, account).is_on:
                raise Refused("it is off", code="webhook_endpoint_disabled")
            self.told_again.append((endpoint, event))

        self._write("tell_again", key, words=(event, endpoint, account), do=do)

    def tell_missed(self, endpoint: str, *, account: str, since: int, key: str) -> int:
        def do() -> int:
            missed = [one for one in self.tries.get(endpoint, []) if not one.is_heard]
            self.told_again += [(endpoint, one.event) for one in missed]
            return len(missed)

        words = (endpoint, account, since)
        return self._write("tell_missed", key, words=words, do=do)  # type: ignore[no-any-return]

    def payouts(
        self, account: str, *, limit: int, after: str = "", since: int = 0, until: int = 0
    ) -> Payouts:
        self._read("payouts")

        def fits(one: Payout) -> bool:
            second = one.created_at.timestamp()
            return since <= second and (not until or second < until)

        found = [one for one in self.bank.get(account, ()) if fits(one)]
        shown, next_after = part(found, after=after, limit=limit)
        return Payouts(shown, next_after=next_after)

    def payout(self, payout: str, *, account: str) -> Payout:
        self._read("payout")
        return named(self.bank.get(account, ()), payout)

    def yeses(self, payout: str, *, account: str) -> tuple[Yes, ...]:
        self._read("yeses")
        return tuple(self.agreed.get(payout, ()))

    def agree(self, payout: str, *, account: str, officer_key: str, key: str) -> Payout:
        def do() -> Payout:
            officer = self.officers.get(officer_key)
            if officer is None:
                known = officer_key.startswith("sk_")
                code = "officer_key_required" if known else "api_key_invalid"
                raise Refused("no officer", code=code)
            said = self.agreed.setdefault(payout, [])
            if any(one.officer == officer for one in said):
                raise Refused("she has", code="payout_already_approved")
            found = self.payout(payout, account=account)
            new = replace(found, missing=found.missing - 1)
            self.bank[account] = tuple(
                new if one.id == payout else one for one in self.bank[account]
            )
            said.append(Yes(officer, self.now()))
            return new

        words = (payout, account, officer_key)
        return self._write("agree", key, words=words, do=do)  # type: ignore[no-any-return]

    def carried(
        self, payout: str, *, account: str, source: str, after: str, limit: int
    ) -> tuple[tuple[Movement, ...], str]:
        self._read("carried")
        if not self.payout(payout, account=account).is_automatic:
            raise Refused("by hand", code="refused")
        load = self.loads.get(payout, ())
        return tuple(one for one in load if source in ("", one.source)), ""

    def banks(self, account: str) -> tuple[Bank, ...]:
        self._read("banks")
        return tuple(self.ribs.get(account, [])[::-1])

    def change_bank(self, account: str, *, number: str, holder: str, key: str) -> Bank:
        def do() -> Bank:
            try:
                rib = read_rib(number)
            except NotARib as wrong:
                raise Refused("no number", code="account_number_invalid") from wrong
            known = self.ribs.setdefault(account, [])
            known[:] = [replace(one, is_default=False) for one in known]
            wait = _WAIT if known else timedelta()
            known.append(
                Bank(
                    new_id("ba"),
                    name="Bank of Africa",
                    last4=rib.last4,
                    holder=holder,
                    status="new",
                    is_default=True,
                    payouts_from=self.now() + wait,
                )
            )
            return known[-1]

        words = (account, number, holder)
        return self._write("change_bank", key, words=words, do=do)  # type: ignore[no-any-return]

    def prefer_bank(self, account: str, bank: str, *, key: str) -> Bank:
        def do() -> Bank:
            known = self.ribs[account]
            known[:] = [replace(one, is_default=one.id == bank) for one in known]
            return next(one for one in known if one.id == bank)

        return self._write("prefer_bank", key, words=(account, bank), do=do)  # type: ignore[no-any-return]

    def drop_bank(self, account: str, bank: str, *, key: str) -> None:
        def do() -> None:
            self.ribs[account] = [one for one in self.ribs[account] if one.id != bank]

        self._write("drop_bank", key, words=(account, bank), do=do)

    def statement(self, account: str, *, first: date, last: date, key: str) -> Statement:
        def do() -> Statement:
            links = {kind: f"http://pay.test/{kind}" for kind in ("pdf-fr", "pdf-ar", "csv")}
            return Statement(new_id("stmt"), first, last, links=links)

        words = (account, first, last)
        return self._write("statement", key, words=words, do=do)  # type: ignore[no-any-return]

    def _key(self, which: str, account: str) -> Key:
        return named(self.rings.get(account, []), which)

    def _set(self, key: Key, account: str) -> Key:
        rows: list[Any] = self.rings[account]
        rows[[one.id for one in rows].index(key.id)] = key
        return key

    def _hook(self, endpoint: str, account: str) -> Endpoint:
        return named(self.hooks.get(account, []), endpoint)

    def _put_hook(self, endpoint: Endpoint, account: str) -> Endpoint:
        rows: list[Any] = self.hooks[account]
        rows[[one.id for one in rows].index(endpoint.id)] = endpoint
        return endpoint
