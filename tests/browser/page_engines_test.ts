import { steadily } from "../support/steadily.ts";
/// <reference lib="dom" />
import { assert, assertEquals, assertGreater, assertLess, assertStringIncludes } from "@std/assert";
import type { Page } from "playwright-core";
import { renderClauses } from "../../cli/sample/render.ts";
import { loadConfig } from "../../config.ts";
import { wavHeader } from "../../media/wav_writer.ts";
import { renderSample } from "../../tools/sample.ts";
import { openBrowser } from "../support/browser.ts";
import { requireEngine } from "../support/engines.ts";
import { type LiveService, serveEngines } from "../support/live_service.ts";
import { loudest, visit } from "../support/page.ts";
import { wordErrors } from "../support/wer.ts";

const engines = requireEngine(["pocketsphinx", "apertium", "espeak", "flite", "chromium"]);

const talk = [
  "Good evening, and welcome to our village.",
  "I want to tell you a simple story,",
  "and to speak about the power of words.",
  "For many years our village was very small and very quiet.",
];

const phone = { width: 390, height: 844 };
const desktop = { width: 1440, height: 900 };

async function withEngines(work: (service: LiveService) => Promise<void>): Promise<void> {
  const { recognizer, translator, synthesizer } = loadConfig({}).createEngines();
  await using _recognizer = recognizer;
  await using _translator = translator;
  await using _synthesizer = synthesizer;
  await using service = serveEngines({ recognizer, translator, synthesizer });
  await work(service);
  assertEquals(service.faults, []);
}

Deno.test(
  "The page interprets speech in a real browser with the local engines",
  engines,
  steadily(() =>
    withEngines(async (service) => {
      const path = await Deno.makeTempFile({ suffix: ".wav" });
      try {
        const { samples, rate } = await renderClauses(talk.join("\n"), new AbortController().signal, {
          leadMs: 700,
        });
        await Deno.writeFile(path, new Blob([wavHeader(rate, samples.length), samples.slice()]).stream());
        await using browser = await openBrowser({ microphone: path });
        await using visiting = await visit(browser, service.url);
        const { page } = visiting;
        await page.waitForSelector("#engines-lamp[data-lit=yes]");
        await page.click("#primary");
        await page.waitForSelector(".clause[data-growing] .said .text");
        await page.waitForSelector(".clause[data-heard] .told .word");
        await page.waitForSelector(".clause[data-segment='3'][data-heard]");
        assertGreater(await loudest(page), 0.02);
        await layOut(page);
        await page.waitForFunction((ms) => {
          const [minutes, seconds] = document.querySelector("#clock")!.textContent!.split(":").map(Number);
          return (minutes! * 60 + seconds!) * 1000 > ms;
        }, samples.length * 1000 / rate);
        await page.click("#primary");
        await page.waitForSelector("#phase[data-phase=ended]");

        const said = (await page.locator(".said").allTextContents()).join(" ");
        assertLess(wordErrors(talk.join(" "), said).rate, 0.35, said);
        const told = (await page.locator(".told").allTextContents()).join(" ");
        for (const word of ["bienvenido", "historia", "palabras", "pueblo"]) assertStringIncludes(told, word);
        const clauses = await page.locator(".clause").count();
        const bars = await page.locator("#waterfall .bar").count();
        assert(clauses >= 4 && bars === Math.min(7, clauses), `${bars} bars for ${clauses} clauses`);
        assertEquals([visiting.troubles, visiting.foreign], [[], []]);
      } finally {
        await Deno.remove(path);
      }
    })
  ),
);

/** Two facing pages on a desktop, one column on a phone; the pictures of both are left for a look at them. */
async function layOut(page: Page): Promise<void> {
  const folder = `${Deno.env.get("TMPDIR") ?? "/tmp"}/parley-screenshots`;
  await Deno.mkdir(folder, { recursive: true });
  for (const [name, viewport] of Object.entries({ phone, desktop })) {
    await page.setViewportSize(viewport);
    await page.screenshot({ path: `${folder}/${name}.png` });
    const [said, told, width] = await page.evaluate(() => {
      const row = document.querySelector(".clause")!;
      const place = (name: string) => {
        const { left, top } = row.querySelector(name)!.getBoundingClientRect();
        return { left, top };
      };
      return [place(".said"), place(".told"), document.body.scrollWidth] as const;
    });
    assertEquals(width, viewport.width);
    if (name === "phone") assert(told.top > said.top && told.left === said.left, name);
    else assert(told.left > said.left + 400 && told.top === said.top, name);
  }
}

Deno.test("The page plays and interprets the sample talk", engines, () =>
  withEngines(async (service) => {
    await renderSample();
    await using browser = await openBrowser();
    await using visiting = await visit(browser, service.url);
    const { page } = visiting;
    await page.click("#play-sample");
    await page.waitForSelector(".clause[data-segment='2'][data-heard]");
    assertStringIncludes(await page.innerText("#clauses"), "bienvenido");
    assertGreater(await loudest(page), 0.02);
    await page.click("#primary");
    await page.waitForSelector("#phase[data-phase=ended]");
    assertEquals(visiting.troubles, []);
  }));
