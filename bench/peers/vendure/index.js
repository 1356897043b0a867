// node index.js: its collections filled, then its search index built once over everything.
// The importer leaves a job per product for the index; one over all of them does the same work.
const { bootstrap, SearchService, RequestContextService, JobQueueService,
        TransactionalConnection } = require('@vendure/core');
const { config } = require('./config');

bootstrap(config)
  .then(async (app) => {
    const db = app.get(TransactionalConnection).rawConnection;
    await forgetSingles(db);
    await app.get(JobQueueService).start();
    await noneLeft(db, 'apply-collection-filters');
    await forgetSingles(db);
    const ctx = await app.get(RequestContextService).create({ apiType: 'admin' });
    await app.get(SearchService).reindex(ctx);
    await noneLeft(db, 'update-search-index');
    console.log('indexed');
    await app.close();
    process.exit(0);
  })
  .catch((e) => { console.error(e); process.exit(1); });

async function forgetSingles(db) {
  await db.query(`DELETE FROM job_record
    WHERE "queueName" = 'update-search-index' AND state = 'PENDING'`);
}

async function noneLeft(db, queue) {
  for (let quiet = 0; quiet < 4;) {
    const [{ n }] = await db.query(
      `SELECT count(*)::int AS n FROM job_record WHERE "isSettled" = false AND "queueName" = $1`,
      [queue]);
    quiet = n === 0 ? quiet + 1 : 0;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
