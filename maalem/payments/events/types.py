"""Every event that is ever told. An endpoint asks for these or for all of them (`*`).

events/tests/test_types.py holds this list and the code that tells together.
"""

EVENT_TYPES = frozenset(
    {
        *("account.updated", "account.external_account.created"),
        *("account.external_account.deleted", "account.external_account.updated"),
        *("application_fee.created", "application_fee.refund.updated", "application_fee.refunded"),
        *("balance.available", "capability.updated"),
        *("charge.captured", "charge.failed", "charge.refunded", "charge.succeeded"),
        *("charge.updated", "charge.dispute.closed", "charge.dispute.created"),
        *("charge.dispute.funds_reinstated", "charge.dispute.funds_withdrawn"),
        *("charge.dispute.updated", "charge.refund.updated"),
        *("checkout.session.completed", "checkout.session.expired"),
        *("customer.created", "customer.deleted", "customer.updated", "mandate.updated"),
        *("payment.created", "payment_intent.amount_capturable_updated"),
        *("payment_intent.canceled", "payment_intent.created", "payment_intent.payment_failed"),
        *("payment_intent.processing", "payment_intent.requires_action"),
        *("payment_intent.succeeded", "payment_method.attached", "payment_method.detached"),
        *("payment_method.updated", "payout.canceled", "payout.created", "payout.failed"),
        *("payout.paid", "payout.updated", "person.created", "person.deleted", "person.updated"),
        *("radar.early_fraud_warning.created", "refund.created", "refund.failed"),
        *("refund.updated", "reserve.hold.created", "reserve.hold.updated"),
        *("review.closed", "review.opened", "setup_intent.canceled", "setup_intent.created"),
        *("setup_intent.requires_action", "setup_intent.setup_failed", "setup_intent.succeeded"),
        *("transfer.created", "transfer.reversed", "transfer.updated"),
        "webhook_endpoint.disabled",
    }
)
