import { Ajv2020, type ErrorObject } from "ajv/2020";
import { parse as parseYaml } from "yaml";

/** What is wrong with a message, one to a line; empty when it is as published. */
export type Validate = (message: unknown) => readonly string[];

/** A specification as a provider publishes it. */
export interface PublishedContract {
  /** Validates against one of several schemas, by JSON pointers such as `/components/schemas/Error`. What they do not name is let through. */
  open(...pointers: readonly string[]): Validate;
  /** The same, but that an unknown key is an error: for what we send. */
  closed(...pointers: readonly string[]): Validate;
}

/** The folder with the providers' specifications, which are third-party data and no part of the project: named, or where `deno task contracts` puts them. */
const folder = Deno.env.get("CONTRACTS_DIR") ?? downloaded();
const told = new Set<string>();

/**
 * A provider's specification out of the folder that `CONTRACTS_DIR` names; `undefined`, and the reason told once, where it is not there.
 * Then what tests send is held against the scenario's own rules alone.
 */
export function publishedContract(file: string): PublishedContract | undefined {
  const text = read(file);
  return text === undefined ? undefined : contractOf(parseYaml(text), file);
}

/** The same as it is written, for specifications that are no JSON schema. */
export function publishedDocument(file: string): unknown {
  const text = read(file);
  return text === undefined ? undefined : parseYaml(text);
}

/** A contract from a document, such as a schema that is part of the project. */
export function contractOf(document: unknown, name: string): PublishedContract {
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  ajv.addSchema(normal(document, false) as object, `open:${name}`);
  ajv.addSchema(normal(document, true) as object, `closed:${name}`);
  const compile = (world: string, pointers: readonly string[]): Validate => {
    const refs = pointers.map((pointer) => ({ $ref: `${world}:${name}#${pointer}` }));
    const validate = ajv.compile(refs.length === 1 ? refs[0]! : { anyOf: refs });
    return (message) => validate(message) ? [] : (validate.errors ?? []).map(describe);
  };
  return {
    open: (...pointers) => compile("open", pointers),
    closed: (...pointers) => compile("closed", pointers),
  };
}

function downloaded(): string | undefined {
  const path = new URL("../../../.parley/contracts", import.meta.url).pathname;
  try {
    return Deno.statSync(path).isDirectory ? path : undefined;
  } catch {
    return undefined;
  }
}

function read(file: string): string | undefined {
  if (folder !== undefined) {
    try {
      return Deno.readTextFileSync(`${folder}/${file}`);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  const reason = folder === undefined
    ? "CONTRACTS_DIR is not set, and deno task contracts was not run"
    : `${file} is not in ${folder}`;
  if (!told.has(reason)) console.warn(`Skipping the published specifications: ${reason}`);
  told.add(reason);
  return undefined;
}

/**
 * The document as JSON Schema 2020-12 has it: OpenAPI 3.0's `nullable` and Fern's literals as what they mean, and in the closed world
 * no key but those that are named.
 */
function normal(node: unknown, closed: boolean): unknown {
  if (Array.isArray(node)) return node.map((item) => normal(item, closed));
  if (typeof node !== "object" || node === null) return node;
  const { nullable, ["x-fern-type"]: fern, ...rest } = node as Record<string, unknown>;
  const schema = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, normal(value, closed)]));
  const literal = typeof fern === "string" ? /^literal<(.*)>$/.exec(fern)?.[1] : undefined;
  if (literal !== undefined) return { ...schema, const: JSON.parse(literal) };
  const isObject = typeof schema["properties"] === "object" && !("allOf" in schema) &&
    !("type" in schema && schema["type"] !== "object");
  if (closed && isObject && schema["additionalProperties"] !== false) schema["additionalProperties"] = false;
  return nullable === true ? { anyOf: [schema, { type: "null" }] } : schema;
}

/** Never the value: it may hold a key. */
function describe({ instancePath, message, params }: ErrorObject): string {
  const extra = (params as { additionalProperty?: string }).additionalProperty;
  return `${instancePath || "/"} ${message}${extra === undefined ? "" : `: ${extra}`}`;
}
