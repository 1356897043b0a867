const { bootstrap } = require('@vendure/core');
const { config } = require('./config');
bootstrap(config).then(() => console.log('ready')).catch((e) => { console.error(e); process.exit(1); });
