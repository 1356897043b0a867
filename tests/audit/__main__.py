"""Start the platform with its demo, ask the three checkers, print what they say, and stop."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, expect, sync_playwright

from maalem.cli.doctor import browser_path
from tests.audit import walk
from tests.end_to_end import installation
from tests.end_to_end.installation import Running
from tests.end_to_end.people import PATIENCE_MS
from tests.node_packages import installed

HERE = Path(__file__).parent
ENOUGH = 95
LANGUAGES = ("fr", "ar")


def main() -> int:
    """0 where everything is as it should be."""
    packages = installed(HERE)
    home = Path(tempfile.mkdtemp(prefix="maalem-audit-"))
    home.chmod(0o755)
    chrome = browser_path()
    assert chrome, "install Debian's package chromium, or name yours in MAALEM_CHROMIUM"
    expect.set_options(timeout=PATIENCE_MS)
    running = installation.start(home, artisans=60, products=480, MAALEM_DEMO_PICTURES="1")
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chrome, args=["--no-sandbox"])
            requests, walks = _asked(running, browser)
            browser.close()
        good = _lighthouse(requests, packages=packages, chrome=chrome, home=home)
        return 0 if all([good, _axe(walks), _checker(walks, packages=packages)]) else 1
    finally:
        running.stop()
        shutil.rmtree(home, ignore_errors=True)


def _asked(running: Running, browser: Browser) -> tuple[list[dict[str, str]], list[walk.Walk]]:
    requests: list[dict[str, str]] = []
    walks = []
    for language in LANGUAGES:
        shop = f"{running.shop}/{language}"
        cookie = walk.a_cart(running, browser, language)
        piece = walk.a_piece(running)
        for name, path, kept in (
            ("home", "", ""),
            ("search", "search/?q=tapis", ""),
            ("product", piece, ""),
            ("cart", "cart/", cookie),
        ):
            url = f"{shop}/{path}"
            requests.append({"name": f"{name} {language}", "url": url, "cookie": kept})
        one = walk.Walk(running, browser, language)
        one.everything()
        walks.append(one)
    return requests, walks


def _lighthouse(requests: list[dict[str, str]], *, packages: Path, chrome: str, home: Path) -> bool:
    asked, answered = home / "asked.json", home / "answered.json"
    asked.write_text(json.dumps(requests))
    node = {**os.environ, "MAALEM_NODE_PACKAGES": str(packages), "CHROME_PATH": chrome}
    subprocess.run(
        ["node", str(HERE / "lighthouse.mjs"), str(asked), str(answered)], env=node, check=True
    )
    answers: list[dict[str, Any]] = json.loads(answered.read_text())
    good = True
    print("\nLighthouse, mobile, throttled; the middle one of three looks")
    for one in answers:
        scores = one["scores"]
        print(f"  {one['name']:<12}" + "  ".join(f"{k} {v}" for k, v in scores.items()))
        low = {name for name, score in scores.items() if score < ENOUGH}
        for want in one["wanting"]:
            if want["category"] in low:
                print(f"      {want['category']}: {want['id']}: {want['title']}")
        good &= not low
    return good


def _axe(walks: list[walk.Walk]) -> bool:
    wrong = [trouble for one in walks for trouble in one.wrong]
    print(f"\naxe: {sum(len(one.seen) for one in walks)} pages, {len(wrong)} with violations")
    for trouble in wrong:
        print("  " + trouble.replace("\n", "\n    "))
    return not wrong


def _checker(walks: list[walk.Walk], *, packages: Path) -> bool:
    """The Nu HTML checker on every page's HTML; java is asked once for all of them."""
    seen = [page for one in walks for page in one.seen]
    folder = Path(tempfile.mkdtemp(prefix="maalem-nu-"))
    for number, page in enumerate(seen):
        (folder / f"{number:03}.html").write_text(page.html, encoding="utf-8")
    jar = packages / "node_modules/vnu-jar/build/dist/vnu.jar"
    java = ["java", "-Xss2m", "-jar", str(jar), "--format", "json", "--errors-only"]
    done = subprocess.run([*java, str(folder)], capture_output=True, text=True, check=False)
    shutil.rmtree(folder)
    found = json.loads(done.stderr or done.stdout)["messages"]
    print(f"\nNu HTML checker: {len(seen)} pages, {len(found)} errors")
    for one in found[:100]:
        number = int(Path(one["url"]).stem)
        print(f"  {seen[number].url}: {one['message']}\n    {one.get('extract', '')!r}")
    return not found


if __name__ == "__main__":
    sys.exit(main())
