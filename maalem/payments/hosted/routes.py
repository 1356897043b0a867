"""The addresses of the payer's pages."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from maalem.payments.hosted import challenge, checkout, files
from maalem.payments.hosted.onboarding import pages as onboarding
from maalem.payments.hosted.render import ASSETS, asset
from maalem.payments.hosted.visit import missing

_FOR_EVER = "public, max-age=31536000, immutable"


async def serve_asset(request: Request) -> Response:
    """A style sheet, a script or a drawing; its address changes when it does."""
    name = request.path_params["name"]
    if name not in ASSETS:
        return PlainTextResponse("", status_code=404)
    return Response(
        asset(name),
        media_type=ASSETS[name][1],
        headers={"Cache-Control": _FOR_EVER, "X-Content-Type-Options": "nosniff"},
    )


async def anything_else(request: Request) -> Response:
    """No page of ours."""
    return missing(request)


def routes() -> list[Route]:
    """Every page of this room."""
    return [
        Route("/pay/{session}", checkout.show, methods=["GET"]),
        Route("/pay/{session}/card", checkout.pay_by_card, methods=["POST"]),
        Route("/pay/{session}/wallet", checkout.pay_by_wallet, methods=["POST"]),
        # Reloading the page after a refused form comes back as a GET: show how things stand.
        Route("/pay/{session}/card", checkout.show, methods=["GET"]),
        Route("/pay/{session}/wallet", checkout.show, methods=["GET"]),
        Route("/onboarding/{token}", onboarding.show, methods=["GET"]),
        Route("/onboarding/{token}", onboarding.tell, methods=["POST"]),
        Route("/hosted/3ds/{token}", challenge.show, methods=["GET"]),
        Route("/hosted/3ds/{token}", challenge.answer, methods=["POST"]),
        Route("/hosted/wallet/{token}", challenge.show, methods=["GET"]),
        Route("/hosted/wallet/{token}", challenge.answer, methods=["POST"]),
        Route("/hosted/assets/{hash}/{name}", serve_asset, methods=["GET"]),
        Route("/files/statements/{token}", files.statement, methods=["GET"]),
        Route("/files/proofs/{token}", files.proof, methods=["GET"]),
        # Whatever else a payer comes to: a sentence, in her language.
        Route("/{anything:path}", anything_else, methods=["GET", "POST"]),
    ]
