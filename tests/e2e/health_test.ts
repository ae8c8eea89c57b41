import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { resilient } from "../../adapters/compose/mod.ts";
import { fakeTranslator } from "../../adapters/fake/translator.ts";
import { BackgroundTasks } from "../../flow/background_tasks.ts";
import { systemClock } from "../../flow/clock.ts";
import { liveService } from "../support/live_service.ts";

Deno.test("GET /healthz answers while the process lives", async () => {
  await using service = liveService();
  const response = await fetch(`${service.url}/healthz`);
  assertEquals([response.status, await response.json()], [200, { status: "ok" }]);
});

Deno.test("GET /readyz says that every engine works", async () => {
  await using service = liveService();
  const response = await fetch(`${service.url}/readyz`);
  assertEquals(response.status, 200);
  assertEquals(await response.json(), {
    status: "ready",
    engines: {
      stt: { engine: "fake", ready: true },
      mt: { engine: "fake", ready: true },
      tts: { engine: "fake", ready: true },
    },
  });
});

Deno.test("GET /readyz names the engine that does not work, and why", async () => {
  await using service = liveService({ mt: { openFaults: [{ fault: "unavailable" }] } });
  const response = await fetch(`${service.url}/readyz`);
  const { status, engines } = await response.json();
  assertEquals([response.status, status], [503, "not ready"]);
  assertEquals([engines.stt.ready, engines.mt.ready, engines.tts.ready], [true, false, true]);
  assertStringIncludes(engines.mt.detail, "Cannot open fake");
});

Deno.test("GET /readyz takes an engine that is only busy for ready", async () => {
  await using service = liveService({ stt: { openFaults: [{ fault: "concurrency" }] } });
  const response = await fetch(`${service.url}/readyz`);
  assertEquals([response.status, (await response.json()).engines.stt.ready], [200, true]);
});

Deno.test("GET /readyz tells how each provider is that an engine is made of", async () => {
  await using service = liveService();
  const providers = [{ name: "deepl", state: "open" as const }, {
    name: "apertium",
    state: "closed" as const,
  }];
  Object.assign(service.services.translator, { name: "deepl,apertium", providers: () => providers });
  const { engines } = await (await fetch(`${service.url}/readyz`)).json();
  assertEquals(engines.mt, { engine: "deepl,apertium", ready: true, providers });
  assertEquals(engines.stt, { engine: "fake", ready: true });
});

Deno.test("GET /v1/languages lists pairs, voices, formats and engines", async () => {
  await using service = liveService();
  const response = await fetch(`${service.url}/v1/languages`);
  const languages = await response.json();
  assert(
    languages.pairs.some(({ source, target }: { source: string; target: string }) =>
      source === "en" && target === "es"
    ),
  );
  assert(
    languages.voices.some(({ name, language }: { name: string; language: string }) =>
      name === "tone-es" && language === "es"
    ),
  );
  assertEquals(languages.engines, { stt: "fake", mt: "fake", tts: "fake" });
});

Deno.test("GET of a page that is not there is a problem that names the pages that are", async () => {
  await using service = liveService();
  const response = await fetch(`${service.url}/v1/translat`);
  assertEquals([response.status, response.headers.get("content-type")], [404, "application/problem+json"]);
  const problem = await response.json();
  assertEquals(problem.status, 404);
  assertStringIncludes(problem.detail, "POST /v1/translate");
});

Deno.test("GET /readyz is content with a provider that stands in, though it knows fewer languages", async () => {
  const clock = systemClock;
  await using background = new BackgroundTasks({ clock });
  const openFaults = Array(9).fill({ fault: "unauthenticated" });
  const pairs = [{ source: "en", target: "ca" }];
  const translator = resilient("mt", [
    fakeTranslator({ name: "deepl", clock, openFaults }),
    fakeTranslator({ name: "apertium", clock, pairs }),
  ], { clock, background, random: () => 0, observe() {} });
  await using service = liveService();
  const { name, open, providers, tryOthers } = translator;
  Object.assign(service.services.translator, { name, open, providers, tryOthers });
  const response = await fetch(`${service.url}/readyz`);
  const { engines } = await response.json();
  await translator[Symbol.asyncDispose]();
  assertEquals([response.status, engines.mt.ready], [200, true]);
  assertStringIncludes(engines.mt.providers[0].problem, "deepl");
  assertEquals(engines.mt.providers[1], { name: "apertium", state: "closed" });
});

Deno.test("GET /readyz names a provider whose key is refused, also one that only stands in", async () => {
  const clock = systemClock;
  await using background = new BackgroundTasks({ clock });
  const refusing = (name: string) =>
    fakeTranslator({ name, clock, openFaults: Array(9).fill({ fault: "unauthenticated" }) });
  const translator = resilient("mt", [fakeTranslator({ name: "libretranslate", clock }), refusing("deepl")], {
    clock,
    background,
    random: () => 0,
    observe() {},
  });
  await using service = liveService();
  const { name, open } = translator;
  Object.assign(service.services.translator, {
    name,
    open,
    providers: translator.providers,
    tryOthers: translator.tryOthers,
  });
  const { engines } = await (await fetch(`${service.url}/readyz`)).json();
  await translator[Symbol.asyncDispose]();
  assertEquals([engines.mt.ready, engines.mt.providers.length], [true, 2]);
  assertEquals(engines.mt.providers[0], { name: "libretranslate", state: "closed" });
  assertStringIncludes(engines.mt.providers[1].problem, "deepl");
});
