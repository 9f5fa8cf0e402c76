// From GraphQL, which prisma-client-py writes, to the JSON protocol, which the WebAssembly engine reads. In GraphQL the
// schema says what a string is; in JSON, a string of a Json field has to be tagged. So fields are looked up as we go.
import { parse } from "graphql";

const ACTION = new RegExp(
  "^(findUnique|findFirst|findMany|createOne|createMany|updateOne|updateMany|upsertOne|deleteOne|deleteMany|aggregate" +
    "|groupBy)(\\w+?)(OrThrow)?$",
);

/** What a filter or an update of a Json field may hold JSON in; its other keys hold text, lists or numbers. */
const HOLDS_JSON = new Set(["set", "equals", "not", "array_contains", "array_starts_with", "array_ends_with"]);

/** The type of each field of each model in a Prisma schema, without "?" and "[]". */
export function fieldTypes(schema) {
  const models = {};
  for (const [, name, body] of schema.matchAll(/^model (\w+) \{$(.*?)^\}/gms)) {
    const fields = body.matchAll(/^[ \t]+(\w+)[ \t]+(\w+)/gm);
    models[name] = Object.fromEntries(Array.from(fields, ([, field, type]) => [field, type]));
  }
  return models;
}

export class Documents {
  constructor(schema) {
    this.models = fieldTypes(schema);
  }

  /** One query: `alias` is the name that its answer goes by. */
  translate(text) {
    const [field] = parse(text, { noLocation: true }).definitions[0].selectionSet.selections;
    const alias = field.alias?.value ?? field.name.value;
    if (field.name.value === "queryRaw" || field.name.value === "executeRaw") {
      return { alias, raw: true, query: { action: field.name.value, query: this.#query(field, null) } };
    }
    const [, action, modelName, orThrow = ""] = ACTION.exec(field.name.value);
    return { alias, raw: false, query: { modelName, action: action + orThrow, query: this.#query(field, modelName) } };
  }

  #query(field, model) {
    const given = field.arguments.map(({ name, value }) => [name.value, this.#typed(value, model)]);
    const selected = field.selectionSet?.selections ?? [];
    const selection = selected.map((child) => [child.name.value, this.#selected(child, model)]);
    return { arguments: Object.fromEntries(given), selection: Object.fromEntries(selection) };
  }

  #selected(field, model) {
    if (!field.selectionSet) return true;
    return this.#query(field, this.models[model]?.[field.name.value] ?? model);
  }

  /** A value in which fields of `model` may be named, under operators such as AND, create, some or connectOrCreate. */
  #typed(value, model) {
    if (value.kind === "ListValue") return value.values.map((one) => this.#typed(one, model));
    if (value.kind !== "ObjectValue") return scalar(value);
    return mapped(value, (name, one) => {
      const type = this.models[model]?.[name] ?? model;
      return type === "Json" ? json(one) : this.#typed(one, type);
    });
  }
}

function json(value) {
  if (value.kind === "StringValue") return { $type: "Json", value: value.value };
  if (value.kind === "ListValue") return value.values.map(json);
  if (value.kind !== "ObjectValue") return scalar(value);
  return mapped(value, (name, one) => (HOLDS_JSON.has(name) ? json(one) : plain(one)));
}

function plain(value) {
  if (value.kind === "ListValue") return value.values.map(plain);
  return value.kind === "ObjectValue" ? mapped(value, (name, one) => plain(one)) : scalar(value);
}

function scalar({ kind, value }) {
  switch (kind) {
    case "NullValue":
      return null;
    case "IntValue":
      return Number.isSafeInteger(Number(value)) ? Number(value) : { $type: "BigInt", value };
    case "FloatValue":
      return Number(value);
    case "EnumValue":
      return { $type: "Enum", value };
    default: // StringValue, BooleanValue
      return value;
  }
}

function mapped(object, convert) {
  return Object.fromEntries(object.fields.map(({ name, value }) => [name.value, convert(name.value, value)]));
}
