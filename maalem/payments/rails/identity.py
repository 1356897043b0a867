"""The register of identities, simulated: what a number ends in decides, and how soon.

Documented in docs/test-cards.md. Asked again, it answers the same, save that what it had to think
about is decided after some seconds.
"""

from datetime import timedelta

from maalem.kit.clock import Clock
from maalem.payments.rails.ports import Identity, IdentityAnswer

THINKS_FOR = timedelta(seconds=5)
READABLE, UNREADABLE = "file_identity_document_success", "file_identity_document_failure"
# No picture in fewer bytes shows a whole card.
LEGIBLE = 1_000
_MISMATCH = "verification_failed_keyed_identity"


class SimulatedRegister:
    """`IdentityRegister`, without anybody outside."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def check(self, identity: Identity) -> IdentityAnswer:
        """What the register says now."""
        ready = self._clock.now() - identity.submitted_at >= THINKS_FOR
        word, code = _of_number(identity.id_number or "", ready=ready)
        readable = identity.document == READABLE or identity.document_size >= LEGIBLE
        return IdentityAnswer(
            identity=word,
            identity_code=code,
            document="verified" if readable else "failed",
            document_code=None if readable else "verification_document_not_readable",
        )


def _of_number(number: str, *, ready: bool) -> tuple[str, str | None]:
    if number.endswith("0000"):
        return "failed", _MISMATCH
    if number.endswith(("1111", "2222")) and not ready:
        return "pending", None
    return ("failed", _MISMATCH) if number.endswith("2222") else ("verified", None)
