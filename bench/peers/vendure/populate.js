// node populate.js products.csv: the same rows as every shop in the run, by Vendure's own importer.
const { bootstrap, SearchService, RequestContextService, JobQueueService } = require('@vendure/core');
const { populate } = require('@vendure/core/cli');
const { config } = require('./config');

const crafts = JSON.parse(process.env.PEER_CRAFTS || '[]');
const initialData = {
  defaultLanguage: 'en', defaultZone: 'Africa',
  countries: [{ name: 'Morocco', code: 'MA', zone: 'Africa' }],
  taxRates: [{ name: 'Standard Tax', percentage: 20 }],
  shippingMethods: [{ name: 'Standard Shipping', price: 5000 }],
  paymentMethods: [{ name: 'Standard Payment', handler: { code: 'dummy-payment-handler',
    arguments: [{ name: 'automaticSettle', value: 'true' }] } }],
  collections: crafts.map((name) => ({ name,
    filters: [{ code: 'facet-value-filter', args: { facetValueNames: [name], containsAny: false } }] })),
};

populate(() => bootstrap(config), initialData, process.argv[2])
  .then(async (app) => {
    const ctx = await app.get(RequestContextService).create({ apiType: 'admin' });
    await app.get(JobQueueService).start();
    await app.get(SearchService).reindex(ctx);
    await waitForJobs(app);
    console.log('populated');
    await app.close();
    process.exit(0);
  })
  .catch((e) => { console.error(e); process.exit(1); });

async function waitForJobs(app) {
  const { TransactionalConnection } = require('@vendure/core');
  const db = app.get(TransactionalConnection).rawConnection;
  for (let quiet = 0; quiet < 5;) {
    const [{ n }] = await db.query(
      `SELECT count(*)::int AS n FROM job_record WHERE "isSettled" = false`);
    quiet = n === 0 ? quiet + 1 : 0;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
