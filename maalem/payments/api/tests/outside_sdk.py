"""What the official SDKs have no method for, and why we serve it nevertheless."""

from collections.abc import Iterable

from maalem.payments.api.routes import every, match

# By the beginning of the address, or the whole of it; with its verb where others have a method.
OUTSIDE = {
    "POST /v1/confirmation_tokens": "made by Stripe's own script in a payer's page",
    "/v1/api_keys": "Stripe makes keys in its dashboard; here they are made over the wire",
    "/v1/desk": "the officers of the institution look at its bank, its books and what is open",
    "/v1/events/{id}/retry": "Stripe sends an event again from its dashboard or its CLI",
    "/v1/files/{id}/contents": "the document itself: reached by the file's `url`",
    "/v1/payouts/{id}/approvals": "large payouts need two officers, which Stripe does not know",
    "/v1/payouts/{id}/approve": "as above",
    "/v1/radar/rules": "Stripe writes rules in its dashboard",
    "/v1/reserve_rules": "the published rules by which money is kept back",
    "/v1/reserves": "Stripe keeps reserves without an API of this shape",
    "/v1/statements": "statements of account, made here",
    "/v1/webhook_endpoints/{endpoint}/deliveries": "Stripe shows deliveries in its dashboard",
    "/v1/webhook_endpoints/{endpoint}/health": "as above",
    "/v1/webhook_endpoints/{endpoint}/replay": "as above",
    "/v1/webhook_endpoints/{endpoint}/roll_secret": "Stripe rolls secrets in its dashboard",
}


def left_out(asked: Iterable[str]) -> set[str]:
    """The endpoints with a method in the SDKs that none of the requests `asked` was for."""
    reached = set()
    for request in asked:
        method, _, path = request.partition(" ")
        hit = match(method, path)
        if hit:
            reached.add(f"{method} {hit[0].path}")
    served = {
        f"{found.method} {found.path}"
        for found in every()
        if not any(
            found.path.startswith(outside) or f"{found.method} {found.path}" == outside
            for outside in OUTSIDE
        )
    }
    return served - reached
