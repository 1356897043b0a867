const { bootstrapWorker } = require('@vendure/core');
const { config } = require('./config');
bootstrapWorker(config)
  .then((worker) => worker.startJobQueue())
  .then(() => console.log('ready'))
  .catch((e) => { console.error(e); process.exit(1); });
