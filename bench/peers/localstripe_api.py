"""localstripe: the stateful Stripe stand-in people test against. A test tool, started fresh."""

import sys
from pathlib import Path

from bench.load import Request
from bench.peers.shop import Processes, wait_for

_FORM = (
    ("Authorization", "Bearer sk_test_bench"),
    ("Content-Type", "application/x-www-form-urlencoded"),
)


class LocalStripe:
    """Installed by pip into its own environment; it keeps everything in memory and a pickle."""

    name = "localstripe 1.15"

    def __init__(self, folder: Path, *, port: int) -> None:
        self.folder = folder / "localstripe"
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.python = str(self.folder / "environment" / "bin" / "python")
        self.processes = Processes(self.folder, {})

    def install(self) -> None:
        """An environment of its own, once."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if Path(self.python).exists():
            return
        self.processes.once(sys.executable, "-m", "venv", "environment", log="install.log")
        self.processes.once(
            *(self.python, "-m", "pip", "install", "--quiet", "localstripe==1.15.10"),
            log="install.log",
        )

    def start(self) -> None:
        """From scratch: it slows down with every object it holds."""
        self.processes.start(
            *(self.python, "-m", "localstripe", "--from-scratch", "--port", str(self.port)),
            log="server.log",
        )
        wait_for(self.url + "/js.stripe.com/v3/")

    def stop(self) -> None:
        """End it."""
        self.processes.stop()

    def payment_requests(self) -> list[Request]:
        """Create and confirm a card payment in one call. It knows no idempotency key."""
        body = b"amount=25000&currency=mad&confirm=true&payment_method=pm_card_visa"
        return [Request("/v1/payment_intents", body, _FORM)]
