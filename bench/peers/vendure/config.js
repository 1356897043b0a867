// Vendure as its documentation sets it up: PostgreSQL, its own search plugin, a job queue.
const { DefaultJobQueuePlugin, DefaultSearchPlugin, DefaultLogger, LogLevel,
        dummyPaymentHandler, LanguageCode } = require('@vendure/core');

// {host, port, username, password, database}
const database = JSON.parse(process.env.PEER_DATABASE);

exports.config = {
  apiOptions: { port: Number(process.env.PEER_PORT || 3000), adminApiPath: 'admin-api',
                shopApiPath: 'shop-api', hostname: '127.0.0.1' },
  authOptions: { tokenMethod: ['bearer', 'cookie'], requireVerification: false,
                 superadminCredentials: { identifier: 'superadmin', password: 'superadmin' },
                 cookieOptions: { secret: 'bench' } },
  dbConnectionOptions: {
    type: 'postgres', synchronize: true, logging: false,
    ...database, poolSize: 10,
  },
  defaultLanguageCode: LanguageCode.en,
  paymentOptions: { paymentMethodHandlers: [dummyPaymentHandler] },
  plugins: [DefaultJobQueuePlugin.init({ pollInterval: 200 }),
            DefaultSearchPlugin.init({ bufferUpdates: false, indexStockStatus: false })],
  logger: new DefaultLogger({ level: LogLevel.Warn }),
};
