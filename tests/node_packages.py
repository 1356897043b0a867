"""What of Node's the tests use, as its lock file pins it, in a folder of this user's cache."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path


def installed(folder: Path) -> Path:
    """The folder that holds `node_modules` for the package.json and lock file in `folder`."""
    pinned = (folder / "package-lock.json").read_bytes()
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "maalem"
    place = cache / f"node-{hashlib.sha256(pinned).hexdigest()[:16]}"
    if not (place / "installed").exists():
        place.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(folder / name, place)
        quiet = ["--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(
            ["npm", "ci", *quiet], cwd=place, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        (place / "installed").touch()
    return place
