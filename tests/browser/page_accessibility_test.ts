/// <reference lib="dom" />
import { assertEquals, assertGreater } from "@std/assert";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { needsBrowser, openBrowser } from "../support/browser.ts";
import { knownSpeech, wavOf } from "../support/known_speech.ts";
import { liveService } from "../support/live_service.ts";
import { visit } from "../support/page.ts";
import { randomFrom } from "../unit/client/playback/uneven_network.ts";

const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** What axe finds, one line each, and how many of its rules had something to look at. */
async function audit(page: Page): Promise<{ readonly found: readonly string[]; readonly passed: number }> {
  await page.evaluate(axe.source);
  return await page.evaluate(async (rules) => {
    const { axe } = globalThis as unknown as { axe: typeof import("axe-core") };
    const { violations, passes } = await axe.run({ runOnly: rules });
    const found = violations.flatMap(({ id, impact, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${impact} ${id} ${target} ${failureSummary}`)
    );
    return { found, passed: passes.length };
  }, rules);
}

for (const colorScheme of ["light", "dark"] as const) {
  for (
    const [name, viewport] of [
      ["phone", { width: 390, height: 844 }],
      ["desktop", { width: 1440, height: 900 }],
    ] as const
  ) {
    Deno.test(`axe finds nothing wrong with the page, ${colorScheme}, ${name}`, needsBrowser, async () => {
      await using service = liveService({ tts: { msPerCharacter: 200 } });
      const path = await Deno.makeTempFile({ suffix: ".wav" });
      try {
        await Deno.writeFile(path, wavOf(knownSpeech(20, randomFrom(1)), 48_000));
        await using browser = await openBrowser({ microphone: path });
        await using visiting = await visit(browser, service.url, { viewport, colorScheme });
        const { page } = visiting;
        const check = async (what: string) => {
          const { found, passed } = await audit(page);
          assertEquals(found, [], what);
          assertGreater(passed, 20, what);
        };
        await check("at first");
        for (const sheet of ["engines", "display", "save"]) {
          await page.click(`[popovertarget=${sheet}]`);
          await check(`with the sheet ${sheet}`);
          await page.keyboard.press("Escape");
        }
        await page.click("#play-sample");
        await page.waitForSelector("#phase[data-phase=live], #phase[data-phase=failed]");
        await check("when a recording was asked for");
        if (await page.getAttribute("#phase", "data-phase") === "live") await page.click("#primary");
        await page.waitForSelector("#primary:not([data-busy])");
        await page.click("#primary");
        await page.waitForSelector("#waterfall .bar, #timing:not([open])", { state: "attached" });
        await page.waitForSelector(".clause[data-heard] .word");
        if (await page.getAttribute("#timing", "open") === null) await page.click("#timing summary");
        await page.waitForSelector("#waterfall .bar");
        await check("in the middle of a talk");
      } finally {
        await Deno.remove(path);
      }
    });
  }
}

Deno.test("The audit finds a page that is broken", needsBrowser, async () => {
  await using service = liveService();
  await using browser = await openBrowser();
  await using visiting = await visit(browser, service.url);
  await visiting.page.evaluate(() => {
    document.querySelector(".language span")!.remove();
    document.documentElement.removeAttribute("lang");
    document.documentElement.style.setProperty("--soft", "#ccc");
  });
  const { found } = await audit(visiting.page);
  for (const rule of ["select-name", "html-has-lang", "color-contrast"]) {
    assertEquals(found.some((line) => line.includes(` ${rule} `)), true, rule);
  }
});
