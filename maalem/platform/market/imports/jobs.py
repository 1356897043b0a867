"""Imports go on by themselves, line after line, also after a worker died."""

from maalem.platform.ground import jobs


@jobs.task(queue="default")
def carry_on(*, number: int) -> None:
    """Take in what waits of import `number`, and come back for the rest."""
    from maalem.platform.market.imports.actions import run

    run.carry_on(number)
