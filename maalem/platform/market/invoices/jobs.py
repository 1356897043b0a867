"""What this room does by itself: issue what is due."""

from maalem.platform.ground import jobs


@jobs.every("* * * * *")
def issue_lately(timestamp: int) -> None:
    """What was paid, called off or given back lately."""
    from maalem.platform.market.invoices.actions.catch_up import catch_up

    catch_up()


@jobs.every("20 3 * * *")
def issue_everything(timestamp: int) -> None:
    """Whatever was missed, however old."""
    from maalem.platform.market.invoices.actions.catch_up import catch_up

    while catch_up(since=None):
        pass


@jobs.task()
def issue_all(*, artisan: int) -> None:
    """A workshop has said how it is taxed: its sales that waited get their invoices."""
    from maalem.platform.market.invoices.actions.catch_up import catch_up

    while catch_up(since=None, artisan=artisan):
        pass
