#!/usr/bin/env node
// Stands in for Prisma's native `query-engine`: the same command line, environment and HTTP as prisma-client-py uses.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";

const RELEASE = "5.17.0";

const { values: options } = parseArgs({
  options: {
    version: { type: "boolean" },
    port: { type: "string", short: "p" },
    "enable-metrics": { type: "boolean" },
    "enable-raw-queries": { type: "boolean" },
  },
});
if (options.version) {
  console.log(`query-engine ${RELEASE}`);
  process.exit(0);
}

// LiteLLM finds engines that their proxy has left behind by this name.
process.title = "query-engine";
const { Documents } = await import("./documents.js");
const { answer, explained } = await import("./answers.js");
const { connect, databaseUrl } = await import("./postgres.js");

const schema = readFileSync(process.env.PRISMA_DML_PATH, "utf8");
const documents = new Documents(schema);
// Requests wait for it: the client counts refused connections, not the time to an answer.
const connected = connect(schema, databaseUrl(process.env));
connected.catch((error) => die(`cannot start: ${error.stack ?? error}`));

async function run(query, transaction) {
  const { engine, registry } = await connected;
  if (!query.batch) {
    const one = documents.translate(query.query);
    return answer(one, JSON.parse(await engine.query(JSON.stringify(one.query), "{}", transaction)), registry);
  }
  const all = query.batch.map((part) => documents.translate(part.query));
  const batch = { batch: all.map((one) => one.query), transaction: query.transaction ? {} : null };
  const result = JSON.parse(await engine.query(JSON.stringify(batch), "{}", transaction));
  if (result.errors) return { errors: result.errors.map((error) => explained(error, registry)) };
  return { batchResult: result.batchResult.map((part, at) => answer(all[at], part, registry)) };
}

/** Starts, commits or rolls back an interactive transaction. */
async function transact(path, body) {
  const { engine, registry } = await connected;
  const [, id, step] = /^\/transaction\/(?:start|([^/]+)\/(commit|rollback))$/.exec(path);
  const done = await (id ? engine[`${step}Transaction`](id, "{}") : engine.startTransaction(body, "{}"));
  const result = JSON.parse(done);
  if (!result.error_code) return result;
  return { errors: [explained({ error: result.message, user_facing_error: result }, registry)] };
}

async function respond(request) {
  const body = await text(request);
  if (request.url === "/status") return connected.then(() => ({ status: "ok" }));
  if (request.url.startsWith("/transaction/")) return transact(request.url, body);
  return run(JSON.parse(body), request.headers["x-transaction-id"]);
}

function die(reason) {
  console.error(`query-engine: ${reason}`);
  process.exit(1);
}

const server = createServer(async (request, response) => {
  let [status, result] = [200, null];
  try {
    result = await respond(request);
  } catch (error) {
    // A panic leaves the engine unusable; the client starts another.
    if (error instanceof WebAssembly.RuntimeError) die(error.stack);
    [status, result] = [500, { error: String(error.stack ?? error) }];
  }
  response.writeHead(status, { "Content-Type": "application/json" });
  response.end(JSON.stringify(result));
});
server.keepAliveTimeout = 0; // the client keeps its connections
server.listen(Number(options.port), "localhost");

const parent = process.ppid;
setInterval(() => process.ppid === parent || process.exit(0), 1000); // a killed proxy stops nobody
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(0));
