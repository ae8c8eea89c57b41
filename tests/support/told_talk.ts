import { assert, assertEquals } from "@std/assert";
import type { ClientEvent } from "../../client/event.ts";
import type { Totals } from "../../protocol/server_message.ts";

/** The speech of one segment in one lane, as it was told. */
interface Spoken {
  readonly segment: number;
  readonly source: readonly [number, number];
  /** How many samples, and a sum over them that no two different sounds share (FNV-1a). */
  readonly samples: number;
  readonly sum: number;
  readonly ended: boolean;
}

/** What a session told in the end, without how and when it got there. */
export interface ToldTalk {
  readonly segments: readonly object[];
  readonly captions: Readonly<Record<string, string>>;
  readonly speech: Readonly<Record<number, readonly Spoken[]>>;
  readonly timings: Readonly<Record<string, number>>;
  readonly flushed: readonly number[];
  readonly totals: Totals | undefined;
}

/**
 * Puts together what the events of a session tell, and checks on the way that they are consistent: positions follow on, revisions rise, stable text
 * grows, and nothing is told twice.
 */
export function toldTalk(events: readonly ClientEvent[]): ToldTalk {
  const segments: { readonly segment: number }[] = [];
  const captions = new Map<string, { revision: number; stable: string; tentative: string; final: boolean }>();
  const speech = new Map<number, { position: number; spoken: Spoken[] }>();
  const timings = new Map<string, number>();
  const flushed: number[] = [];
  let totals: Totals | undefined;

  const speak = (event: Extract<ClientEvent, { type: "audio" }>) => {
    assert(event.codec === "pcm_s16le");
    let lane = speech.get(event.lane);
    if (!lane) speech.set(event.lane, lane = { position: 0, spoken: [] });
    assertEquals(event.position, lane.position, `lane ${event.lane} follows on`);
    lane.position += event.samples.length;
    if (event.start) {
      const { segment, start, end } = event.timing!;
      const last = lane.spoken.at(-1);
      assert(!last || (last.ended && segment > last.segment), `segment ${segment} is spoken once`);
      lane.spoken.push({
        segment,
        source: [start, end],
        samples: 0,
        sum: 0x811c9dc5,
        ended: false,
      });
    }
    const spoken = lane.spoken.pop()!;
    assert(!spoken.ended, "nothing follows an end");
    lane.spoken.push({
      ...spoken,
      samples: spoken.samples + event.samples.length,
      sum: event.samples.reduce((sum, sample) => Math.imul(sum ^ sample, 0x01000193), spoken.sum),
      ended: event.end,
    });
  };

  for (const event of events) {
    switch (event.type) {
      case "segment": {
        const { seq: _, ...segment } = event;
        assertEquals(segment.segment, segments.length + 1, "segments are numbered one by one");
        segments.push(segment);
        break;
      }
      case "caption": {
        const key = `${event.lane}/${event.segment}`;
        const before = captions.get(key);
        if (before) {
          assert(event.revision > before.revision, `${key}: revision ${event.revision}`);
          assert(event.stable.startsWith(before.stable), `${key}: stable text only grows`);
          assert(!before.final, `${key}: nothing comes after the final text`);
        }
        captions.set(key, event);
        break;
      }
      case "audio":
        speak(event);
        break;
      case "timing": {
        const key = `${event.lane}/${event.segment}`;
        assert(!timings.has(key), `${key} is timed once`);
        assertEquals(event.speed, 1, "nobody hurries: lengths can be compared");
        timings.set(key, event.audioMs);
        break;
      }
      case "flushed":
        flushed.push(event.id);
        break;
      case "ended":
        totals = event.totals;
        break;
      default:
    }
  }
  return {
    segments,
    captions: Object.fromEntries(
      [...captions].map(([key, { stable, tentative, final }]) => [key, `${stable}|${tentative}|${final}`])
        .sort(),
    ),
    speech: Object.fromEntries([...speech].map(([lane, { spoken }]) => [lane, spoken])),
    timings: Object.fromEntries([...timings].sort()),
    flushed,
    totals,
  };
}
