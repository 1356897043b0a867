"""What the catalogue does by itself."""

from maalem.platform.ground import jobs


@jobs.every("17 * * * *")
def write_feeds(timestamp: int) -> None:
    """Write the lists for machines that show products anew."""
    from maalem.platform.market.catalog import feed

    feed.write_all()
