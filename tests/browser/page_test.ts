/// <reference lib="dom" />
import {
  assert,
  assertEquals,
  assertGreater,
  assertLess,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import type { Page } from "playwright-core";
import { utterance } from "../../adapters/fake/script.ts";
import { cuttingProxy } from "../support/cutting_proxy.ts";
import { needsBrowser, openBrowser } from "../support/browser.ts";
import { knownSpeech, wavOf } from "../support/known_speech.ts";
import { liveService } from "../support/live_service.ts";
import { loudest, visit } from "../support/page.ts";
import { randomFrom } from "../unit/client/playback/uneven_network.ts";

/** What the service hears, whatever the microphone says: three clauses within five seconds. */
const script = [
  utterance("the old house is near the sea", 400, 200),
  utterance("we go home", 2_300, 200),
  utterance("it was a long way", 3_400, 200),
];
const said = ["the old house is near the sea", "we go home", "it was a long way"];
const told = said.map((clause) => clause.replaceAll(/\S+/g, (word) => `es:${word}`));
const fakes = { script, tts: { msPerCharacter: 30 } };

/** A sound for the microphone, or to be played as a recording. */
async function soundFile(seconds: number): Promise<{ path: string } & AsyncDisposable> {
  const path = await Deno.makeTempFile({ suffix: ".wav" });
  await Deno.writeFile(path, wavOf(knownSpeech(seconds, randomFrom(1)), 48_000));
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path) };
}

const texts = (page: Page, selector: string) => page.locator(selector).allTextContents();
const phase = (page: Page, name: string) => page.waitForSelector(`#phase[data-phase="${name}"]`);
const clause = (page: Page, number: number) =>
  page.waitForSelector(`.clause[data-segment="${number}"] .told .text`);

Deno.test("The page shows both languages, is heard, and draws the times", needsBrowser, async () => {
  await using service = liveService(fakes);
  await using sound = await soundFile(20);
  await using browser = await openBrowser({ microphone: sound.path });
  await using visiting = await visit(browser, service.url);
  const { page, troubles, foreign } = visiting;
  assertStringIncludes(await page.innerText("#headline-here"), "Speak English.");
  await page.click("#primary");
  await phase(page, "live");
  await page.waitForSelector(".clause[data-growing] .tentative");
  await page.waitForSelector(".clause[data-heard] .word");
  await clause(page, 3);
  await page.waitForFunction(() => document.querySelectorAll("#waterfall .bar").length === 3);
  assertEquals(await texts(page, ".said"), said);
  assertEquals((await texts(page, ".told")).map((text) => text.trim()), told);
  assertEquals(await page.locator(".told").first().getAttribute("lang"), "es");
  assertEquals(await texts(page, "#announcer p"), told);
  assertMatch(await page.locator("#lag .line").getAttribute("d") ?? "", /^M[\d. ]+L/);
  assertMatch(
    await page.locator(".bar").first().getAttribute("aria-label") ?? "",
    /^Clause 1: first sound \d+ ms, recognition \d+ ms, waiting \d+ ms, translation \d+ ms, voice \d+ ms$/,
  );
  assertGreater(await loudest(page), 0.05);
  await page.click("#primary");
  await phase(page, "ended");
  assertEquals(await page.innerText("#primary"), "Speak");
  assertEquals([troubles, foreign, service.faults], [[], [], []]);
});

Deno.test(
  "The page goes on after a cut in the middle of speech, with nothing lost or twice",
  needsBrowser,
  async () => {
    await using service = liveService(fakes);
    await using proxy = cuttingProxy({ port: Number(new URL(service.url).port) });
    await using sound = await soundFile(20);
    await using browser = await openBrowser({ microphone: sound.path });
    await using visiting = await visit(browser, proxy.url);
    const { page } = visiting;
    await page.click("#primary");
    await page.waitForSelector(".clause .text");
    proxy.cut();
    await phase(page, "reconnecting");
    await phase(page, "live");
    await clause(page, 3);
    await page.click("#primary");
    await phase(page, "ended");
    assertEquals(await texts(page, ".said"), said);
    assertEquals((await texts(page, ".told")).map((text) => text.trim()), told);
    assertEquals([visiting.troubles, service.faults], [[], []]);
  },
);

Deno.test(
  "The page says what to do when the microphone is denied, or there is none",
  needsBrowser,
  async () => {
    await using service = liveService(fakes);
    {
      await using sound = await soundFile(1);
      await using browser = await openBrowser({ microphone: sound.path, permission: "denied" });
      await using visiting = await visit(browser, service.url);
      const { page } = visiting;
      await page.click("#primary");
      await phase(page, "failed");
      assertEquals(await page.textContent("#trouble-title"), "The microphone is not allowed");
      assertEquals(await page.isVisible("#trouble-advice"), true);
      await page.selectOption("#interface", "es", { force: true });
      assertEquals(await page.textContent("#trouble-title"), "El micrófono no está permitido");
    }
    await using browser = await openBrowser();
    await using visiting = await visit(browser, service.url);
    await visiting.page.click("#primary");
    await phase(visiting.page, "failed");
    assertEquals(await visiting.page.textContent("#trouble-title"), "There is no microphone");
  },
);

Deno.test(
  "The page interprets a recording that is chosen or dropped, and says when there is no sound in it",
  needsBrowser,
  async () => {
    await using service = liveService(fakes);
    await using sound = await soundFile(5);
    await using browser = await openBrowser();
    await using visiting = await visit(browser, service.url);
    const { page } = visiting;
    await page.setInputFiles("#file", sound.path);
    await phase(page, "live");
    await clause(page, 1);
    assertEquals(await page.locator("#choose-file").isVisible(), false);
    assertEquals(await page.textContent("#playing"), sound.path.split("/").at(-1));
    await phase(page, "finishing");
    await phase(page, "ended");
    assertEquals(await texts(page, ".said"), said);
    assertGreater(await loudest(page), 0.05);

    const bytes = [...await Deno.readFile(sound.path)];
    await dropFile(page, "talk.wav", bytes);
    await phase(page, "live");
    assertEquals(await texts(page, ".said"), []);
    await page.click("#primary");
    await phase(page, "ended");

    await dropFile(page, "letter.txt", [72, 101, 108, 108, 111]);
    await phase(page, "failed");
    assertEquals(await page.textContent("#trouble-title"), "The recording cannot be read");
    assertEquals([visiting.troubles, service.faults], [[], []]);
  },
);

async function dropFile(page: Page, name: string, bytes: readonly number[]): Promise<void> {
  const transfer = await page.evaluateHandle(([name, bytes]) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([Uint8Array.from(bytes)], name));
    return transfer;
  }, [name, bytes] as const);
  await page.dispatchEvent("body", "dragenter", { dataTransfer: transfer });
  assertEquals(await page.isVisible("#drop"), true);
  await page.dispatchEvent("body", "drop", { dataTransfer: transfer });
  assertEquals(await page.isVisible("#drop"), false);
}

Deno.test("The page saves captions, transcript and speech", needsBrowser, async () => {
  await using service = liveService(fakes);
  await using sound = await soundFile(20);
  await using browser = await openBrowser({ microphone: sound.path });
  await using visiting = await visit(browser, service.url);
  const { page } = visiting;
  await page.click("[popovertarget=save]");
  assertEquals(await page.isVisible("#save-nothing"), true);
  await page.keyboard.press("Escape");
  await page.click("#primary");
  await clause(page, 3);
  await page.click("#primary");
  await phase(page, "ended");
  await page.click("[popovertarget=save]");
  const save = async (selector: string) => {
    const [download] = await Promise.all([page.waitForEvent("download"), page.click(`#save ${selector}`)]);
    return { name: download.suggestedFilename(), bytes: await Deno.readFile(await download.path()) };
  };
  const text = ({ bytes }: { readonly bytes: Uint8Array }) => new TextDecoder().decode(bytes);

  const vtt = await save("[data-save=vtt][data-side=target]");
  assertMatch(vtt.name, /^parley-\d{4}-\d\d-\d\d-\d{4}-es\.vtt$/);
  const cues = text(vtt).split("\n\n").slice(1);
  assertEquals(text(vtt).startsWith("WEBVTT\n\n"), true);
  assertEquals(cues.map((cue) => cue.trim().split("\n").at(-1)), told);
  assertMatch(cues[0]!, /^1\n00:00:00\.\d{3} --> 00:00:0[12]\.\d{3}\n/);
  const srt = await save("[data-save=srt][data-side=source]");
  assertMatch(srt.name, /-en\.srt$/);
  assertMatch(
    text(srt),
    /^1\r\n00:00:00,\d{3} --> 00:00:0[12],\d{3}\r\nthe old house is near the sea\r\n\r\n2\r\n/,
  );
  assertEquals(
    text(await save("[data-save=txt]")),
    said.map((one, index) => `${one}\n${told[index]}\n`).join("\n"),
  );
  const json = JSON.parse(text(await save("[data-save=json]")));
  assertEquals(json.clauses.map(({ target }: { target: string }) => target), told);
  assertEquals(json.engines, { stt: "fake", mt: "fake", tts: "fake" });

  const wav = await save("[data-save=wav]");
  const view = new DataView(wav.bytes.buffer);
  assertEquals(view.getUint32(40, true), wav.bytes.length - 44);
  const rate = view.getUint32(24, true);
  const samples = new Int16Array(wav.bytes.buffer, 44);
  // 30 ms a letter at most a quarter faster, the first of them no earlier than the speech it translates.
  assertGreater(samples.length / rate, told.join("").length * 0.024);
  assertGreater(samples.findIndex((sample) => Math.abs(sample) > 500) / rate, 1.7);
  assertEquals(visiting.troubles, []);
});

Deno.test(
  "The page asks for a key, keeps it for the tab, and says when it is wrong",
  needsBrowser,
  async () => {
    const key = "a-key-of-the-service";
    await using service = liveService(fakes, { loopback: true, apiKeys: [key], origins: [] });
    await using sound = await soundFile(20);
    await using browser = await openBrowser({ microphone: sound.path });
    await using visiting = await visit(browser, service.url);
    const { page } = visiting;
    await page.click("#primary");
    await page.waitForSelector("#key-dialog[open]");
    assertEquals(await page.textContent("#trouble-title"), "A key is needed");
    await page.fill("#key", "a-key-of-somebody-else");
    await page.press("#key", "Enter");
    await page.waitForFunction(() =>
      document.querySelector("#trouble-title")?.textContent === "The key is not known"
    );
    await page.waitForSelector("#key-dialog[open]");
    await page.fill("#key", key);
    await page.click("#key-form [value=use]");
    await phase(page, "live");
    assertEquals(await page.isVisible("#trouble"), false);
    const kept = await page.evaluate(
      () => [JSON.stringify({ ...sessionStorage }), JSON.stringify({ ...localStorage })],
    );
    assertEquals(kept.map((storage) => storage.includes(key)), [true, false]);
    assertEquals(service.faults, []);
  },
);

Deno.test(
  "The page keeps how it is to look, speaks Spanish, and fits on a small screen",
  needsBrowser,
  async () => {
    await using service = liveService(fakes);
    await using browser = await openBrowser();
    await using visiting = await visit(browser, service.url, { viewport: { width: 320, height: 640 } });
    const { page } = visiting;
    const size = () => page.evaluate(() => getComputedStyle(document.querySelector("#clauses")!).fontSize);
    const before = await size();
    await page.click("[popovertarget=display]");
    for (let step = 0; step < 4; step++) await page.click("#larger");
    assertEquals(await page.isDisabled("#larger"), true);
    await page.selectOption("#theme", "dark");
    await page.check("#contrast");
    await page.selectOption("#interface", "es");
    await page.reload();
    await page.waitForSelector("#primary:enabled");
    assertEquals(await page.getAttribute("html", "lang"), "es");
    assertEquals(await page.textContent("#primary-text"), "Hablar");
    assertEquals(await page.title(), "Parley, intérprete en vivo");
    assertGreater(parseFloat(await size()), 2 * parseFloat(before) - 1);
    const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    assertEquals(background, "rgb(0, 0, 0)");
    const widths = await page.evaluate(() => [document.body.scrollWidth, innerWidth]);
    assertEquals(widths, [320, 320]);
    assertEquals(visiting.troubles, []);
  },
);

Deno.test("The page can be used with the keyboard alone", needsBrowser, async () => {
  await using service = liveService(fakes);
  await using sound = await soundFile(20);
  await using browser = await openBrowser({ microphone: sound.path });
  await using visiting = await visit(browser, service.url);
  const { page } = visiting;
  const focused = () => page.evaluate(() => document.activeElement?.id || document.activeElement?.className);
  await page.keyboard.press("Tab");
  assertEquals(await focused(), "skip");
  const stops: string[] = [];
  for (let stop = 0; stop < 12 && stops.at(-1) !== "primary"; stop++) {
    await page.keyboard.press("Tab");
    stops.push(String(await focused()));
  }
  assertEquals(stops, [
    "engines-button",
    "quiet",
    "quiet",
    "source-language",
    "target-language",
    "captions",
    "primary",
  ]);
  const outline = await page.evaluate(() => getComputedStyle(document.activeElement!).outlineStyle);
  assertEquals(outline, "solid");
  await page.keyboard.press("Enter");
  await clause(page, 3);
  await page.waitForFunction(() => document.querySelectorAll("#waterfall .bar").length === 3);
  await page.focus("#waterfall .bar[tabindex='0']");
  await page.keyboard.press("ArrowUp");
  assertStringIncludes(await page.innerText("#waterfall .tip"), "Clause 2");
  await page.keyboard.press("Escape");
  assertEquals(await page.isVisible("#waterfall .tip"), false);
  await page.focus("#engines-button");
  await page.keyboard.press("Enter");
  assertStringIncludes(await page.innerText("#engines"), "fake, ready");
  await page.keyboard.press("Escape");
  assertEquals([await page.isVisible("#engines"), await focused()], [false, "engines-button"]);
});

Deno.test(
  "The page changes its language in the middle of a talk, and its voice can be off",
  needsBrowser,
  async () => {
    await using service = liveService(fakes);
    await using sound = await soundFile(20);
    await using browser = await openBrowser({ microphone: sound.path });
    await using visiting = await visit(browser, service.url);
    const { page } = visiting;
    await page.click("#voice");
    assertEquals(await page.getAttribute("#voice", "aria-pressed"), "false");
    await page.click("#primary");
    await clause(page, 1);
    assertEquals(await page.isDisabled("#source-language"), true);
    await page.selectOption("#target-language", "de");
    await page.waitForSelector(".told[lang=de] .text");
    await clause(page, 3);
    const languages = await page.locator(".told").evaluateAll((cells) =>
      cells.map((cell) => (cell as HTMLElement).lang)
    );
    assertEquals([languages[0], languages[2]], ["es", "de"]);
    assertLess(await loudest(page), 0.001);
    assertEquals(service.faults, []);
  },
);

Deno.test("The page and all it needs to speak are at most 60 kB on the wire", needsBrowser, async () => {
  await using service = liveService(fakes);
  await using browser = await openBrowser();
  await using visiting = await visit(browser, service.url);
  const paths = [...visiting.bytes.keys()].filter((path) => path === "/" || /\.\w+$/.test(path));
  for (const path of ["/", "/page.js", "/page.css", "/fonts/literata.woff2"]) {
    assert(paths.includes(path), `${path} was not asked for: ${paths}`);
  }
  // The browser does not tell of these.
  paths.push("/capture.worklet.js", "/playback.worklet.js", "/manifest.webmanifest");
  const sizes = await Promise.all(
    paths.map(async (path) => [path, await sizeOnTheWire(service.url + path)] as const),
  );
  const sum = sizes.reduce((sum, [, bytes]) => sum + bytes, 0);
  assert(sum <= 60_000, `${sum} bytes: ${sizes.map((size) => size.join(" ")).join(", ")}`);
});

async function sizeOnTheWire(url: string): Promise<number> {
  const { body, headers } = await fetch(url, {
    method: "HEAD",
    headers: { "accept": "text/html", "accept-encoding": "gzip" },
  });
  await body?.cancel();
  return Number(headers.get("content-length"));
}
