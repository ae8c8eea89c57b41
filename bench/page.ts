/// <reference lib="dom" />
import type { Browser } from "playwright-core";
import { openBrowser } from "../tests/support/browser.ts";
import { startService } from "./load/service.ts";
import { percentile } from "./percentile.ts";
import type { Report } from "./report.ts";

const rounds = 20;

declare global {
  /** When one could press the page's button, in ms after the navigation began. */
  var usableAtMs: number | undefined;
}

/** How long it takes until the page can be used, by somebody who was never there before. */
export async function pageTimes(signal: AbortSignal): Promise<Report> {
  await using service = await startService({ profile: "instant" });
  await using browser = await openBrowser();
  const url = service.url.replace(/^ws/, "http");
  const usableMs: number[] = [];
  for (let round = 0; round < rounds && !signal.aborted; round++) {
    usableMs.push(await visitOnce(browser, url));
  }
  return {
    profile:
      `${rounds} visits to the page with a fresh profile each, nothing cached, by Chromium ${browser.version()} without a window, ` +
      "over loopback; from the beginning of the navigation until the button that starts a talk is enabled, which it is when the engines are known",
    tables: [{
      headings: ["ms", "p50", "p95", "max"],
      rows: [["usable", percentile(usableMs, 0.5), percentile(usableMs, 0.95), Math.max(...usableMs)]],
    }],
    notes: ["target: at most 1,000 ms"],
  };
}

async function visitOnce(browser: Browser, url: string): Promise<number> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.addInitScript(() => {
    const look = () => {
      if (document.querySelector("#primary:enabled")) globalThis.usableAtMs ??= performance.now();
      else requestAnimationFrame(look);
    };
    look();
  });
  await page.goto(url);
  const usable = await page.waitForFunction(() => globalThis.usableAtMs);
  const ms = await usable.jsonValue();
  await context.close();
  return ms!;
}
