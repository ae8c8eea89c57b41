import { assert, assertEquals, assertThrows } from "@std/assert";
import * as fc from "fast-check";
import type { WireEvent } from "../../../../adapters/net/recognizer_wire.ts";
import { Items } from "../../../../adapters/openai_realtime/items.ts";
import { PipelineError } from "../../../../pipeline/error.ts";

type Said = Parameters<Items["take"]>[0];

const started = (item: string, atMs: number): Said => ({ type: "started", item, atMs });
const stopped = (item: string, atMs: number): Said => ({ type: "stopped", item, atMs });
const committed = (item: string, after?: string): Said => ({ type: "committed", item, after });
const delta = (item: string, text: string): Said => ({ type: "delta", item, text });
const completed = (item: string, text: string): Said => ({
  type: "completed",
  item,
  text,
  language: undefined,
  usage: undefined,
});

/** What is told, shortly: words that stay, `~` words that may change, `|` ends. */
function told(events: readonly WireEvent[]): string {
  return events.map((event) => {
    if (event.type === "started") return `>${event.atMs ?? ""}`;
    if (event.type === "ended") return `|${event.atMs ?? ""}`;
    if (event.type !== "heard") return event.type;
    return [
      ...event.append.map(({ text }) => text),
      ...event.tentative.map(({ text }) => `~${text}`),
    ].join(" ");
  }).join(" ");
}

const take = (items: Items, ...messages: readonly Said[]) => told(messages.flatMap((one) => items.take(one)));

Deno.test("Items tells whole words as they come, and the last one when it is whole", () => {
  const items = new Items(["en"], true);
  assertEquals(take(items, started("a", 100)), ">100");
  assertEquals(take(items, stopped("a", 900), committed("a")), "");
  assertEquals(take(items, delta("a", "On")), "~On");
  assertEquals(take(items, delta("a", "e tw")), "One ~tw");
  assertEquals(take(items, completed("a", "One two three.")), "two three. |900");
  assertEquals(take(items, delta("a", " four"), completed("a", "Five")), "");
});

Deno.test("Items tells the transcripts of later items when the ones before are told", () => {
  const items = new Items(["en"], true);
  take(items, started("a", 0), stopped("a", 500), committed("a"), started("b", 900), stopped("b", 1500));
  assertEquals(take(items, committed("b", "a"), delta("b", "Later"), completed("b", "Later.")), "");
  assertEquals(items.awaited, 2);
  assertEquals(take(items, completed("a", "First.")), "First. |500 >900 Later. |1500");
  assertEquals(items.awaited, 0);
});

Deno.test("Items puts an item after the one that it says it follows", () => {
  const items = new Items(["en"], false);
  take(items, committed("a"), committed("c", "a"), committed("b", "a"));
  assertEquals(take(items, completed("b", "B"), completed("c", "C"), completed("a", "A")), "A | B | C |");
});

Deno.test("Items drops what is heard in an item without speech, where the server tells speech", () => {
  const items = new Items(["en"], true);
  assertEquals(take(items, committed("a"), delta("a", "you"), completed("a", "you")), "");
  const own = new Items(["en"], false);
  assertEquals(take(own, committed("a"), completed("a", "you")), "you |");
});

Deno.test("Items knows speech again that is committed under another name", () => {
  const items = new Items(["en"], true);
  take(items, started("a", 100), delta("a", "One "));
  assertEquals(take(items, committed("b"), stopped("a", 5), completed("b", "One two")), "~One One two |");
});

Deno.test("Items keeps a limit on what a server may make it keep", () => {
  const items = new Items(["en"], false);
  const error = assertThrows(() => {
    for (let count = 0; count < 1000; count += 1) items.take(committed(`item${count}`));
  }, PipelineError);
  assertEquals(error.kind, "internal");
  const long = new Items(["en"], false);
  assertThrows(
    () => {
      for (let count = 0; count < 1000; count += 1) long.take(delta("a", "word ".repeat(10)));
    },
    PipelineError,
    "20000 characters",
  );
});

Deno.test("Items reports the language that was detected, where it was asked for", () => {
  const items = new Items(["en-GB", "es"], false);
  const heard = (code: string) =>
    items.take({ ...completed(code, "word"), language: code } as Said).find(({ type }) => type === "heard");
  assertEquals(
    [heard("es"), heard("en"), heard("fr")].map((event) => event?.type === "heard" && event.language),
    [
      "es",
      "en-GB",
      undefined,
    ],
  );
});

Deno.test("Items tells every item once, in order and whole, however the messages come", () => {
  const count = 5;
  const texts = Array.from({ length: count }, (_, item) => `w${item}a w${item}b w${item}c`);
  /** What is said of one item comes in order; what is said of different ones in any. */
  const queues = texts.map((text, item) => {
    const id = `item${item}`;
    return [
      delta(id, text.slice(0, 2)),
      delta(id, text.slice(2, 7)),
      delta(id, text.slice(7)),
      completed(id, text),
    ];
  });
  fc.assert(
    fc.property(
      fc.array(fc.nat(count - 1), { minLength: 60, maxLength: 60 }),
      fc.boolean(),
      (picks, tells) => {
        const items = new Items(["en"], tells);
        const events: WireEvent[] = [];
        for (let item = 0; item < count; item += 1) {
          if (tells) events.push(...items.take(started(`item${item}`, 1000 * item)));
          if (tells) events.push(...items.take(stopped(`item${item}`, 1000 * item + 500)));
          events.push(...items.take(committed(`item${item}`, item > 0 ? `item${item - 1}` : undefined)));
        }
        const left = queues.map((queue) => [...queue]);
        for (
          const pick of [
            ...picks,
            ...left.keys(),
            ...left.flatMap((queue, item) => queue.map(() => item)),
          ]
        ) {
          const next = left[pick]!.shift();
          if (next) events.push(...items.take(next));
        }
        const heard = events.flatMap((event) =>
          event.type === "heard" ? event.append.map(({ text }) => text) : []
        );
        assertEquals(heard.join(" "), texts.join(" "));
        assertEquals(events.filter(({ type }) => type === "ended").length, count);
        let open = false;
        for (const { type } of events) {
          if (type === "started") assert(!open, "An utterance begins within another");
          if (type !== "usage") open = type !== "ended";
        }
      },
    ),
  );
});
