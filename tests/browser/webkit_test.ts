import { assertEquals, assertGreater } from "@std/assert";
import { utterance } from "../../adapters/fake/script.ts";
import { bundle } from "../../tools/bundle.ts";
import { knownSpeech, wavOf } from "../support/known_speech.ts";
import { liveService } from "../support/live_service.ts";
import { openWebKit, webkitMissing } from "../support/webkit.ts";
import { randomFrom } from "../unit/client/playback/uneven_network.ts";

Deno.test("What browsers get has no declaration with `using`, which Safari cannot read", async () => {
  await bundle();
  const build = new URL("../../web/build/", import.meta.url);
  let scripts = 0;
  for await (const { name } of Deno.readDir(build)) {
    if (!name.endsWith(".js")) continue;
    scripts += 1;
    const found = (await Deno.readTextFile(new URL(name, build))).match(/[;{}]\s*(await )?using [\w$]+\s*=/g);
    assertEquals(found, null, name);
  }
  assertGreater(scripts, 4);
});

const talk = ["the old house is near the sea", "we go home"];
const script = [utterance(talk[0]!, 400, 200), utterance(talk[1]!, 2_300, 200)];
const missing = webkitMissing();
if (missing !== undefined) console.warn(`Skipping the WebKit test, not installed: ${missing}`);

Deno.test(
  "The page interprets a recording in WebKitGTK, once a click has let its suspended sound out",
  { ignore: missing !== undefined },
  async () => {
    await bundle();
    await using service = liveService({ script, tts: { msPerCharacter: 30 } });
    const path = await Deno.makeTempFile({ suffix: ".wav" });
    try {
      await Deno.writeFile(path, wavOf(knownSpeech(5, randomFrom(1)), 48_000));
      await using page = await openWebKit();
      await page.go(service.url);
      await page.until("return !document.querySelector('#primary').disabled");
      // A file that is chosen without a click: the browser makes no sound yet, and the page says so.
      await page.type("#file", path);
      await page.until("return document.querySelector('#phase-text').textContent.includes('tap')");
      await page.click("h1");
      await page.until("return document.querySelector('.clause[data-segment=\"2\"][data-heard]')");
      await page.until("return document.querySelector('#phase').dataset.phase === 'ended'");
      const texts = (selector: string) =>
        page.run(
          `return [...document.querySelectorAll('${selector}')].map((cell) => cell.textContent.trim())`,
        );
      assertEquals(await texts(".said"), talk);
      assertEquals(
        await texts(".told"),
        talk.map((clause) => clause.replaceAll(/\S+/g, (word) => `es:${word}`)),
      );
      assertEquals(await page.run("return document.querySelectorAll('#waterfall .bar').length"), 2);
      assertEquals(service.faults, []);
    } finally {
      await Deno.remove(path);
    }
  },
);
