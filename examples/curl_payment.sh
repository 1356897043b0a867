#!/usr/bin/env bash
# The payments API by hand: nothing but curl, and python3 to pick a field out of an answer.
#
#     MAALEM_PAYMENTS_URL=http://localhost:8010 MAALEM_STRIPE_API_KEY=sk_test_… \
#         examples/curl_payment.sh
#
# What it prints is examples/curl_payment.txt.
set -euo pipefail
url="${MAALEM_PAYMENTS_URL:-http://localhost:8010}"

ask() { # ask METHOD PATH [curl's options…]: the answer's body, whatever its status
    local method="$1" path="$2"
    shift 2
    curl --silent --show-error --request "$method" "$url$path" \
        --user "$MAALEM_STRIPE_API_KEY:" "$@"
}

pick() { # pick FIELD…: each field of the JSON on standard input, `a.b` for one within another
    python3 -c '
import json, sys
whole = json.load(sys.stdin)
for path in sys.argv[1:]:
    found = whole
    for step in path.split("."):
        found = found[int(step)] if isinstance(found, list) else found.get(step)
    print(found)' "$@" | paste -sd " " -
}

echo "== create and confirm in one call"
paid=$(ask POST /v1/payment_intents \
    -d amount=28000 -d currency=mad -d confirm=true -d payment_method=pm_card_visa \
    -d "metadata[order]=M-1" -H "Idempotency-Key: curl-$$-$RANDOM")
pick object status amount_received metadata.order <<<"$paid"

echo "== 3-D Secure: the payer's bank asks for a code"
asks=$(ask POST /v1/payment_intents \
    -d amount=485000 -d currency=mad -d confirm=true \
    -d payment_method=pm_card_authenticationRequired \
    -d return_url=https://shop.example/back)
pick status next_action.type <<<"$asks"
page=$(pick next_action.redirect_to_url.url <<<"$asks")
token=$(curl --silent "$page" | sed -n 's/.*name="form" value="\([^"]*\)".*/\1/p' | head -n 1)
curl --silent --output /dev/null --write-out "the bank's page sends the payer back: %{http_code}\n" \
    "$page" --data-urlencode "form=$token" -d lang=en -d secret=123456 -d do=confirm
ask GET "/v1/payment_intents/$(pick id <<<"$asks")" | pick status amount_received

echo "== hold now, capture a part later"
held=$(ask POST /v1/payment_intents \
    -d amount=28000 -d currency=mad -d confirm=true -d payment_method=pm_card_visa \
    -d capture_method=manual)
pick status amount_capturable <<<"$held"
ask POST "/v1/payment_intents/$(pick id <<<"$held")/capture" -d amount_to_capture=20000 |
    pick status amount_received

echo "== refund a part, then more than is left"
ask POST /v1/refunds -d "payment_intent=$(pick id <<<"$paid")" -d amount=8000 |
    pick object status amount
ask POST /v1/refunds -d "payment_intent=$(pick id <<<"$paid")" -d amount=20001 |
    pick error.type error.code error.param

echo "== list, newest first, with what is behind an id"
ask GET "/v1/payment_intents?limit=3&expand\[\]=data.latest_charge" |
    pick object data.0.amount data.1.amount data.2.amount data.0.latest_charge.object

echo "== errors: a declined card, a parameter that is none, an id that is nobody's, no key"
ask POST /v1/payment_intents \
    -d amount=28000 -d currency=mad -d confirm=true \
    -d payment_method=pm_card_visa_chargeDeclined |
    pick error.type error.code error.decline_code
ask POST /v1/payment_intents -d amount=28000 -d currency=mad -d colour=red |
    pick error.type error.code error.param
ask GET /v1/payment_intents/pi_nobodys | pick error.type error.code error.message
curl --silent --output /dev/null --write-out "%{http_code}\n" "$url/v1/balance"
