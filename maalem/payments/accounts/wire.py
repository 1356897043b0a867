"""Accounts, customers and payment methods as the wire shows them."""

from typing import Any

from maalem.payments.accounts.records import (
    Account,
    ConfirmationToken,
    Customer,
    PaymentMethod,
    Token,
)
from maalem.payments.mode import livemode
from maalem.payments.records import epoch

NOTHING_DUE: dict[str, Any] = {
    "alternatives": [],
    "currently_due": [],
    "current_deadline": None,
    "disabled_reason": None,
    "errors": [],
    "eventually_due": [],
    "past_due": [],
    "pending_verification": [],
}


def account(record: Account) -> dict[str, Any]:
    """The `account` object."""
    if record.deleted:
        return {"id": record.id, "object": "account", "deleted": True}
    company = record.company
    return {
        "id": record.id,
        "object": "account",
        "type": "standard" if record.kind == "platform" else "custom",
        "country": record.country,
        "default_currency": record.default_currency,
        "email": record.email,
        "business_type": record.business_type,
        "business_profile": {
            "name": record.business_name,
            "url": record.business_url,
            "mcc": record.business_mcc,
            "product_description": record.product_description,
            "support_phone": record.support_phone,
            "support_email": record.support_email,
            "support_address": None,
            "support_url": None,
        },
        "capabilities": record.capabilities,
        "company": {
            "name": company.get("name"),
            "registration_number_provided": bool(company.get("registration_number")),
            "tax_id_provided": bool(company.get("tax_id")),
        },
        "charges_enabled": record.charges_enabled,
        "payouts_enabled": record.payouts_enabled,
        "details_submitted": record.details_submitted,
        "requirements": record.requirements or NOTHING_DUE,
        "future_requirements": NOTHING_DUE,
        "level": record.level,
        "tos_acceptance": {
            "date": record.tos.get("date"),
            "ip": None,
            "ip_provided": "ip" in record.tos,
            "user_agent": None,
        },
        "external_accounts": {
            "object": "list",
            "data": [],
            "has_more": False,
            "url": f"/v1/accounts/{record.id}/external_accounts",
        },
        "metadata": record.metadata,
        "created": epoch(record.created_at),
    }


def capability(
    record: Account, name: str, *, status: str | None, requirements: dict[str, Any]
) -> dict[str, Any]:
    """The `capability` object; `status` is None for one that was not asked for."""
    return {
        "id": name,
        "object": "capability",
        "account": record.id,
        "future_requirements": NOTHING_DUE,
        "requested": status is not None,
        "requested_at": None if status is None else epoch(record.created_at),
        "requirements": requirements,
        "status": status or "unrequested",
    }


def customer(record: Customer) -> dict[str, Any]:
    """The `customer` object, or what is left of a deleted one."""
    if record.deleted:
        return {"id": record.id, "object": "customer", "deleted": True}
    return {
        "id": record.id,
        "object": "customer",
        "address": record.address,
        "balance": 0,
        "created": epoch(record.created_at),
        "currency": None,
        "default_source": None,
        "delinquent": False,
        "discount": None,
        "description": record.description,
        "email": record.email,
        "invoice_settings": {"default_payment_method": record.default_payment_method},
        "livemode": livemode(),
        "metadata": record.metadata,
        "name": record.name,
        "phone": record.phone,
        "preferred_locales": record.preferred_locales,
        "shipping": record.shipping,
        "tax_exempt": "none",
        "test_clock": None,
    }


def payment_method(record: PaymentMethod) -> dict[str, Any]:
    """The `payment_method` object."""
    return {
        "id": record.id,
        "object": "payment_method",
        "type": record.type,
        **_seen(record),
        "created": epoch(record.created_at),
        "livemode": livemode(),
        "metadata": record.metadata,
    }


def confirmation_token(record: ConfirmationToken, method: PaymentMethod) -> dict[str, Any]:
    """The `confirmation_token` object, with its method as a page may show it again."""
    return {
        "id": record.id,
        "object": "confirmation_token",
        "created": epoch(record.created_at),
        "expires_at": epoch(record.expires_at),
        "livemode": livemode(),
        "mandate_data": None,
        "payment_intent": record.payment_intent_id,
        "payment_method_options": None,
        "payment_method_preview": {"type": method.type, **_seen(method)},
        "return_url": record.return_url,
        "setup_future_usage": record.setup_future_usage,
        "setup_intent": record.setup_intent_id,
        "shipping": record.shipping,
        "use_stripe_sdk": False,
    }


def _seen(record: PaymentMethod) -> dict[str, Any]:
    """What a method and the preview of one have in common."""
    return {
        record.type: method_details(record),
        "allow_redisplay": record.allow_redisplay,
        "billing_details": {
            "name": record.billing_name,
            "email": record.billing_email,
            "phone": record.billing_phone,
            "address": record.billing_address
            or dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state")),
            "tax_id": None,
        },
        "customer": record.customer_id,
    }


def method_details(record: PaymentMethod) -> dict[str, Any]:
    """What may be shown of a card or a wallet."""
    if record.type == "wallet":
        return {"phone": record.wallet_phone}
    return {
        "brand": record.brand,
        "display_brand": record.brand,
        "last4": record.last4,
        "exp_month": record.exp_month,
        "exp_year": record.exp_year,
        "fingerprint": record.fingerprint,
        "funding": record.funding,
        "country": record.country,
        "checks": {
            "address_line1_check": None,
            "address_postal_code_check": None,
            "cvc_check": record.cvc_check,
        },
        "networks": {"available": [record.brand], "preferred": None},
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }


def token(record: Token, method: PaymentMethod) -> dict[str, Any]:
    """The `token` object, with its card."""
    return {
        "id": record.id,
        "object": "token",
        "type": "card",
        "card": {
            "id": "card_" + method.id.removeprefix("pm_"),
            "object": "card",
            "brand": method.brand,
            "last4": method.last4,
            "exp_month": method.exp_month,
            "exp_year": method.exp_year,
            "fingerprint": method.fingerprint,
            "funding": method.funding,
            "country": method.country,
            "cvc_check": method.cvc_check,
            "name": method.billing_name,
            "metadata": {},
        },
        "client_ip": None,
        "created": epoch(record.created_at),
        "livemode": livemode(),
        "used": record.used,
    }
