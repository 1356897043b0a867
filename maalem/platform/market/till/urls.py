from django.urls import path

from .views import bank, banks, disputes, payments, reviews, tools

app_name = "till"
urlpatterns = [
    path("", payments.start, name="start"),
    path("accounts/", payments.accounts, name="accounts"),
    path("stop/<slug:bank>/<str:mark>/", banks.stop, name="stop"),
    path("<slug:whose>/", payments.payments, name="payments"),
    path("<slug:whose>/payments.csv", payments.export, name="export"),
    path("<slug:whose>/money/", payments.money, name="money"),
    path(
        "<slug:whose>/money/payouts.csv",
        payments.export_money,
        {"what": "payouts"},
        name="export_payouts",
    ),
    path(
        "<slug:whose>/money/balance.csv",
        payments.export_money,
        {"what": "balance"},
        name="export_balance",
    ),
    path("<slug:whose>/money/bank/", banks.change_bank, name="change_bank"),
    path("<slug:whose>/money/<slug:payout>/", banks.payout, name="payout"),
    path("<slug:whose>/money/<str:month>/<slug:kind>/", banks.statement, name="statement"),
    path("<slug:whose>/bank/", bank.morning, name="morning"),
    path("<slug:whose>/bank/files/", bank.files, name="bank_files"),
    path("<slug:whose>/bank/files/<slug:file>/", bank.file, name="bank_file"),
    path("<slug:whose>/bank/proofs/<slug:proof>/", bank.proof, name="proof"),
    path("<slug:whose>/bank/proofs/<slug:proof>/<slug:kind>/", bank.paper, name="proof_paper"),
    path("<slug:whose>/reviews/", reviews.reviews, name="reviews"),
    path("<slug:whose>/reviews/<slug:review>/", reviews.review, name="review"),
    path("<slug:whose>/reviews/<slug:review>/judge/", reviews.judge, name="judge"),
    path("<slug:whose>/programs/", tools.programs, name="programs"),
    path("<slug:whose>/programs/keys/", tools.make_key, name="make_key"),
    path("<slug:whose>/programs/keys/<slug:key>/roll/", tools.roll_key, name="roll_key"),
    path("<slug:whose>/programs/keys/<slug:key>/revoke/", tools.revoke_key, name="revoke_key"),
    path("<slug:whose>/programs/addresses/", tools.make_endpoint, name="make_endpoint"),
    path("<slug:whose>/programs/<slug:endpoint>/", tools.endpoint, name="endpoint"),
    path(
        "<slug:whose>/programs/<slug:endpoint>/change/",
        tools.change_endpoint,
        name="change_endpoint",
    ),
    path("<slug:whose>/programs/<slug:endpoint>/again/", tools.tell_again, name="tell_again"),
    path("<slug:whose>/disputes/", disputes.disputes, name="disputes"),
    path("<slug:whose>/disputes/<slug:dispute>/", disputes.dispute, name="dispute"),
    path("<slug:whose>/disputes/<slug:dispute>/hand-in/", disputes.hand_in, name="hand_in"),
    path("<slug:whose>/disputes/<slug:dispute>/give-in/", disputes.give_in, name="give_in"),
    path("<slug:whose>/<slug:charge>/", payments.payment, name="payment"),
    path("<slug:whose>/<slug:charge>/give-back/", payments.give_back, name="give_back"),
]
