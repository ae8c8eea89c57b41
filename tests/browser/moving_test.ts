/// <reference lib="dom" />
import { assertEquals, assertGreater } from "@std/assert";
import type { Page } from "playwright-core";
import { utterance } from "../../adapters/fake/script.ts";
import type { ClientEvent } from "../../client/event.ts";
import type { Frame } from "../../pipeline/audio.ts";
import { needsBrowser, openBrowser, openPage } from "../support/browser.ts";
import { type CuttingProxy, cuttingProxy } from "../support/cutting_proxy.ts";
import { knownSpeech, wavOf } from "../support/known_speech.ts";
import { type LiveService, liveService } from "../support/live_service.ts";
import { loudest, visit } from "../support/page.ts";
import { toldTalk } from "../support/told_talk.ts";
import { randomFrom } from "../unit/client/playback/uneven_network.ts";

const talk = [
  "the old house is near the sea",
  "we go home",
  "it was a long way",
  "the children wait at the door",
  "they are happy to see us",
  "now it is time to eat",
];
const told = talk.map((clause) => clause.replaceAll(/\S+/g, (word) => `es:${word}`));
/** How far apart the utterances begin, and how long a letter of the translation is spoken, in ms. */
const apartMs = 3_500;
const msPerCharacter = 40;
const script = talk.map((clause, index) => utterance(clause, 500 + index * apartMs, 250));
const talkMs = talk.length * apartMs;

/** Two instances behind one address, which leads to one of them at a time; neither knows the sessions of the other. */
interface Pair extends AsyncDisposable {
  readonly services: readonly [LiveService, LiveService];
  readonly proxy: CuttingProxy;
  /** Which of them new connections lead to. */
  readonly current: number;
  /** Leads new connections to the other one. */
  turn(): void;
}

function pair(onFrame: (frame: Frame) => void = () => {}): Pair {
  const make = () => liveService({ script, tts: { msPerCharacter }, steadyVoices: true, onFrame });
  const services = [make(), make()] as const;
  const ports = services.map(({ url }) => Number(new URL(url).port));
  const proxy = cuttingProxy({ port: ports[0]! });
  let current = 0;
  return {
    services,
    proxy,
    get current() {
      return current;
    },
    turn() {
      current = 1 - current;
      proxy.target = ports[current]!;
    },
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]();
      await Promise.all(services.map((service) => service[Symbol.asyncDispose]()));
    },
  };
}

/** What any of the instances heard: every sample of the source by its place. */
class HeardByAny {
  readonly #samples = new Map<number, number>();
  /** How many samples were another when they were heard again. */
  changed = 0;
  #end = 0;

  readonly take = ({ position, samples }: Frame): void => {
    for (const [index, sample] of samples.entries()) {
      const before = this.#samples.get(position + index);
      if (before !== undefined && before !== sample) this.changed += 1;
      this.#samples.set(position + index, sample);
    }
    this.#end = Math.max(this.#end, position + samples.length);
  };

  /** How many samples there were, and how many of them nobody heard. */
  get total() {
    return { samples: this.#end, missing: this.#end - this.#samples.size };
  }
}

async function microphoneFile(): Promise<{ path: string } & AsyncDisposable> {
  const path = await Deno.makeTempFile({ suffix: ".wav" });
  await Deno.writeFile(path, wavOf(knownSpeech(talkMs / 1000 + 10, randomFrom(3)), 48_000));
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path) };
}

Deno.test(
  "a session that is cut twenty times and goes on at the same or another instance tells and says everything once",
  needsBrowser,
  async () => {
    const heard = new HeardByAny();
    await using instances = pair(heard.take);
    await using file = await microphoneFile();
    await using browser = await openBrowser({ microphone: file.path });
    const { page, troubles } = await openPage(browser, `${instances.proxy.url}/example.html`, {
      codec: "pcm",
    });
    const random = randomFrom(11);
    let moves = 0;
    await page.exposeFunction("cut", () => {
      if (random() < 0.6) {
        moves += 1;
        instances.turn();
      }
      instances.proxy.cut();
    });
    // Media time says when a cut comes: a machine that is slow is cut at the same words.
    const cutsAtMs = Array.from({ length: 20 }, () => 400 + (talkMs - 2_000) * random()).toSorted((a, b) =>
      a - b
    );
    const { events, states, done } = await page.evaluate(async ({ cutsAtMs, talkMs }) => {
      const { interpret } = await import("/client.js");
      const { cut } = globalThis as unknown as { cut(): Promise<void> };
      const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
      const session = await interpret({ url: "/", source: "en", target: "es", microphone: plain });
      const states: string[] = [];
      const done: number[] = [];
      const events: unknown[] = [];
      const until = async (holds: () => boolean) => {
        while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
      };
      const saidMs = () => session.sourcePosition * 1000 / session.sourceRate;
      const cutting = (async () => {
        for (const [index, atMs] of cutsAtMs.entries()) {
          await until(() => saidMs() >= atMs);
          await cut();
          const live = () => states.filter((state) => state === "live").length;
          await until(() => live() === index + 2);
        }
        await until(() => saidMs() >= talkMs);
        await session.end();
      })();
      for await (const event of session.events) {
        if (event.type === "state") states.push(event.state);
        if (event.type === "played" && event.done) done.push(event.segment);
        if (event.type === "audio") events.push({ ...event, samples: [...event.samples] });
        else if (event.type !== "level" && event.type !== "played") events.push(event);
      }
      await cutting;
      return { events, states, done };
    }, { cutsAtMs, talkMs });

    const { segments, captions, speech, totals } = toldTalk(events as ClientEvent[]);
    const numbers = talk.map((_, index) => index + 1);
    assertGreater(moves, 5);
    assertGreater(20 - moves, 3);
    assertEquals(states.filter((state) => state === "reconnecting").length, 20);
    assertEquals(states.at(-1), "ended");
    assertEquals(segments.map((segment) => (segment as { text: string }).text), talk);
    for (const [lane, texts] of [talk, told].entries()) {
      for (const number of numbers) {
        assertEquals(captions[`${lane}/${number}`]?.trim(), `${texts[number - 1]}||true`);
      }
    }
    assertEquals(Object.keys(captions).length, 2 * talk.length);
    assertEquals(
      speech[1]?.map(({ segment, samples, ended }) => [segment, samples, ended]),
      numbers.map((number) => [number, speechSamples(told[number - 1]!), true]),
    );
    assertEquals(done, numbers);
    assertEquals([heard.total.missing, heard.changed], [0, 0]);
    assertEquals(totals?.sourceMs, Math.round(heard.total.samples / 16));
    assertEquals([troubles, ...instances.services.map(({ faults }) => faults)], [[], [], []]);
  },
);

/** How many samples the scripted voice takes, at its 24 kHz. */
function speechSamples(text: string): number {
  return Math.round(text.replaceAll(/\s/g, "").length * msPerCharacter * 24);
}

Deno.test(
  "The page goes on at another instance, after cuts in mid-speech and when its own one leaves",
  needsBrowser,
  async () => {
    await using instances = pair();
    await using file = await microphoneFile();
    await using browser = await openBrowser({ microphone: file.path });
    await using visiting = await visit(browser, instances.proxy.url);
    const { page } = visiting;
    await page.click("#primary");
    await page.waitForSelector("#phase[data-phase=live]");
    await watchPage(page);
    const random = randomFrom(12);
    for (let clause = 1; clause <= 4; clause++) {
      // A word of this clause is on the page: it is cut while it is being said, a few words later or at once.
      const words = Math.floor(1 + 3 * random());
      await page.waitForFunction(
        ([clause, words]) => {
          const text = document.querySelector(`.clause[data-segment="${clause}"] .said`)?.textContent ?? "";
          return text.split(" ").filter((word) => word !== "").length >= words!;
        },
        [clause, words],
      );
      const before = (await phasesOf(page)).length;
      instances.turn();
      instances.proxy.cut();
      await page.waitForFunction(
        (before) => globalThis.toldInPage.phases.slice(before).join() === "reconnecting,live",
        before,
      );
    }
    const leaving = instances.services[instances.current]!;
    await page.waitForSelector('.clause[data-segment="5"] .said .text');
    instances.turn();
    const left = leaving.registry.drain(8_000);
    await left;
    assertEquals(leaving.registry.size, 0);
    await page.evaluate(() => globalThis.heardInPage.forEach((heard) => heard.peak = 0));
    await page.waitForSelector('.clause[data-segment="6"][data-heard]');
    await page.waitForFunction(() => globalThis.heardInPage.some(({ peak }) => peak > 0.05));
    await page.waitForSelector('.clause[data-segment="6"]:not([data-heard], [data-growing])');
    await page.click("#primary");
    await page.waitForSelector("#phase[data-phase=ended]");

    const { heard, phases, misplaced, takenBack } = await page.evaluate(() => globalThis.toldInPage);
    assertEquals(heard, talk.map((_, index) => index + 1));
    assertEquals([misplaced, takenBack], [[], []]);
    // The move that was announced is not told.
    const cuts = Array.from({ length: 4 }, () => ["reconnecting", "live"]).flat();
    assertEquals(phases, [...cuts, "finishing", "ended"]);
    assertEquals(await page.locator(".said").allTextContents(), talk);
    assertEquals((await page.locator(".told").allTextContents()).map((text) => text.trim()), told);
    assertGreater(await loudest(page), 0.05);
    await page.click("[popovertarget=save]");
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.click("#save [data-save=json]"),
    ]);
    const { clauses } = JSON.parse(await Deno.readTextFile(await download.path()));
    assertEquals(
      clauses.map((
        { segment, source, target, timing, skipped }: Record<string, unknown> & {
          timing?: { audioMs: number };
        },
      ) => [segment, source, target, timing?.audioMs, skipped]),
      talk.map((
        source,
        index,
      ) => [index + 1, source, told[index], speechSamples(told[index]!) / 24, undefined]),
    );
    assertEquals([visiting.troubles, ...instances.services.map(({ faults }) => faults)], [[], [], []]);
  },
);

declare global {
  /** What the page showed so far. */
  var toldInPage: {
    readonly phases: string[];
    /** The clauses in the order in which they were heard. */
    readonly heard: number[];
    /** Clauses that were not in order, and captions whose certain text did not grow. */
    readonly misplaced: string[];
    readonly takenBack: string[];
  };
}

const phasesOf = (page: Page) => page.evaluate(() => globalThis.toldInPage.phases);

/** Writes down what the page shows from here on. */
async function watchPage(page: Page): Promise<void> {
  await page.evaluate(() => {
    const phases: string[] = [];
    const heard: number[] = [];
    const misplaced: string[] = [];
    const takenBack: string[] = [];
    globalThis.toldInPage = { phases, heard, misplaced, takenBack };
    const phase = document.querySelector<HTMLElement>("#phase")!;
    new MutationObserver(() => {
      const now = phase.dataset["phase"]!;
      if (phases.at(-1) !== now) phases.push(now);
    }).observe(phase, { attributes: true });
    const certain = new Map<string, string>();
    new MutationObserver(() => {
      const rows = [...document.querySelectorAll<HTMLElement>(".clause")];
      const numbers = rows.map((row) => row.dataset["segment"]).join();
      const wanted = rows.map((_, index) => index + 1).join();
      if (numbers !== wanted) misplaced.push(numbers);
      for (const row of rows) {
        const segment = Number(row.dataset["segment"]);
        if (row.hasAttribute("data-heard") && heard.at(-1) !== segment) heard.push(segment);
        for (const side of ["said", "told"]) {
          const cell = row.querySelector(`.${side}`)!.cloneNode(true) as HTMLElement;
          cell.querySelectorAll(".tentative, .aside").forEach((part) => part.remove());
          const text = cell.textContent!.trim();
          const key = `${segment} ${side}`;
          const before = certain.get(key) ?? "";
          if (!text.startsWith(before)) takenBack.push(`${key}: ${before} > ${text}`);
          certain.set(key, text);
        }
      }
    }).observe(document.querySelector("#clauses")!, { subtree: true, childList: true, attributes: true });
  });
}
