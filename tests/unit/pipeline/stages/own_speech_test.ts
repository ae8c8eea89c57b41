import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Tone } from "../../../../adapters/fake/tone.ts";
import type { OwnSpeech, OwnTranslation } from "../../../../pipeline/ports.ts";
import { OwnSpeechBursts } from "../../../../pipeline/stages/own_speech.ts";
import type { Segment } from "../../../../pipeline/stages/segment.ts";
import type { Share } from "../../../../pipeline/stages/share.ts";

const rate = 24_000;
const tone = new Tone(440, rate);

function segment(number: number, endMs = 0): Segment {
  return { segment: number, utterance: 1, language: "en", text: "", words: [], startMs: 0, endMs };
}

function sound(ms = 200, loud = true): OwnSpeech {
  const length = ms * rate / 1000;
  const samples = loud ? tone.samples(0, length) : new Int16Array(length);
  return { type: "speech", target: "es", audio: { type: "frame", rate, position: 0, samples } };
}

function text(append: string): OwnTranslation {
  return { type: "translation", target: "es", append, tentative: "" };
}

/** Feeds events, 200 ms of media time each, and cuts a segment whenever one is needed. */
function play(events: readonly (OwnSpeech | OwnTranslation | "nothing")[]) {
  const bursts = new OwnSpeechBursts("es");
  const shares: Share[] = [];
  let segments = 0;
  events.forEach((event, index) => {
    if (event !== "nothing") {
      if (bursts.needsSegment(event)) shares.push(...bursts.cut(segment(++segments)));
      shares.push(...bursts.take(event));
    }
    shares.push(...bursts.heard(index * 200));
  });
  shares.push(...bursts.end());
  return { shares, segments };
}

/** What each segment got: `1 Hola. 400|`, ms of audio last. */
function given(shares: readonly Share[]): string[] {
  const all = new Map<number, { text: string; ms: number; over: string }>();
  for (const { segment, append, audio, over } of shares) {
    const one = all.get(segment) ?? { text: "", ms: 0, over: "" };
    all.set(segment, one);
    one.text += append;
    one.ms += audio?.type === "frame" ? audio.samples.length * 1000 / rate : 0;
    if (over) one.over += "|";
  }
  return [...all].map(([segment, { text, ms, over }]) => `${segment}${text} ${ms}${over}`);
}

Deno.test("OwnSpeechBursts begins a burst with the first sound, and ends it with silence", () => {
  const silence = Array.from({ length: 6 }, () => sound(200, false));
  const { shares } = play([...silence, sound(), sound(), sound(200, false), sound(), ...silence, sound()]);
  assertEquals(given(shares), ["1 1200|", "2 200|"]);
});

Deno.test("OwnSpeechBursts ends a burst when nothing comes any more", () => {
  const nothing = Array.from({ length: 6 }, () => "nothing" as const);
  assertEquals(given(play([sound(), ...nothing, sound()]).shares), ["1 200|", "2 200|"]);
});

Deno.test("OwnSpeechBursts begins another one with the text after a sentence that has begun to sound", () => {
  const { shares } = play([
    text(" Hola."),
    text(" Vamos"),
    sound(),
    text(" a casa."),
    sound(),
    text(" Sí."),
    sound(),
  ]);
  assertEquals(given(shares), ["1 Hola. Vamos a casa. 400|", "2 Sí. 200|"]);
});

Deno.test("OwnSpeechBursts waits longer for sound that is announced by its text", () => {
  const nothing = Array.from({ length: 8 }, () => "nothing" as const);
  assertEquals(given(play([text(" Hola."), ...nothing, sound()]).shares), ["1 Hola. 200|"]);
  const longer = Array.from({ length: 20 }, () => "nothing" as const);
  assertEquals(given(play([text(" Hola."), ...longer, sound()]).shares), ["1 Hola. 0|", "2 200|"]);
});

Deno.test("OwnSpeechBursts takes a segment that waits, and gives up those that are too many or too old", () => {
  const bursts = new OwnSpeechBursts("es");
  assertEquals(bursts.cut(segment(1, 100)), []);
  assert(!bursts.needsSegment(sound()));
  bursts.cut(segment(2, 200));
  assertEquals(given(bursts.cut(segment(3, 300))), ["1 0|"]);
  assertEquals(given(bursts.take(sound())), ["2 200"]);
  assertEquals(given(bursts.heard(10_400)), ["2 0|", "3 0|"].slice(1));
});

Deno.test("OwnSpeechBursts loses no sound and no text, and cuts what never pauses", () => {
  const event = fc.constantFrom("nothing" as const, sound(), text(" uno"), text(" dos."), text(","));
  fc.assert(fc.property(fc.array(event, { maxLength: 80 }), (events) => {
    const { shares } = play(events);
    const spoken = shares.flatMap(({ audio }) => audio?.type === "frame" ? [audio.samples.length] : []);
    assertEquals(
      spoken.length,
      events.filter((event) => event !== "nothing" && event.type === "speech").length,
    );
    const written = events.flatMap((event) =>
      event !== "nothing" && event.type === "translation" ? [event.append] : []
    );
    assertEquals(shares.map(({ append }) => append).join(""), written.join(""));
    for (const [segment, count] of Map.groupBy(shares.filter(({ over }) => over), ({ segment }) => segment)) {
      assertEquals(count.length, 1, `segment ${segment}`);
    }
  }));
  const unbroken = play(Array.from({ length: 250 }, () => sound()));
  assertEquals(unbroken.segments, 3);
});
