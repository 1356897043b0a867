"""Transfers between ten hot accounts for so many seconds, in so many processes; prints how many."""

import multiprocessing
import os
import random
import sys
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
ACCOUNTS = 10


def prepare() -> None:
    """Tables and accounts, once."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from hordak.models import Account

    for number in range(Account.objects.count(), ACCOUNTS):
        Account.objects.create(name=f"hot {number}", code=str(number), currencies=["MAD"])


def work(seconds: float, made: "multiprocessing.Queue[int]") -> None:
    """One process: its documented `transfer_to`, a transaction each."""
    import django

    django.setup()
    from django.db import connection, transaction
    from hordak.models import Account
    from moneyed import Money

    accounts = list(Account.objects.order_by("code")[:ACCOUNTS])
    connection.ensure_connection()
    until = time.monotonic() + seconds
    count = 0
    while time.monotonic() < until:
        giver, taker = random.sample(accounts, 2)
        with transaction.atomic():
            giver.transfer_to(taker, Money(1 + count % 900, "MAD"))
        count += 1
    made.put(count)


def main() -> None:
    """`measure.py prepare`, or `measure.py SECONDS PROCESSES`."""
    if sys.argv[1] == "prepare":
        prepare()
        return
    seconds, processes = float(sys.argv[1]), int(sys.argv[2])
    made: multiprocessing.Queue[int] = multiprocessing.Queue()
    workers = [multiprocessing.Process(target=work, args=(seconds, made)) for _ in range(processes)]
    for worker in workers:
        worker.start()
    total = sum(made.get() for _ in workers)
    for worker in workers:
        worker.join()
    print(total)


if __name__ == "__main__":
    main()
