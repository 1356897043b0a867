"""What the bank says to an order: ISO 20022 pain.002, payment by payment."""

from dataclasses import dataclass

from maalem.payments.rails.bank.xml import Node
from maalem.payments.settlement.bank.reading import FileRefused, need, need_node, want

# Accepted: technically, by the customer's profile, checked; settled: on the way or done.
ACCEPTED = frozenset({"ACTC", "ACCP", "ACWC", "PDNG", "RCVD"})
SETTLED = frozenset({"ACSP", "ACSC", "ACCC"})
REJECTED = frozenset({"RJCT"})
PART = frozenset({"PART"})
# The bank has the file (or payment) already: what it said the first time stands.
DUPLICATE = frozenset({"DUPL", "AM05", "DU01", "DU02", "DU03", "DU04", "DU05"})


@dataclass(frozen=True, slots=True)
class Said:
    """Of one payment, by its end-to-end id."""

    end_to_end_id: str
    status: str
    reason: str | None
    text: str | None


@dataclass(frozen=True, slots=True)
class Report:
    """Of one order, by its message id. `status` is of the whole, where the bank gives one."""

    message_id: str
    order: str
    status: str | None
    reason: str | None
    text: str | None
    payments: tuple[Said, ...]

    @property
    def duplicate(self) -> bool:
        """Whether the bank only says that it has this order already."""
        return self.status in REJECTED and self.reason in DUPLICATE


def read(body: Node) -> Report:
    """The report in `CstmrPmtStsRpt`. Raises `FileRefused`."""
    if body.name != "CstmrPmtStsRpt":
        raise FileRefused("not_a_bank_file", body.name[:40])
    group = need_node(body, "OrgnlGrpInfAndSts")
    said: list[Said] = []
    for block in body.all("OrgnlPmtInfAndSts"):
        of_all = _status(block, "PmtInfSts")
        reason = _reason(block)
        for one in block.all("TxInfAndSts"):
            status = _status(one, "TxSts") or of_all
            if status is None:
                raise FileRefused("element_missing", "TxInfAndSts/TxSts")
            said.append(
                Said(
                    need(one, "OrgnlEndToEndId", longest=35),
                    status,
                    _reason(one) or reason,
                    want(one, "StsRsnInf/AddtlInf"),
                )
            )
    if len({one.end_to_end_id for one in said}) != len(said):
        raise FileRefused("reference_used_twice", "OrgnlEndToEndId")
    return Report(
        message_id=need(body, "GrpHdr/MsgId", longest=35),
        order=need(group, "OrgnlMsgId", longest=35),
        status=_status(group, "GrpSts"),
        reason=_reason(group),
        text=want(group, "StsRsnInf/AddtlInf"),
        payments=tuple(said),
    )


def _status(node: Node, path: str) -> str | None:
    told = want(node, path, longest=35)
    if told is not None and told not in ACCEPTED | SETTLED | REJECTED | PART:
        raise FileRefused("bad_value", f"{path} {told}")
    return told


def _reason(node: Node) -> str | None:
    return want(node, "StsRsnInf/Rsn/Cd", longest=4) or want(
        node, "StsRsnInf/Rsn/Prtry", longest=35
    )
