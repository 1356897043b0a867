"""How good the shop's search is: nDCG@10 of the judged queries over the demo, by kind of query.

The judgements and the formula are the catalogue's tests' own
(maalem/platform/market/catalog/tests/judging.py, judged/). Neither peer knows our languages, so
these rows stand alone; the same demo gives the same numbers on every machine.
"""

import argparse
import json
import os
import sys
from pathlib import Path

from bench import server
from bench.ours import ROOT
from bench.peers.shop import Processes
from bench.plan import Plan
from bench.report import Row, row
from maalem.cli import databases, postgres

_PLATFORM, _PAYMENTS = "maalem_platform_quality", "maalem_payments_quality"


def quality(plan: Plan, *, on: postgres.Server) -> list[Row]:
    """A row for each kind of query and one for all; the worst ten are printed."""
    home = plan.home / "quality"
    home.mkdir(parents=True, exist_ok=True)
    # Anew each time: what is measured is also how documents are written.
    server.forget(on, _PLATFORM)
    dsns = databases.prepare(on.dsn("postgres"), payments=_PAYMENTS, platform=_PLATFORM)
    environment = {
        "MAALEM_HOME": str(home),
        "MAALEM_PLATFORM_DATABASE_URL": dsns.platform,
        "PYTHONPATH": str(ROOT),
    }
    out = home / "scores.json"
    words = (sys.executable, "-m", "bench.quality", "--out", str(out))
    Processes(home, environment).once(*words, log="quality.log")
    told = json.loads(out.read_text(encoding="utf-8"))
    print("\n  The ten queries that search answers worst:")
    for one in told["worst"]:
        print(f"    {one['ndcg']:.2f}  {one['group']:<10}  {one['text']}")
    # Hundredths of the ideal, as the table shows one decimal.
    return [
        row(f"search, nDCG@10 × 100, {group}", unit="of 100", ours=100 * mean)
        for group, mean in told["groups"].items()
    ]


def main() -> None:
    """In a process of its own: migrate, fill, ask every query, write the scores."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, required=True)
    out = parser.parse_args().out
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maalem.platform.settings")
    import django
    from django.core.management import call_command

    django.setup()
    from maalem.platform.market.catalog.tests import demo_shop, judging

    call_command("migrate", verbosity=0)
    judged = judging.judge(demo_shop.stock())
    scores = judging.measure(demo_shop.searching(), judged)
    told = {
        "groups": judging.by_group(scores),
        "worst": [
            {"text": one.query.text, "group": one.query.group, "ndcg": one.ndcg}
            for one in judging.worst(scores)
        ],
    }
    out.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
