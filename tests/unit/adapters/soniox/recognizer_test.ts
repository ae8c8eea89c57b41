import { assertEquals } from "@std/assert";
import { sonioxWire } from "../../../../adapters/soniox/recognizer.ts";
import type { WireConnection, WireEvent } from "../../../../adapters/net/recognizer_wire.ts";

function connect(languages: readonly string[] = ["en"], targets: readonly string[] = []): WireConnection {
  const wire = sonioxWire({
    key: "KEY",
    address: "https://stt-rt.soniox.com",
    model: "stt-rt-v5",
    languages: ["en", "es", "pt-BR", "zh"],
    sensitivity: 0,
    endpointMs: 1000,
    concurrency: 10,
  });
  return wire.connection({ languages, targets, rate: 16_000, glossary: {} });
}

/** Tokens as `text`, `text*` where they are not final, `text=` where they are a translation. */
function message(...texts: readonly string[]): string {
  const tokens = texts.map((text) => ({
    text: text.replace(/[*=]+$/, ""),
    is_final: !text.includes("*"),
    confidence: 1,
    ...(text.includes("=") ? { translation_status: "translation" } : {}),
  }));
  return JSON.stringify({ tokens, final_audio_proc_ms: 0, total_audio_proc_ms: 700 });
}

/** What was said and told, without what is always the same. */
function told(events: readonly WireEvent[]): unknown[] {
  return events.map((event) => {
    if (event.type === "translated") return [event.append, event.tentative];
    if (event.type !== "heard") return event.type;
    return [event.append, event.tentative].map((words) => words.map(({ text }) => text).join(" ")).join(
      " | ",
    );
  });
}

Deno.test("Soniox's final tokens are appended once, the others replace those before", () => {
  const connection = connect();
  const heard = [
    message(" Hel*", "lo*"),
    message("Hel", "lo*", " wor*"),
    message("lo", " word*"),
    message(" world", ",*"),
    message(" again*"),
    message(),
  ].map((text) => told(connection.read(text))[0]);
  assertEquals(heard, [
    " | Hello",
    " | Hello wor",
    " | Hello word",
    "Hello | world,",
    " | world again",
    " | world",
  ]);
});

Deno.test("Soniox's <end> ends an utterance, and what follows belongs to the next", () => {
  const events = connect().read(message(" one", " two", ".", "<end>", " three*"));
  assertEquals(told(events), ["one two. | ", "ended", " | three"]);
});

Deno.test("Soniox's <fin> says that everything is final", () => {
  const connection = connect();
  assertEquals(told(connection.read(message("<fin>"))), [" | ", "finalized", " | "]);
  const events = connection.read(message(" a", "<end>", " b", "<fin>"));
  assertEquals(told(events), ["a | ", "ended", "b | ", "finalized", " | "]);
});

Deno.test("Soniox's finals may be empty, late, or contradict what was not final", () => {
  const connection = connect();
  connection.read(message(" ice*", " cream*"));
  assertEquals(told(connection.read(message(" I", " scream", "<end>"))), ["I scream | ", "ended", " | "]);
  connection.read(message(" noise*"));
  assertEquals(told(connection.read(message("<end>"))), [" | ", "ended", " | "]);
});

Deno.test("Soniox's translation is told with the source, before the end of the utterance", () => {
  const connection = connect(["en"], ["es-MX"]);
  assertEquals(JSON.parse(String(connection.opening[0])).translation, {
    type: "one_way",
    target_language: "es",
  });
  assertEquals(told(connection.read(message(" one", " two*", " un=*"))), [" | one two", ["", " un"]]);
  assertEquals(told(connection.read(message(" two*", " un=*"))), [" | one two"]);
  const events = connection.read(message(" uno=", " two", " dos=", "<end>"));
  assertEquals(told(events), ["one two | ", [" uno dos", ""], "ended", " | "]);
  assertEquals(events[1], { type: "translated", target: "es-MX", append: " uno dos", tentative: "" });
});

Deno.test("Soniox's language is that of most of the utterance, as it was asked for", () => {
  const connection = connect(["en", "pt-PT"]);
  assertEquals(JSON.parse(String(connection.opening[0])).language_hints, ["en", "pt"]);
  const read = (text: string, language: string | undefined, final = true) => {
    const tokens = [{ text, is_final: final, language }];
    const [heard] = connection.read(JSON.stringify({ tokens, total_audio_proc_ms: 1 }));
    return heard?.type === "heard" ? heard.language : undefined;
  };
  assertEquals(
    [
      read(" yes", "en", false),
      read(" sim", "pt"),
      read(" yes", "en"),
      read(" well", "en"),
      read(" da", "ru", false),
    ],
    ["en", "pt-PT", "pt-PT", "en", "en"],
  );
  connection.read(message("<end>"));
  assertEquals(read(" Wort", "de"), undefined);
});

Deno.test("Soniox says when nothing more comes", () => {
  const finished = JSON.stringify({ tokens: [], total_audio_proc_ms: 900, finished: true });
  assertEquals(connect().read(finished), [
    { type: "heard", append: [], tentative: [], toMs: 900, language: undefined },
    { type: "finished" },
  ]);
});
