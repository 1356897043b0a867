"""Working on a dispute: evidence is laid by, then handed in; or the payer is let have it."""

import hashlib
from collections.abc import Mapping

from django.core.files.uploadedfile import UploadedFile

from maalem.platform.ground.gateway import cases
from maalem.platform.ground.gateway.records import Dispute
from maalem.platform.ground.people.models import Person
from maalem.platform.market.till import deeds
from maalem.platform.market.till.access import Till


def lay_by(
    till: Till,
    dispute: str,
    *,
    texts: Mapping[str, str],
    files: Mapping[str, UploadedFile],
    dropped: Mapping[str, str],
    token: str,
) -> Dispute:
    """Keep what was typed and uploaded; `dropped` documents are taken out of the evidence.

    Raises Refused or Unknown; what was uploaded before that is uploaded once, by its content.
    """
    papers = {}
    for name, file in files.items():
        content = file.read()
        mark = hashlib.blake2b(content, digest_size=12).hexdigest()
        key = f"till-file-{dispute}-{name}-{mark}"
        named = (file.name or name)[:200]
        papers[name] = cases.upload(content, account=till.account, name=named, key=key).id
    said = {**texts, **dropped, **papers}
    return cases.lay_by(
        dispute, evidence=said, account=till.account, key=f"till-lay-by-{dispute}-{token}"
    )


def hand_in(till: Till, dispute: str, *, token: str, by: Person) -> Dispute:
    """Send the evidence to the payer's bank, for good. Raises Refused or Unknown."""
    answered = cases.hand_in(dispute, account=till.account, key=f"till-hand-in-{dispute}-{token}")
    deeds.note(till, "dispute_answered", about=dispute, by=by)
    return answered


def give_in(till: Till, dispute: str, *, token: str, by: Person) -> Dispute:
    """Let the payer have the money. Raises Refused or Unknown."""
    lost = cases.give_in(dispute, account=till.account, key=f"till-give-in-{dispute}-{token}")
    deeds.note(till, "dispute_conceded", about=dispute, by=by)
    return lost
