import { assertEquals } from "@std/assert";
import { fakeRecognizer } from "../../../../adapters/fake/recognizer.ts";
import { Tone } from "../../../../adapters/fake/tone.ts";
import { withOwnTurns } from "../../../../adapters/net/own_turns.ts";
import type { Owned } from "../../../../adapters/provider.ts";
import type { Input, SpeechRecognizer } from "../../../../pipeline/ports.ts";
import { transcript } from "../../../conformance/hearing_events.ts";
import { conformSpeechRecognizer } from "../../../conformance/speech_recognizer.ts";

const rate = 16_000;
const options = { languages: ["en"], format: { codec: "pcm_s16le", rate }, glossary: {} } as const;

function sound(ms: number): Int16Array {
  const samples = new Int16Array(rate * (ms + 1500) / 1000);
  samples.set(new Tone(440, rate).samples(0, rate * ms / 1000), rate / 2);
  return samples;
}

/** A recognizer with a note of the flushes that it is given, with the places of the source at which they come. */
function noted(): { readonly engine: Owned<SpeechRecognizer>; readonly flushes: number[] } {
  const inner = fakeRecognizer();
  const flushes: number[] = [];
  const note = async function* (input: AsyncIterable<Input>): AsyncGenerator<Input> {
    let to = 0;
    for await (const item of input) {
      if (item.type === "frame") to = item.position + item.samples.length;
      if (item.type === "flush") flushes.push(to / 16);
      yield item;
    }
  };
  const engine: Owned<SpeechRecognizer> = {
    name: inner.name,
    traits: inner.traits,
    async open(wanted) {
      const hearing = await inner.open(wanted);
      return {
        hear: (input, signal) => hearing.hear(note(input), signal),
        [Symbol.asyncDispose]: () => hearing[Symbol.asyncDispose](),
      };
    },
    [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
  };
  return { engine, flushes };
}

conformSpeechRecognizer("withOwnTurns()", () => ({
  create: () => withOwnTurns(fakeRecognizer(), { silenceMs: 300, longestMs: 5000 }),
  options,
  utterances: [sound(1000), sound(1500)],
  silence: new Int16Array(2 * rate),
  patienceMs: 5000,
}));

Deno.test("withOwnTurns() asks for a flush wherever speech pauses, and tells only of those of others", async () => {
  const { engine: inner, flushes } = noted();
  await using engine = withOwnTurns(inner, { silenceMs: 300, longestMs: 5000 });
  const { signal } = new AbortController();
  await using hearing = await engine.open({ ...options, signal });
  const input = (async function* (): AsyncGenerator<Input> {
    let position = 0;
    for (const samples of [sound(1000), sound(7000)]) {
      for (let at = 0; at < samples.length; at += 320) {
        yield { type: "frame", rate, position: position + at, samples: samples.slice(at, at + 320) };
      }
      position += samples.length;
      yield { type: "flush", id: 70 + position / rate };
    }
  })();
  const events = await Array.fromAsync(hearing.hear(input, signal));
  assertEquals(events.flatMap((event) => event.type === "flushed" ? [event.id] : []), [72.5, 81]);
  // After the first sound and its pause, where that was asked for, at the length limit, after the rest, where that was asked for.
  assertEquals(flushes.length, 5);
  assertEquals(flushes.map((ms) => Math.round(ms / 500) / 2), [2, 2.5, 8, 10.5, 11]);
  assertEquals(transcript(events).split(" ").length, 4 + 24);
});

Deno.test("withOwnTurns() takes the rates in which speech can be detected", () => {
  const formats = [24_000, 16_000, 48_000].map((rate) => ({ codec: "pcm_s16le", rate } as const));
  const engine = withOwnTurns(fakeRecognizer({ formats }), { silenceMs: 300, longestMs: 5000 });
  assertEquals(engine.traits.formats.map(({ rate }) => rate), [16_000, 48_000]);
});
