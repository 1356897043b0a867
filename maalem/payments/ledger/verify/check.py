"""One question of the auditor's."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """`sql` gives one text per thing that is wrong; `counted` how many were looked at."""

    name: str
    counted: str
    sql: str
