// Every resource through the official Node SDK, unmodified but for its address. Each chapter
// prints a line of JSON with what it saw; the last line says which endpoints were asked.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { createRequire } from "node:module";

const env = process.env;
const sdk = createRequire(`${env.MAALEM_NODE_SDK}/`)("stripe");
const Stripe = sdk.default ?? sdk;
const where = new URL(env.MAALEM_PAYMENTS_URL);
const address = { protocol: "http", host: where.hostname, port: where.port };
const stripe = new Stripe(env.MAALEM_STRIPE_API_KEY, { ...address, maxNetworkRetries: 0 });
const numbers = JSON.parse(env.MAALEM_BANK_ACCOUNTS);
const asked = new Set();
stripe.on("request", (event) => asked.add(`${event.method} ${event.path.split("?")[0]}`));

const ASKED = {
  request_multicapture: "if_available",
  request_incremental_authorization: "if_available",
};
const say = (chapter, facts) => console.log(JSON.stringify({ chapter, ...facts }));
const pay = (fields = {}, options = undefined) =>
  stripe.paymentIntents.create(
    {
      amount: 10_000,
      currency: "mad",
      confirm: true,
      payment_method: "pm_card_visa",
      expand: ["latest_charge"],
      ...fields,
    },
    options,
  );
const bankAccount = () => ({
  object: "bank_account",
  country: "MA",
  currency: "mad",
  account_number: numbers.pop(),
  account_holder_name: "Fadma Aït Baha",
  account_holder_type: "individual",
});
const seller = (fields = {}) =>
  stripe.accounts.create({
    type: "custom",
    country: "MA",
    business_profile: { name: "Fadma Aït Baha" },
    settings: { payouts: { schedule: { interval: "manual" } } },
    ...fields,
  });

async function refused(kind, ask) {
  try {
    await ask();
  } catch (error) {
    assert.ok(error instanceof Stripe.errors[kind], `${error.constructor.name}: ${error.message}`);
    assert.match(error.requestId ?? "", /^req_/);
    return error;
  }
  throw new Error(`${kind} was expected`);
}

async function eventually(look, seconds = 25) {
  for (let tries = 0; tries < seconds * 4; tries += 1) {
    const found = await look();
    if (found) return found;
    await new Promise((done) => setTimeout(done, 250));
  }
  throw new Error(`it did not happen in ${seconds} seconds: ${look}`);
}

async function accounts() {
  const account = await seller({ metadata: { artisan: "fadma-ait-baha" } });
  const { id } = account;
  await stripe.accounts.update(id, { email: "fadma@example.org" });
  assert.equal((await stripe.accounts.retrieve(id)).email, "fadma@example.org");
  assert.match((await stripe.accounts.retrieveCurrent()).id, /^acct_/);
  assert.ok((await stripe.accounts.list({ limit: 1 })).data.length);
  const capabilities = await stripe.accounts.listCapabilities(id);
  assert.ok(capabilities.data.some((found) => found.id === "transfers"));
  await stripe.accounts.updateCapability(id, "transfers", { requested: true });
  assert.equal((await stripe.accounts.retrieveCapability(id, "transfers")).status, "active");
  const person = await stripe.accounts.createPerson(id, { first_name: "Omar" });
  await stripe.accounts.updatePerson(id, person.id, { last_name: "Filali" });
  assert.equal((await stripe.accounts.retrievePerson(id, person.id)).last_name, "Filali");
  assert.equal((await stripe.accounts.listPersons(id)).data.length, 1);
  assert.ok((await stripe.accounts.deletePerson(id, person.id)).deleted);
  const link = await stripe.accountLinks.create({
    account: id,
    type: "account_onboarding",
    refresh_url: "http://shop.test/again",
    return_url: "http://shop.test/back",
  });
  assert.match(link.url, /\/onboarding\//);
  const closed = await seller();
  const stopped = await stripe.accounts.reject(closed.id, { reason: "other" });
  assert.equal(stopped.charges_enabled, false);
  assert.ok((await stripe.accounts.del((await seller()).id)).deleted);
  say("accounts", { name: account.business_profile.name });
  return id;
}

async function externalAccounts(id) {
  const added = await stripe.accounts.createExternalAccount(id, {
    external_account: bankAccount(),
  });
  const shown = await stripe.accounts.retrieveExternalAccount(id, added.id);
  assert.equal(shown.last4, added.last4);
  await stripe.accounts.updateExternalAccount(id, added.id, { metadata: { agency: "Taznakht" } });
  const token = await stripe.tokens.create({ bank_account: bankAccount() });
  assert.equal((await stripe.tokens.retrieve(token.id)).used, false);
  const second = await stripe.accounts.createExternalAccount(id, { external_account: token.id });
  assert.equal((await stripe.accounts.listExternalAccounts(id)).data.length, 2);
  assert.ok((await stripe.accounts.deleteExternalAccount(id, second.id)).deleted);
  say("external accounts", { object: added.object, bank: typeof added.bank_name });
}

async function customers() {
  const customer = await stripe.customers.create({ name: "Claire Martin" });
  await stripe.customers.update(customer.id, { email: "claire@example.org" });
  const made = await stripe.paymentMethods.create({
    type: "card",
    card: { number: "4242424242424242", exp_month: 12, exp_year: 2034, cvc: "314" },
  });
  await stripe.paymentMethods.attach(made.id, { customer: customer.id });
  await stripe.paymentMethods.update(made.id, { billing_details: { name: "Claire Martin" } });
  assert.equal((await stripe.paymentMethods.retrieve(made.id)).customer, customer.id);
  const kept = await stripe.paymentMethods.list({ customer: customer.id, type: "card" });
  assert.deepEqual(kept.data.map((found) => found.id), [made.id]);
  assert.equal((await stripe.customers.listPaymentMethods(customer.id)).data.length, 1);
  const one = await stripe.customers.retrievePaymentMethod(customer.id, made.id);
  assert.equal(one.card.last4, "4242");
  await stripe.customers.search({ query: 'email:"claire@example.org"' });
  assert.ok((await stripe.customers.list({ limit: 3 })).data.length);
  const paid = await pay({ customer: customer.id, payment_method: made.id, expand: ["customer"] });
  assert.equal(paid.customer.email, "claire@example.org");
  assert.equal((await stripe.paymentMethods.detach(made.id)).customer, null);
  assert.ok((await stripe.customers.del(customer.id)).deleted);
  assert.ok((await stripe.customers.retrieve(customer.id)).deleted);
  say("customers", { card: one.card.brand });
}

async function setupIntents() {
  const customer = await stripe.customers.create({});
  const setup = await stripe.setupIntents.create({ usage: "on_session" });
  await stripe.setupIntents.update(setup.id, {
    customer: customer.id,
    payment_method: "pm_card_visa",
  });
  const done = await stripe.setupIntents.confirm(setup.id);
  assert.equal((await stripe.setupIntents.retrieve(setup.id)).status, "succeeded");
  assert.ok((await stripe.setupIntents.list({ customer: customer.id })).data.length);
  const tries = await stripe.setupAttempts.list({ setup_intent: setup.id });
  assert.deepEqual(tries.data.map((found) => found.id), [done.latest_attempt]);
  const said = await stripe.testHelpers.confirmationTokens.create({ payment_method: "pm_card_visa" });
  await stripe.setupIntents.create({ confirmation_token: said.id, confirm: true });
  assert.ok((await stripe.confirmationTokens.retrieve(said.id)).setup_intent.startsWith("seti_"));
  const later = await stripe.setupIntents.create({ payment_method: "pm_card_visa", confirm: true });
  assert.equal((await stripe.mandates.retrieve(later.mandate)).status, "active");
  const left = await stripe.setupIntents.create({});
  const canceled = await stripe.setupIntents.cancel(left.id);
  say("setup intents", { done: done.status, left: canceled.status });
}

async function paymentIntents() {
  const intent = await stripe.paymentIntents.create({ amount: 10_000, currency: "mad" });
  await stripe.paymentIntents.update(intent.id, { metadata: { order: "M-1" } });
  const way = { payment_method: "pm_card_visa" };
  const paid = await stripe.paymentIntents.confirm(intent.id, way);
  assert.equal((await stripe.paymentIntents.retrieve(intent.id)).metadata.order, "M-1");
  const asks = await pay({
    payment_method: "pm_card_threeDSecure2Required",
    return_url: "https://shop.example/back",
  });
  assert.equal(asks.status, "requires_action");
  assert.match(asks.next_action.redirect_to_url.url, /\/hosted\/3ds\//);
  assert.equal((await stripe.paymentIntents.cancel(asks.id)).status, "canceled");
  const held = await pay({
    capture_method: "manual",
    payment_method_options: { card: ASKED },
  });
  await stripe.paymentIntents.incrementAuthorization(held.id, { amount: 12_000 });
  const part = { amount_to_capture: 4_000, final_capture: false };
  assert.equal((await stripe.paymentIntents.capture(held.id, part)).amount_capturable, 8_000);
  const taken = await stripe.paymentIntents.capture(held.id, { amount_to_capture: 5_000 });
  assert.equal(taken.amount_received, 9_000);
  await stripe.paymentIntents.search({ query: "amount:10000" });
  assert.equal((await stripe.paymentIntents.list({ limit: 2 })).data.length, 2);
  const charge = await stripe.charges.retrieve(paid.latest_charge, {
    expand: ["balance_transaction"],
  });
  assert.equal(charge.balance_transaction.object, "balance_transaction");
  await stripe.charges.update(charge.id, { description: "a carpet" });
  await stripe.charges.search({ query: "amount:10000" });
  assert.ok((await stripe.charges.list({ payment_intent: intent.id })).data.length);
  say("payment intents", { paid: paid.status, held: held.status, taken: taken.status });
}

async function connect(account) {
  const hers = { stripeAccount: account };
  const shared = await pay({
    transfer_data: { destination: account },
    application_fee_amount: 1_250,
  });
  const fee = shared.latest_charge.application_fee;
  assert.equal((await stripe.applicationFees.retrieve(fee)).amount, 1_250);
  assert.ok((await stripe.applicationFees.list({ limit: 1 })).data.length);
  const back = await stripe.applicationFees.createRefund(fee, { amount: 250 });
  await stripe.applicationFees.updateRefund(fee, back.id, { metadata: { why: "late" } });
  assert.equal((await stripe.applicationFees.retrieveRefund(fee, back.id)).metadata.why, "late");
  assert.equal((await stripe.applicationFees.listRefunds(fee)).data.length, 1);
  const refund = await stripe.refunds.create({
    payment_intent: shared.id,
    reverse_transfer: true,
    refund_application_fee: true,
  });
  await stripe.refunds.update(refund.id, { metadata: { why: "broken" } });
  assert.equal((await stripe.refunds.retrieve(refund.id)).metadata.why, "broken");
  assert.equal((await stripe.refunds.list({ payment_intent: shared.id })).data.length, 1);
  await refused("StripeInvalidRequestError", () => stripe.refunds.cancel(refund.id));
  assert.equal((await stripe.applicationFees.retrieve(fee)).amount_refunded, 1_250);
  const direct = await pay({ application_fee_amount: 900 }, hers);
  await refused("StripeInvalidRequestError", () => stripe.charges.retrieve(direct.latest_charge.id));
  const charge = await stripe.charges.retrieve(direct.latest_charge.id, undefined, hers);
  const sale = await pay({ transfer_group: "G-1" });
  const transfer = await stripe.transfers.create({
    amount: 9_000,
    currency: "mad",
    destination: account,
    source_transaction: sale.latest_charge.id,
  });
  await stripe.transfers.update(transfer.id, { metadata: { order: "M-1" } });
  const reversal = await stripe.transfers.createReversal(transfer.id, { amount: 1_000 });
  await stripe.transfers.updateReversal(transfer.id, reversal.id, { metadata: { why: "late" } });
  const shown = await stripe.transfers.retrieveReversal(transfer.id, reversal.id);
  assert.equal(shown.metadata.why, "late");
  assert.equal((await stripe.transfers.listReversals(transfer.id)).data.length, 1);
  assert.equal((await stripe.transfers.retrieve(transfer.id)).amount_reversed, 1_000);
  assert.ok((await stripe.transfers.list({ destination: account })).data.length);
  say("connect", { refund: refund.status, direct: charge.application_fee_amount });
}

async function money() {
  const { id } = await seller({ external_account: bankAccount() });
  const hers = { stripeAccount: id };
  const earned = await pay({ payment_method: "pm_card_bypassPending" });
  await stripe.transfers.create({
    amount: 10_000,
    currency: "mad",
    destination: id,
    source_transaction: earned.latest_charge.id,
  });
  const payout = await stripe.payouts.create({ amount: 6_000, currency: "mad" }, hers);
  await stripe.payouts.update(payout.id, { metadata: { week: "12" } }, hers);
  assert.equal((await stripe.payouts.retrieve(payout.id, undefined, hers)).metadata.week, "12");
  assert.equal((await stripe.payouts.list({ status: "pending" }, hers)).data.length, 1);
  const lines = await stripe.balanceTransactions.list({ source: payout.id }, hers);
  const line = await stripe.balanceTransactions.retrieve(lines.data[0].id, undefined, hers);
  assert.equal(line.net, -6_000);
  const canceled = await stripe.payouts.cancel(payout.id, undefined, hers);
  await refused("StripeInvalidRequestError", () => stripe.payouts.reverse(payout.id, {}, hers));
  const balance = await stripe.balance.retrieve(undefined, hers);
  say("payouts", { payout: canceled.status, available: balance.available[0].amount });
}

async function checkout() {
  const line = (name, unit_amount) => ({
    quantity: 1,
    price_data: { currency: "mad", unit_amount, product_data: { name } },
  });
  const session = await stripe.checkout.sessions.create({
    mode: "payment",
    line_items: [line("Tapis Taznakht", 485_000), line("Tajine de Safi", 28_000)],
    success_url: "https://shop.example/done?session={CHECKOUT_SESSION_ID}",
    cancel_url: "https://shop.example/cart",
  });
  const names = [];
  for await (const item of stripe.checkout.sessions.listLineItems(session.id, { limit: 1 })) {
    names.push(item.description);
  }
  assert.deepEqual(names, ["Tapis Taznakht", "Tajine de Safi"]);
  assert.equal((await stripe.checkout.sessions.retrieve(session.id)).status, "open");
  assert.ok((await stripe.checkout.sessions.list({ limit: 1 })).data.length);
  const over = await stripe.checkout.sessions.expire(session.id);
  say("checkout", { total: session.amount_total, over: over.status });
}

async function disputes() {
  const contested = await pay({ payment_method: "pm_card_createDispute" });
  const given = await pay({ payment_method: "pm_card_createDispute" });
  const warned = await pay({ payment_method: "pm_card_createIssuerFraudRecord" });
  const of = (paid) => async () =>
    (await stripe.disputes.list({ payment_intent: paid.id })).data[0];
  const dispute = await eventually(of(contested));
  const slip = { data: Buffer.from("%PDF-1.7 signed"), name: "slip.pdf", type: "application/pdf" };
  const file = await stripe.files.create({ purpose: "dispute_evidence", file: slip });
  assert.equal((await stripe.files.retrieve(file.id)).size, 15);
  assert.ok((await stripe.files.list({ limit: 1 })).data.length);
  await stripe.disputes.update(dispute.id, {
    evidence: { customer_name: "Claire Martin", shipping_documentation: file.id },
    submit: false,
  });
  const evidence = { uncategorized_text: "winning_evidence" };
  const sent = await stripe.disputes.update(dispute.id, { evidence });
  const lost = await stripe.disputes.close((await eventually(of(given))).id);
  const won = await eventually(async () => {
    const now = await stripe.disputes.retrieve(dispute.id);
    return now.status === "won" && now;
  });
  const about = { payment_intent: warned.id };
  const warnings = await eventually(async () => {
    const { data } = await stripe.radar.earlyFraudWarnings.list(about);
    return data.length && data;
  });
  const warning = await stripe.radar.earlyFraudWarnings.retrieve(warnings[0].id);
  say("disputes", { sent: sent.status, lost: lost.status, won: won.status, of: warning.object });
}

async function risk() {
  const alias = `blocked_${Date.now()}`;
  const list = await stripe.radar.valueLists.create({
    alias,
    name: "Strangers",
    item_type: "email",
  });
  await stripe.radar.valueLists.update(list.id, { name: "Known strangers" });
  assert.equal((await stripe.radar.valueLists.retrieve(list.id)).name, "Known strangers");
  assert.ok((await stripe.radar.valueLists.list({ limit: 1 })).data.length);
  const item = await stripe.radar.valueListItems.create({
    value_list: list.id,
    value: "nobody@example.org",
  });
  assert.equal((await stripe.radar.valueListItems.retrieve(item.id)).value, "nobody@example.org");
  const items = await stripe.radar.valueListItems.list({ value_list: list.id });
  assert.equal(items.data.length, 1);
  assert.ok((await stripe.radar.valueListItems.del(item.id)).deleted);
  assert.ok((await stripe.radar.valueLists.del(list.id)).deleted);
  await stripe.reviews.list({ limit: 1 });
  await refused("StripeInvalidRequestError", () => stripe.reviews.retrieve("prv_none"));
  const none = await refused("StripeInvalidRequestError", () => stripe.reviews.approve("prv_none"));
  say("risk", { missing: none.code });
}

async function webhooks() {
  const heard = [];
  const server = createServer((request, response) => {
    const parts = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => {
      heard.push([Buffer.concat(parts).toString(), request.headers["stripe-signature"]]);
      response.end("ok");
    });
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${server.address().port}/hook`;
  const endpoint = await stripe.webhookEndpoints.create({
    url,
    enabled_events: ["customer.created"],
  });
  const customer = await stripe.customers.create({ name: "Claire Martin" });
  const [body, signature] = await eventually(() => heard.find(([text]) => text.includes(customer.id)));
  const event = stripe.webhooks.constructEvent(body, signature, endpoint.secret);
  assert.equal(event.data.object.id, customer.id);
  assert.throws(
    () => stripe.webhooks.constructEvent(body.replace("Claire", "Clara"), signature, endpoint.secret),
    Stripe.errors.StripeSignatureVerificationError,
  );
  const known = await stripe.events.retrieve(event.id);
  assert.equal(known.type, "customer.created");
  assert.ok((await stripe.events.list({ type: "customer.created" })).data.length);
  await stripe.webhookEndpoints.update(endpoint.id, { disabled: true });
  assert.equal((await stripe.webhookEndpoints.retrieve(endpoint.id)).status, "disabled");
  assert.ok((await stripe.webhookEndpoints.list({ limit: 1 })).data.length);
  assert.ok((await stripe.webhookEndpoints.del(endpoint.id)).deleted);
  server.close();
  server.closeAllConnections?.();
  say("webhooks", { type: event.type });
}

async function manners() {
  const seen = [];
  for (let made = 0; made < 5; made += 1) {
    seen.unshift((await stripe.customers.create({ name: `Paged ${made}` })).id);
  }
  const paged = await stripe.customers.list({ limit: 2 }).autoPagingToArray({ limit: 5 });
  assert.deepEqual(paged.map((found) => found.id), seen);
  const again = { idempotencyKey: `walk-${seen[0]}` };
  const first = await pay({}, again);
  const second = await pay({}, again);
  assert.equal(second.id, first.id);
  assert.equal(second.lastResponse.headers["idempotent-replayed"], "true");
  await refused("StripeIdempotencyError", () => pay({ amount: 1 }, again));
  const declined = await refused("StripeCardError", () =>
    pay({ payment_method: "pm_card_visa_chargeDeclined" }));
  const missing = await refused("StripeInvalidRequestError", () =>
    stripe.customers.retrieve("cus_nobody"));
  const stranger = new Stripe("sk_test_nobodys", { ...address, maxNetworkRetries: 0 });
  await refused("StripeAuthenticationError", () => stranger.balance.retrieve());
  await refused("StripePermissionError", () => stripe.accounts.retrieve("acct_nobodys"));
  say("manners", { declined: declined.decline_code, missing: missing.code });
}

const account = await accounts();
await externalAccounts(account);
await customers();
await setupIntents();
await paymentIntents();
await connect(account);
await money();
await checkout();
await disputes();
await risk();
await webhooks();
await manners();
say("asked", { asked: [...asked].sort() });
