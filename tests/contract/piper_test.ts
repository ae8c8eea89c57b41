import { piperSynthesizer } from "../../adapters/piper/mod.ts";
import { conformSpeechSynthesizer } from "../conformance/speech_synthesizer.ts";
import { piperServer } from "../support/contract/piper.ts";
import { withScenario } from "../support/contract/scenario.ts";
import { failSynthesizer, speakAll } from "../support/contract/synthesizer_failures.ts";
import { assertSilent } from "../support/contract/translator_failures.ts";

const voices = [{ name: "es_ES-davefx-medium", language: "es-ES" }];
const formats = [{ codec: "pcm_s16le", rate: 22_050 }] as const;

conformSpeechSynthesizer("piper", () => ({
  create() {
    const server = piperServer();
    return withScenario(piperSynthesizer({ address: server.address, voices, rate: 22_050 }), server);
  },
  options: { language: "es", formats },
  text: "one two three four five six seven eight nine ten eleven",
  short: "one two",
  patienceMs: 10_000,
}));

failSynthesizer({
  name: "piper",
  server: () => piperServer({ rate: 24_000 }),
  create: (address, outside) => piperSynthesizer({ address, voices, rate: 24_000, ...outside }),
  route: "/synthesize",
  refusals: [
    [{ type: "status", status: 500, body: "<html>" }, "unavailable"],
    [{ type: "body", body: "RIFF" }, "internal"],
    [{ type: "body", body: "RIFF....WAVEdata...." }, "internal"],
    [{ type: "body", body: "<html>but with status 200" }, "internal"],
    [{ type: "body", body: `RIFF....WAVEjunk\x00\x20\x00\x00${" ".repeat(5000)}` }, "internal"],
  ],
  probes: false,
});

Deno.test("piper says that a voice has another rate than the settings say", async () => {
  await using server = piperServer({ rate: 16_000 });
  await using engine = piperSynthesizer({ address: server.address, voices, rate: 22_050 });
  await using voice = await engine.open({ language: "es", formats, signal: new AbortController().signal });
  assertSilent(await speakAll(voice, "one").catch((error) => error), "internal");
});
