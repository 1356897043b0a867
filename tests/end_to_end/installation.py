"""A whole Maalem, started as a newcomer starts it, on ports of its own."""

import os
import re
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path

from maalem.payments.tests.service import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
_OPEN_WITHIN_S = 240


@dataclass
class Running:
    """A running installation and what it has printed so far."""

    process: "subprocess.Popen[str]"
    home: Path
    shop: str
    payments: str
    environment: dict[str, str]
    said: list[str] = field(default_factory=list)

    def sms_code(self, phone: str) -> str:
        """The last code sent to `phone`, as the console's SMS back end wrote it."""
        log = "".join(
            (self.home / "log" / name).read_text(errors="replace")
            for name in ("shop.log", "shop-jobs.log")
        )
        found = re.findall(rf"{re.escape(phone)}\D[^\n]*?(\d{{6}})", log)
        assert found, f"no code was sent to {phone}"
        return str(found[-1])

    def run(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """`maalem <words>` beside it."""
        return subprocess.run(
            [sys.executable, "-m", "maalem", *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def stop(self) -> int:
        """Ctrl-C; the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=90)


def start(home: Path, *, artisans: int = 24, products: int = 96, **more: str) -> Running:
    """Start `maalem up` in `home` and return when it says that it is open."""
    shop = f"http://localhost:{free_port()}"
    payments = f"http://localhost:{free_port()}"
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("MAALEM_", "DJANGO_"))}
    environment = kept | {
        "MAALEM_HOME": str(home),
        "MAALEM_PLATFORM_URL": shop,
        "MAALEM_PAYMENTS_URL": payments,
        "MAALEM_DEMO_ARTISANS": str(artisans),
        "MAALEM_DEMO_PRODUCTS": str(products),
        "MAALEM_DEMO_PICTURES": "0",  # those that nobody looks at cost a minute of the processor
        "MAALEM_WORKERS": "1",
        **more,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "maalem", "up"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    running = Running(process, home, shop, payments, environment)
    opened = threading.Event()

    def listen() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            running.said.append(line)
            if "Maalem is open" in line:
                opened.set()
        opened.set()

    threading.Thread(target=listen, daemon=True).start()
    if not opened.wait(_OPEN_WITHIN_S) or process.poll() is not None:
        process.kill()
        raise AssertionError("it did not open:\n" + "".join(running.said[-40:]))
    return running
