// Lighthouse on one page after another: `node lighthouse.mjs <file of requests> <file of answers>`.
//
// A request is {name, url, cookie}. An answer is {name, scores: {category: 0..100}, wanting:
// [{category, id, title}]}; of three looks the one in the middle by performance counts, because one
// look on a busy machine says little.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const need = createRequire(join(process.env.MAALEM_NODE_PACKAGES, "package.json"));
const load = (name) => import(pathToFileURL(need.resolve(name)).href);
const { default: lighthouse } = await load("lighthouse");
const { launch } = await load("chrome-launcher");

const LOOKS = 3, TRIES = 3;
const [asked, answered] = process.argv.slice(2);
const chrome = await launch({
  chromePath: process.env.CHROME_PATH,
  chromeFlags: ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
});

// Chromium now and then loses the beginning of its own recording: then it is looked at again.
async function look(request) {
  for (let left = TRIES; ; left -= 1) {
    const found = await lookOnce(request);
    if (found.scores) { return found; }
    if (left <= 1) { throw new Error(`${request.url}: ${found.trouble}`); }
  }
}

async function lookOnce({ url, cookie }) {
  const flags = {
    port: chrome.port, output: "json", logLevel: "error",
    extraHeaders: cookie ? { Cookie: cookie } : undefined,
    // The cart is a cookie's: without it the page would be empty.
    disableStorageReset: true,
  };
  const { lhr } = await lighthouse(url, flags);
  if (lhr.runtimeError) { return { trouble: lhr.runtimeError.message }; }
  const scores = {}, wanting = [];
  for (const [category, { score, auditRefs }] of Object.entries(lhr.categories)) {
    scores[category] = Math.round(score * 100);
    for (const { id, weight } of auditRefs) {
      const { score: one, title } = lhr.audits[id];
      if (weight > 0 && one !== null && one < 0.9) { wanting.push({ category, id, title }); }
    }
  }
  return { scores, wanting };
}

const answers = [];
for (const request of JSON.parse(readFileSync(asked, "utf8"))) {
  const looks = [];
  for (let n = 0; n < LOOKS; n += 1) { looks.push(await look(request)); }
  looks.sort((one, other) => one.scores.performance - other.scores.performance);
  answers.push({ name: request.name, ...looks[(LOOKS - 1) / 2] });
}
writeFileSync(answered, JSON.stringify(answers));
await chrome.kill();
