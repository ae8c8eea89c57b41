import { assertEquals } from "@std/assert";
import { JoinedSpeech } from "../../../../adapters/compose/joined_speech.ts";
import { SpeakingRates } from "../../../../adapters/compose/speaking_rates.ts";
import type { SpeechEvent } from "../../../../pipeline/ports.ts";
import { settle } from "../../../support/fake_clock.ts";

const rate = 16_000;

function frame(position: number, ms: number): SpeechEvent {
  return { type: "frame", rate, position, samples: new Int16Array(ms * rate / 1000) };
}

async function joined(text: string | AsyncIterable<string>, rates = new SpeakingRates(), speed = 1) {
  const whole = typeof text === "string" ? { [Symbol.asyncIterator]: () => once(text) } : text;
  const speech = new JoinedSpeech({ text: whole, segment: 1, speed }, rates);
  await settle();
  return speech;
}

async function* once(text: string): AsyncGenerator<string> {
  yield text;
}

async function read(text: AsyncIterable<string>): Promise<string> {
  return (await Array.fromAsync(text)).join("");
}

Deno.test("JoinedSpeech has the next voice begin with the word that was being spoken, by the usual rate where nothing is known", async () => {
  for (
    const [ms, speed, rest] of [[0, 1, "una casa vieja"], [350, 1, "casa vieja"], [
      280,
      1.25,
      "casa vieja",
    ]] as const
  ) {
    const speech = await joined("una casa vieja", new SpeakingRates(), speed);
    speech.begin("first");
    speech.take(frame(0, ms));
    assertEquals(speech.breakOff(), true);
    assertEquals(await read(speech.request.text), rest);
  }
});

Deno.test("JoinedSpeech learns how fast a voice speaks from what it spoke to the end", async () => {
  const rates = new SpeakingRates();
  const before = await joined("una casa", rates);
  before.begin("slow");
  before.take(frame(0, 7 * 140));
  before.end();
  const rest = async (voice: string) => {
    const speech = await joined("una casa vieja", rates);
    speech.begin(voice);
    speech.take(frame(0, 500));
    speech.breakOff();
    return await read(speech.request.text);
  };
  assertEquals([await rest("slow"), await rest("other")], ["casa vieja", "vieja"]);
});

Deno.test("JoinedSpeech goes by the marks of a voice where it gives some, and continues them", async () => {
  const speech = await joined("una casa vieja");
  speech.begin("first");
  speech.take({ type: "mark", character: 0, position: 0 });
  speech.take({ type: "mark", character: 4, position: 900 * 16 });
  speech.take({ type: "mark", character: 9, position: 1800 * 16 });
  speech.take(frame(0, 1000));
  assertEquals(speech.breakOff(), true);
  assertEquals(await read(speech.request.text), "casa vieja");
  speech.begin("second");
  assertEquals(speech.take({ type: "mark", character: 5, position: 100 }), {
    type: "mark",
    character: 9,
    position: 16_100,
  });
  assertEquals(speech.take(frame(0, 10)), { ...frame(16_000, 10) });
  speech.take(frame(160, 10));
  assertEquals(speech.breakOff(), true);
  assertEquals(await read(speech.request.text), "vieja");
});

Deno.test("JoinedSpeech takes no text for spoken that had not come yet", async () => {
  const more = Promise.withResolvers<string>();
  const text = {
    async *[Symbol.asyncIterator]() {
      yield "una ca";
      yield await more.promise;
    },
  };
  const speech = await joined(text);
  speech.begin("first");
  speech.take(frame(0, 5000));
  assertEquals(speech.breakOff(), true);
  more.resolve("sa vieja");
  assertEquals(await read(speech.request.text), "sa vieja");
});

Deno.test("JoinedSpeech has nothing left when all words were spoken, and is incomplete when one was left and is not spoken", async () => {
  const speech = await joined("una casa.");
  speech.begin("first");
  assertEquals(speech.complete, true);
  speech.take(frame(0, 300));
  assertEquals(speech.breakOff(), true);
  speech.begin("second");
  assertEquals(speech.complete, false);
  speech.take(frame(0, 5 * 70));
  assertEquals([speech.complete, speech.breakOff()], [true, false]);
});
