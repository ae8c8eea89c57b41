/// <reference lib="dom" />
import type { Browser, BrowserContextOptions, Page } from "playwright-core";

/** A visit to the page of a service, and everything that happened in it that should not have. */
export interface Visit extends AsyncDisposable {
  readonly page: Page;
  /** Errors, and what the content security policy forbade. */
  readonly troubles: readonly string[];
  /** Addresses that are not of the service's own origin. */
  readonly foreign: readonly string[];
  /** How many bytes came over the wire, compressed as they were, by path. */
  readonly bytes: ReadonlyMap<string, number>;
}

declare global {
  /** The streams that the page plays through elements, with the largest sample of each so far. */
  var heardInPage: { readonly stream: MediaStream; peak: number }[];
}

/** Opens the page of a service in a fresh profile, and waits until it can be used. */
export async function visit(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Visit> {
  const context = await browser.newContext({
    locale: "en-US",
    viewport: { width: 1440, height: 900 },
    colorScheme: "light",
    ...options,
  });
  const page = await context.newPage();
  const troubles: string[] = [];
  const foreign: string[] = [];
  const bytes = new Map<string, number>();
  page.on("pageerror", (error) => troubles.push(String(error)));
  page.on("console", (message) => {
    // A status that is no success is the service's to give: the tests that provoke one look at what the page makes of it.
    const status = message.text().startsWith("Failed to load resource");
    if (["error", "warning"].includes(message.type()) && !status) troubles.push(message.text());
  });
  page.on("request", (request) => {
    const { protocol, host } = new URL(request.url());
    if (/^(http|ws)/.test(protocol) && host !== new URL(url).host) foreign.push(request.url());
  });
  page.on("response", (response) => {
    const length = response.headers()["content-length"];
    if (length !== undefined) bytes.set(new URL(response.url()).pathname, Number(length));
  });
  await page.addInitScript(listenIn);
  await page.goto(url);
  await page.waitForSelector("#primary:enabled");
  return {
    page,
    troubles,
    foreign,
    bytes,
    async [Symbol.asyncDispose]() {
      await context.close();
    },
  };
}

/** The largest sample that the page has played through an element so far, 0 to 1. */
export function loudest(page: Page): Promise<number> {
  return page.evaluate(() => Math.max(0, ...globalThis.heardInPage.map(({ peak }) => peak)));
}

/** Runs in the page before its own scripts: listens to every stream that an element is given to play. */
function listenIn(): void {
  globalThis.heardInPage = [];
  const own = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, "srcObject")!;
  Object.defineProperty(HTMLMediaElement.prototype, "srcObject", {
    configurable: true,
    get: own.get!,
    set(this: HTMLMediaElement, stream: MediaStream | null) {
      own.set!.call(this, stream);
      if (!stream) return;
      const heard = { stream, peak: 0 };
      globalThis.heardInPage.push(heard);
      const context = new AudioContext();
      const analyser = context.createAnalyser();
      context.createMediaStreamSource(stream).connect(analyser);
      const samples = new Float32Array(analyser.fftSize);
      setInterval(() => {
        analyser.getFloatTimeDomainData(samples);
        // What the element does not play is not heard.
        if (!this.paused && !this.muted) {
          heard.peak = samples.reduce((most, one) => Math.max(most, Math.abs(one)), heard.peak);
        }
      }, 30);
    },
  });
}
