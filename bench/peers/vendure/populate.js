// node populate.js products.csv: the same rows as every shop in the run, by Vendure's own importer.
const { bootstrap } = require('@vendure/core');
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
    console.log('populated');
    await app.close();
    process.exit(0);
  })
  .catch((e) => { console.error(e); process.exit(1); });
