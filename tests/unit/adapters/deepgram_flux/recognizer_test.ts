import { assert, assertEquals } from "@std/assert";
import { fluxWire } from "../../../../adapters/deepgram_flux/recognizer.ts";
import { closeMessage, forceMessage } from "../../../../adapters/deepgram_flux/wire.ts";
import type { WireConnection, WireEvent } from "../../../../adapters/net/recognizer_wire.ts";

/** A connection over which so much audio was sent. */
function connect(languages: readonly string[] = ["en"], sentMs = 100_000): WireConnection {
  const wire = fluxWire({
    key: "KEY",
    address: "https://api.deepgram.com",
    models: { english: "flux-general-en", multilingual: "flux-general-multi" },
    languages: ["en", "es", "fr"],
    threshold: 0.7,
    timeoutMs: 5000,
    forcing: true,
    concurrency: 50,
  });
  const connection = wire.connection({ languages, targets: [], rate: 16_000, glossary: {} });
  connection.sent?.(sentMs);
  return connection;
}

function turn(event: string, transcript: string, toMs: number, more: object = {}): string {
  const words = transcript.split(" ").filter((word) => word !== "")
    .map((word, index) => ({ word, confidence: 1, start: index, end: index + 1 }));
  return JSON.stringify({
    type: "TurnInfo",
    event,
    turn_index: 0,
    audio_window_start: 0,
    audio_window_end: toMs / 1000,
    transcript,
    words,
    end_of_turn_confidence: 0,
    ...more,
  });
}

/** What was said and told, without what is always the same, and what is told twice once. */
function told(events: readonly WireEvent[]): string[] {
  const all = events.filter(({ type }) => type !== "unchanged").map((event) => {
    if (event.type !== "heard") return event.type;
    return [event.append, event.tentative].map((words) => words.map(({ text }) => text).join(" ")).join(
      " | ",
    );
  });
  return all.filter((what, index) => what !== all[index - 1]);
}

Deno.test("Flux's turns are tentative until they end, and then final as they are", () => {
  const connection = connect();
  assertEquals(told(connection.read(turn("StartOfTurn", "one", 500))), ["started", " | one"]);
  assertEquals(told(connection.read(turn("Update", "one too", 750))), [" | one too"]);
  assertEquals(told(connection.read(turn("EagerEndOfTurn", "one two", 900))), [" | one two"]);
  assertEquals(told(connection.read(turn("TurnResumed", "one two", 950))), [" | one two"]);
  assertEquals(told(connection.read(turn("EndOfTurn", "one two three", 2000))), [
    " | one two three",
    "one two three | ",
    "ended",
  ]);
  assertEquals(told(connection.read(turn("Update", "", 2250))), [" | "]);
});

Deno.test("Flux's news are told in small steps, of which there are few", () => {
  const connection = connect();
  const steps = (message: string) =>
    connection.read(message).map((event) =>
      event.type === "heard"
        ? [event.toMs, event.tentative.length]
        : event.type === "unchanged"
        ? [event.toMs]
        : event.type
    );
  assertEquals(steps(turn("Update", "", 80)), [[80, 0]]);
  assertEquals(steps(turn("Update", "one", 320)), [[160, 1], [240], [320]]);
  assertEquals(steps(turn("EndOfTurn", "one", 450)), [[385, 1], [450, 0], "ended"]);
  assertEquals(steps(turn("Update", "", 60_000)).length, 8);
  assertEquals(steps(turn("Update", "", 50_000)), [[50_000, 0]]);
});

Deno.test("Flux's end of a turn answers what ended it, but not an end of its own just before", () => {
  const connection = connect(["en"], 1000);
  connection.read(turn("StartOfTurn", "one", 500));
  assertEquals(connection.finalize().at(-1), forceMessage);
  const own = connection.read(turn("EndOfTurn", "one", 900, { trigger: "model" }));
  assertEquals(told(own), [" | one", "one | ", "ended"]);
  connection.read(turn("StartOfTurn", "two", 990));
  const forced = connection.read(turn("EndOfTurn", "two", 1500, { trigger: "manual" }));
  assertEquals(told(forced), ["two | ", "ended", "finalized"]);
  assertEquals(told(connection.read(turn("EndOfTurn", "three", 1600))), ["three | ", "ended"]);
});

Deno.test("Flux answers by having heard everything where no turn was open", () => {
  const connection = connect(["en"], 1000);
  connection.read(turn("Update", "", 960));
  assertEquals(connection.finalize().at(-1), forceMessage);
  assertEquals(told(connection.read(turn("Update", "", 980))), [" | "]);
  assertEquals(told(connection.read(turn("Update", "", 1220))), [" | ", "finalized"]);
  assertEquals(connection.finalize(), [], "Everything was heard");
});

Deno.test("Flux is sent silence before it has to make everything final, which moves no time", () => {
  const connection = connect(["en"], 1000);
  const silence = connection.finalize().slice(0, -1);
  assertEquals(silence, Array.from({ length: 8 }, () => new Uint8Array(2560)));
  connection.sent?.(5000);
  const words = [[0.5, 0.9], [0.9, 1.3], [1.5, 1.8], [2, 2.5]]
    .map(([start, end]) => ({ word: "x", confidence: 1, start, end }));
  const events = connection.read(turn("Update", "x x x x", 3640, { words }));
  const [heard] = events;
  const last = events.at(-1);
  assert(heard?.type === "heard" && last?.type === "unchanged");
  assertEquals(last.toMs, 3000);
  assertEquals(heard.tentative.map(({ startMs, endMs }) => [startMs, endMs]), [
    [500, 900],
    [900, 1000],
    [1000, 1160],
    [1360, 1860],
  ]);
  const [again] = connection.read(turn("Update", "x x x x", 3700, { words }));
  assert(again?.type === "heard");
  assertEquals(again.tentative, heard.tentative);
});

Deno.test("Flux is asked for English alone by another model", () => {
  const query = (languages: readonly string[]) => new URL(connect(languages).url).searchParams;
  assertEquals([query(["en-GB"]).get("model"), query(["en-GB"]).getAll("language_hint")], [
    "flux-general-en",
    [],
  ]);
  const several = query(["en-US", "es-MX", "es"]);
  assertEquals([several.get("model"), several.getAll("language_hint")], ["flux-general-multi", ["en", "es"]]);
});

Deno.test("Flux's language is the most frequent one, as it was asked for", () => {
  const connection = connect(["en", "es-MX"]);
  const languages = [["es", "en"], ["fr"], undefined].map((languages) => {
    const [heard] = connection.read(turn("Update", "hola", 500, { languages }));
    return heard?.type === "heard" ? heard.language : "";
  });
  assertEquals(languages, ["es-MX", undefined, undefined]);
});

Deno.test("Flux is told to end the turn before the stream", () => {
  assertEquals(connect().end(), [forceMessage, closeMessage]);
});
