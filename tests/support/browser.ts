import { type Browser, chromium, type Page } from "playwright-core";
import { bundle } from "../../tools/bundle.ts";
import { requireEngine } from "./engines.ts";

/** What the browser of a test is like. */
export interface BrowserOptions {
  /** A WAV file that its microphones hear, from the beginning each time one is opened; without it there is no microphone. */
  readonly microphone?: string;
  /** What the user answers when a page asks for the microphone; yes by default. */
  readonly permission?: "denied";
  readonly flags?: readonly string[];
}

/** The option of a test that needs a browser: it is skipped, with the reason, where there is none. */
export const needsBrowser: { readonly ignore: boolean } = requireEngine(["chromium"]);

/** Builds what the service serves to pages, and starts Debian's Chromium. Dispose of it. */
export async function openBrowser(options: BrowserOptions = {}): Promise<Browser> {
  await bundle();
  const { microphone, permission, flags = [] } = options;
  return await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      `--use-fake-ui-for-media-stream${permission === "denied" ? "=deny" : ""}`,
      ...(microphone === undefined
        ? []
        : ["--use-fake-device-for-media-stream", `--use-file-for-fake-audio-capture=${microphone}%noloop`]),
      ...flags,
    ],
  });
}

/** What a page of a test is like. */
export interface PageOptions {
  /** What the service takes, as far as the page can see; all that it does take by default. Raw samples can be compared with what was said. */
  readonly codec?: "pcm";
}

/** Opens a page, and collects what goes wrong in it: errors nobody caught, and lines on the console that are errors or warnings. */
export async function openPage(
  browser: Browser,
  url: string,
  { codec }: PageOptions = {},
): Promise<{ page: Page; troubles: string[] }> {
  const page = await browser.newPage();
  const troubles: string[] = [];
  page.on("pageerror", (error) => troubles.push(String(error)));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) troubles.push(message.text());
  });
  if (codec) {
    const json = { inputs: [{ codec: "pcm_s16le", rate: 16_000 }] };
    await page.route("**/v1/languages", (route) => route.fulfill({ json }));
  }
  await page.goto(url);
  return { page, troubles };
}
