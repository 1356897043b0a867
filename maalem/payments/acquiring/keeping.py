"""A payment whose payer agreed to later ones keeps her card with her customer."""

from maalem.payments.accounts import wire as accounts_wire
from maalem.payments.acquiring.outcome import Asked, Confirmed, about
from maalem.payments.records import changed
from maalem.payments.units import Unit


def add_keeping(unit: Unit, asked: Asked, confirmed: Confirmed) -> None:
    """Put into `unit`, which makes the payment succeed (or held), that its method is kept.

    The customer of the payment gets it, and `off_session` keeps the network's reference, under
    which an issuer lets later payments pass without her.
    """
    intent, method = confirmed.intent, asked.method
    if not intent.setup_future_usage:
        return
    attached = method.customer_id is None and intent.customer_id is not None
    agreed = intent.setup_future_usage == "off_session" and method.type == "card"
    if not attached and not agreed:
        return
    kept = changed(
        method,
        customer_id=method.customer_id or intent.customer_id,
        agreement=confirmed.attempt.network_reference if agreed else method.agreement,
    )
    unit.put(kept)
    if attached:
        shown = accounts_wire.payment_method(kept)
        unit.events.append(about(asked, "payment_method.attached", shown))
