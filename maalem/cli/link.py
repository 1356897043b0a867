"""Put this checkout on its environment's path, with its command, without a build step."""

import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
_COMMAND = """#!{python}
from maalem.cli.__main__ import main

main()
"""


def link() -> int:
    """Write `maalem.pth` and `bin/maalem` into the environment that runs this; exit status."""
    if sys.prefix == sys.base_prefix:
        print("not in a virtual environment: nothing linked")
        return 1
    site = Path(sysconfig.get_paths()["purelib"])
    (site / "maalem.pth").write_text(f"{ROOT}\n")
    command = Path(sys.prefix) / "bin" / "maalem"
    command.write_text(_COMMAND.format(python=sys.executable))
    command.chmod(0o755)
    return 0
