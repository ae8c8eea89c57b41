import { wsConnect } from "../../cli/socket.ts";
import { encodeBase64 } from "../../adapters/net/base64.ts";
import { connect } from "../../client/session.ts";
import { systemClock } from "../../flow/clock.ts";
import { speechRate, type SpokenMessage } from "./speech.ts";

/** What a speaker found out; all times from the beginning of the speech, in ms. */
export interface Heard {
  /** When pieces of translated audio came, and how long each is. */
  readonly pieces: readonly { readonly atMs: number; readonly audioMs: number }[];
  /** When the first audio of the segment came that covers the last word. */
  readonly lastClauseMs: number | undefined;
  /** How many segments were not spoken to their end; a whole message counts as one. */
  readonly lost: number;
  readonly segments: number;
}

const messageMs = 60;
const laneRate = 24_000;

/** Speaks to the old app: records to the end of the message, then sends it whole. `startMs` is when the speech begins. */
export async function speakWhole(url: string, message: SpokenMessage, signal: AbortSignal): Promise<Heard> {
  const socket = wsConnect(url, []);
  await new Promise<void>((resolve) => socket.addEventListener("open", () => resolve()));
  const startMs = systemClock.now();
  await systemClock.sleep(message.samples.length * 1000 / speechRate, signal);
  const replied = new Promise<string>((resolve) =>
    socket.addEventListener("message", ({ data }) => resolve(String(data)))
  );
  const audio = encodeBase64(new Uint8Array(message.samples.buffer));
  socket.send(JSON.stringify({ type: "audio", data: { audio, message_id: "m1" } }));
  const { type, data } = JSON.parse(await replied);
  const atMs = systemClock.now() - startMs;
  const closed = new Promise<unknown>((resolve) => socket.addEventListener("close", resolve));
  socket.close(1000);
  await closed;
  if (type !== "translation") return { pieces: [], lastClauseMs: undefined, lost: 1, segments: 1 };
  const bytes = (data.audio_url.length - data.audio_url.indexOf(",")) * 3 / 4;
  const pieces = [{ atMs, audioMs: bytes / 2 * 1000 / laneRate }];
  return { pieces, lastClauseMs: atMs, lost: 0, segments: 1 };
}

/** Speaks to Parley: each 60 ms go out while they are spoken. */
export async function speakLive(url: string, message: SpokenMessage, signal: AbortSignal): Promise<Heard> {
  await using session = await connect({
    url: `${url}/v1/stream`,
    start: { source: "en", targets: ["es"], input: { codec: "pcm_s16le", rate: speechRate } },
    connect: wsConnect,
    messageMs,
    signal,
  });
  const startMs = systemClock.now();
  const speaking = (async () => {
    const step = speechRate * messageMs / 1000;
    for (let at = 0; at < message.samples.length; at += step) {
      const piece = message.samples.subarray(at, at + step);
      const dueMs = startMs + (at + piece.length) * 1000 / speechRate;
      if (dueMs > systemClock.now()) await systemClock.sleep(dueMs - systemClock.now(), signal);
      session.push(piece);
    }
    await session.end(signal);
  })();
  const pieces: { atMs: number; audioMs: number }[] = [];
  const firstAudio = new Map<number, number>();
  const ends = new Map<number, number>();
  let spoken = 0;
  for await (const event of session.events) {
    const atMs = systemClock.now() - startMs;
    if (event.type === "segment") ends.set(event.segment, event.end);
    if (event.type === "timing") spoken += 1;
    if (event.type !== "audio" || event.codec !== "pcm_s16le") continue;
    if (event.timing) firstAudio.set(event.timing.segment, atMs);
    if (event.samples.length > 0) pieces.push({ atMs, audioMs: event.samples.length * 1000 / laneRate });
  }
  await speaking;
  const last = [...ends].toSorted(([, one], [, other]) => one - other).at(-1)?.[0];
  return {
    pieces,
    lastClauseMs: last === undefined ? undefined : firstAudio.get(last),
    lost: ends.size - spoken,
    segments: ends.size,
  };
}
