"""Where the payment institution posts what happened."""

import logging

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from maalem.platform.ground.gateway.calls import verify_webhook
from maalem.platform.ground.gateway.errors import BadSignature
from maalem.platform.inbox import actions

log = logging.getLogger(__name__)


@csrf_exempt
@require_POST
def payments(request: HttpRequest) -> HttpResponse:
    """Keep a signed event and answer 200; 400 for what is not signed, with nothing written."""
    try:
        signed = verify_webhook(request.body, request.headers.get("Stripe-Signature", ""))
    except BadSignature as trouble:
        log.warning("a webhook without a good signature was refused: %s", trouble.code)
        return HttpResponse("bad signature", status=400, content_type="text/plain")
    actions.receive(signed)
    return HttpResponse("ok", content_type="text/plain")
