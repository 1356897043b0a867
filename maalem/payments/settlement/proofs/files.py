"""A proof's file: its bytes, made from what is kept and always the same."""

from maalem.payments import store
from maalem.payments.db import Connection, Pool
from maalem.payments.settlement.bank.records import Proof
from maalem.payments.settlement.proofs.page import page
from maalem.payments.settlement.proofs.sheet import sheet
from maalem.payments.settlement.statements.files import File
from maalem.payments.settlement.statements.links import BadLink, Wanted
from maalem.payments.settlement.statements.press import print_pdf

FORM = "payments/settlement/proofs/proof.typ"


async def file(source: Pool | Connection, wanted: Wanted) -> File:
    """What a link names. Raises `BadLink` for a proof that isn't there, `NotPrinted`."""
    proof = await store.get(source, Proof, wanted.id)
    if proof is None:
        raise BadLink
    return await made(proof, wanted)


async def made(proof: Proof, wanted: Wanted) -> File:
    """The file of a proof. Raises `NotPrinted`."""
    name = f"maalem-safeguarding-{proof.day}"
    if wanted.format == "csv":
        body = sheet(proof, bom=wanted.bom)
        return File(f"{name}.csv", "text/csv; charset=utf-8", body)
    body = await print_pdf(page(proof, language=wanted.language), form=FORM)
    return File(f"{name}-{wanted.language}.pdf", "application/pdf", body)
