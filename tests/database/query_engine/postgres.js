// Prisma's query engine in WebAssembly, connected to Postgres through the driver `pg`.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

import { PrismaPg } from "@prisma/adapter-pg";
import { bindAdapter } from "@prisma/driver-adapter-utils";
import pg from "pg";

const require = createRequire(import.meta.url);

const [TEXT, TEXT_ARRAY] = [25, 1009];
/** Types that the adapter refuses and the native engine reads as text: "char", name, name[], interval, regclass,
 * regtype and void. LiteLLM meets them where it asks for its tables and views. */
const READ_AS = new Map([18, 19, 1186, 2205, 2206, 2278].map((type) => [type, TEXT])).set(1003, TEXT_ARRAY);

/** Where the client says that the database is: it overrules the environment when it has a new password, say. */
export function databaseUrl(env) {
  const [overruled] = JSON.parse(env.OVERWRITE_DATASOURCES ?? "[]");
  return new URL(overruled?.url ?? env.DATABASE_URL);
}

/** The engine for `schema`, and the registry of its driver's errors. */
export async function connect(schema, url) {
  const adapter = bindAdapter(new PrismaPg(pool(url)));
  const { QueryEngine } = await engineModule();
  const options = { datamodel: schema, logLevel: "error", logQueries: false };
  const engine = new QueryEngine(options, (line) => console.error(line), adapter);
  await engine.connect("{}");
  return { engine, registry: adapter.errorRegistry };
}

/** With the parameters of the URL that are Prisma's own; `pg` passes over those that it does not know. */
function pool(url) {
  const made = new pg.Pool({
    connectionString: url.href,
    max: Number(url.searchParams.get("connection_limit") ?? 10),
    connectionTimeoutMillis: 1000 * Number(url.searchParams.get("pool_timeout") ?? 10),
  });
  made.on("error", () => {}); // an idle connection that the server has closed: the next query opens another
  made.on("connect", ({ connection }) => connection.prependListener("rowDescription", readable));
  return made;
}

function readable({ fields }) {
  for (const field of fields) field.dataTypeID = READ_AS.get(field.dataTypeID) ?? field.dataTypeID;
}

async function engineModule() {
  const glue = require("@prisma/client/runtime/query_engine_bg.postgresql.js");
  const binary = await readFile(require.resolve("@prisma/client/runtime/query_engine_bg.postgresql.wasm"));
  const { instance } = await WebAssembly.instantiate(binary, { "./query_engine_bg.js": glue });
  glue.__wbg_set_wasm(instance.exports);
  return glue;
}
