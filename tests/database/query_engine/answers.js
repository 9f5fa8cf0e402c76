// From the answers of the WebAssembly engine to those of the native one, in the GraphQL protocol.

/** Prisma's code for an error that the engine knows only the number of: the driver's own error. */
const DRIVERS = "P2036";
const UNREACHABLE = { error_code: "P1001", message: "Can't reach database server" };
/** Of a socket, and of a server that is stopping or starting. */
const AWAY = new Set(["ECONNREFUSED", "ECONNRESET", "EPIPE", "ENOENT", "57P01", "57P02", "57P03"]);

/** The answer to one query. `registry` holds the errors of the Postgres driver. */
export function answer({ alias, raw }, { data, errors }, registry) {
  if (errors) return { errors: errors.map((error) => explained(error, registry)) };
  const [value] = Object.values(data);
  return { data: { [alias]: raw && value?.columns ? rows(value) : untagged(value) } };
}

/** An error with the driver's words in place of its number. */
export function explained(error, registry) {
  const known = error.user_facing_error;
  if (known?.error_code !== DRIVERS) return error;
  const cause = registry.consumeError(known.meta.id)?.error;
  const message = String(cause?.message ?? cause);
  const away = AWAY.has(cause?.code) || message.startsWith("Connection terminated");
  const failed = { error_code: "P2010", message, meta: { code: cause?.code ?? "N/A", message } };
  return { ...error, error: message, user_facing_error: away ? { ...UNREACHABLE, meta: {} } : failed };
}

function untagged(value) {
  if (Array.isArray(value)) return value.map(untagged);
  if (value === null || typeof value !== "object") return value;
  if (typeof value.$type === "string") return value.$type === "BigInt" ? integer(value.value) : value.value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, untagged(one)]));
}

function integer(text) {
  return Number.isSafeInteger(Number(text)) ? Number(text) : text;
}

/** prisma-client-py wants the type of each cell beside it, as Prisma gave it before 5.17. */
function rows({ columns, types, rows: all }) {
  return all.map((row) => Object.fromEntries(row.map((value, at) => [columns[at], cell(types[at], value)])));
}

function cell(type, value) {
  if (value === null) return { prisma__type: "null", prisma__value: null };
  const [, element] = /^(.*)-array$/.exec(type) ?? [];
  if (!element) return { prisma__type: type, prisma__value: value };
  return { prisma__type: "array", prisma__value: value.map((one) => cell(element, one)) };
}
