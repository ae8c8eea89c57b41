/** Google's own library against the stand-in: a stand-in that the vendor's library takes for the vendor is not of our own invention. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { GoogleGenAI, type LiveServerMessage, Modality, type Session } from "@google/genai";
import { Tone } from "../../adapters/fake/tone.ts";
import { geminiTranslateServer, libraryKey } from "../support/contract/gemini_translate.ts";
import type { ScenarioServer } from "../support/contract/scenario.ts";
import { settle } from "../support/fake_clock.ts";

const rate = 16_000;

async function sessionWith(
  { address }: ScenarioServer,
  apiKey: string,
  onmessage: (message: LiveServerMessage) => void,
): Promise<Session> {
  const ai = new GoogleGenAI({ apiKey, httpOptions: { baseUrl: address, apiVersion: "v1beta" } });
  return await ai.live.connect({
    model: "gemini-3.5-live-translate-preview",
    config: {
      responseModalities: [Modality.AUDIO],
      translationConfig: { targetLanguageCode: "es" },
      inputAudioTranscription: {},
      outputAudioTranscription: {},
    },
    callbacks: { onmessage },
  });
}

/** Sends so much sound, in pieces of 100 ms. */
function say(session: Session, soundMs: number): void {
  const samples = new Tone(440, rate).samples(0, soundMs * rate / 1000);
  for (let at = 0; at < samples.length; at += rate / 10) {
    const data = new Uint8Array(samples.slice(at, at + rate / 10).buffer).toBase64();
    session.sendRealtimeInput({ audio: { data, mimeType: "audio/pcm;rate=16000" } });
  }
}

Deno.test("@google/genai translates with the stand-in for Gemini Live Translate", async () => {
  await using server = geminiTranslateServer({ ofLibrary: true, goAway: { afterMs: 1000, leftMs: 50_000 } });
  let source = "";
  let target = "";
  let bytes = 0;
  let tokens = 0;
  let timeLeft: string | undefined;
  const session = await sessionWith(server, libraryKey, ({ serverContent, usageMetadata, goAway }) => {
    source += serverContent?.inputTranscription?.text ?? "";
    target += serverContent?.outputTranscription?.text ?? "";
    for (const { inlineData } of serverContent?.modelTurn?.parts ?? []) {
      bytes += atob(inlineData!.data!).length;
    }
    for (const { tokenCount = 0 } of usageMetadata?.responseTokensDetails ?? []) tokens += tokenCount;
    timeLeft ??= goAway?.timeLeft;
  });
  say(session, 1000);
  session.sendRealtimeInput({ audioStreamEnd: true });
  while (!target.endsWith(".") || tokens === 0) await settle();
  session.close();
  assertEquals(source, " 1word 2word 3word 4word, 5word.");
  assertEquals(target, " 1es 2es 3es 4es, 5es.");
  assert(bytes >= 5 * 2 * 4800);
  assertEquals([tokens, timeLeft], [25, "50s"]);
  while (server.sockets > 0) await settle();
});

Deno.test("@google/genai finds the key refused by the stand-in for Gemini Live Translate", async () => {
  await using server = geminiTranslateServer({ ofLibrary: true });
  const error = await assertRejects(() => sessionWith(server, "sk-wrong", () => {}), Error);
  assert(error.message.includes("API key not valid"));
  while (server.sockets > 0) await settle();
});
