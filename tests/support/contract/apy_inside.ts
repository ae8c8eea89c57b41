/**
 * Runs the rules of the translator's port against a real apertium-apy, and prints one JSON line for each: its name, and the error if it is
 * broken. The server listens on every address, so this belongs into a network namespace of its own, which has none but loopback.
 *
 * @module
 */
import { apyTranslator } from "../../../adapters/apy/mod.ts";
import { apertiumApyCommand } from "../../../tools/apertium_apy.ts";
import { settle } from "../fake_clock.ts";
import {
  type TranslatorCheck,
  translatorChecks,
  type TranslatorSubject,
} from "../../conformance/translator.ts";
import { openTranslation, textOf, translateAll } from "./translator_failures.ts";

const address = "http://127.0.0.1:2737";

const subject: TranslatorSubject = {
  create: () => apyTranslator({ address, pairs: [{ source: "en", target: "es" }] }),
  options: { source: "en", target: "es", glossary: {} },
  samples: [{ text: "The house is big.", contains: "casa" }, {
    text: "I saw the white dog.",
    contains: "perro",
  }],
};

const own: TranslatorCheck = {
  name: "translates without marks on unknown words, whatever characters a form escapes",
  async run() {
    await using engine = subject.create();
    await using session = await openTranslation(engine, { source: "en", target: "es" });
    const text = textOf(await translateAll(session, "The house & the Xyzzy = 100 % big + white?"));
    if (!/^La casa .*Xyzzy.*100 %.*\?$/.test(text)) throw new Error(`The translation is "${text}"`);
  },
};

async function answers(): Promise<void> {
  for (let tries = 0;; tries += 1) {
    const response = await fetch(`${address}/listPairs`).catch((error) => error);
    if (response instanceof Response) return await response.body?.cancel();
    if (tries > 100) throw response;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const loopback = await new Deno.Command("ip", { args: ["link", "set", "lo", "up"] }).output();
if (!loopback.success) throw new Error("Cannot bring up loopback");
const interfaces = new Set(Deno.networkInterfaces().map(({ name }) => name));
if (interfaces.size !== 1) throw new Error(`Cannot start the server: the namespace has ${[...interfaces]}`);
const { program, args, env } = apertiumApyCommand;
const server = new Deno.Command(program, {
  args: [...args, "-p", "2737", "-j1", "-i", "20", "/usr/share/apertium/modes"],
  env: { ...env },
  stdout: "null",
  stderr: "null",
}).spawn();
try {
  await answers();
  for (const { name, run } of [...translatorChecks, own]) {
    const error = await run(subject).then(() => undefined, String);
    console.log(JSON.stringify({ name, error }));
    await settle();
  }
} finally {
  server.kill("SIGTERM");
  await server.status;
}
