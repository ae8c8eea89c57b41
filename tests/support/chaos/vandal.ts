import type { Random } from "../../../adapters/fake/random.ts";
import { encodePcm } from "../../../protocol/codec.ts";
import type { Clock } from "../../../flow/clock.ts";
import { serveConnection } from "../../../sessions/connection.ts";
import type { Registry } from "../../../sessions/registry.ts";

const start = {
  type: "start",
  source: "en",
  targets: ["es"],
  input: { codec: "pcm_s16le", rate: 16_000 },
} as const;
const deeds = ["bytes", "text", "silence", "halves", "deafness", "lies"] as const;

/**
 * Opens one socket after the other that nobody speaks properly on: bytes and texts that mean nothing, sockets on which nothing is ever said, sessions whose
 * client sends on and reads nothing, numbers and positions that cannot be. Half of them vanish without a word, so that the service holds one half of a socket. Returns how many sockets there were, and how many of them the service had closed by then.
 */
export async function vandalise(
  { registry, clock, random, untilMs }: {
    readonly registry: Registry;
    readonly clock: Clock;
    readonly random: Random;
    readonly untilMs: number;
  },
): Promise<{ readonly sockets: number; readonly closed: number }> {
  const { signal } = new AbortController();
  let sockets = 0;
  let closed = 0;
  while (clock.now() < untilMs) {
    sockets += 1;
    let closedWith: number | undefined;
    const socket = serveConnection({
      send: () => {},
      close: (code) => closedWith ??= code,
      waitingBytes: 0,
    }, registry);
    const say = (data: string | ArrayBuffer) => {
      if (closedWith === undefined) socket.message(data);
    };
    const deed = random.pick(deeds);
    if (deed === "halves" || deed === "deafness" || deed === "lies") say(JSON.stringify(start));
    for (let message = 0; message < random.whole(1, 60) && closedWith === undefined; message += 1) {
      await clock.sleep(random.between(1, 200), signal);
      if (deed === "bytes" || deed === "halves") say(noise(random));
      if (deed === "text") say(text(random));
      if (deed === "deafness") say(audio(message + 1, message * 1600));
      if (deed === "lies") say(audio(random.whole(0, 5), random.whole(0, 100_000)));
    }
    if (closedWith !== undefined) closed += 1;
    // The others are never heard of again.
    if (random.chance(0.5)) socket.closed(closedWith ?? random.pick([1000, 1001, 1006, 0]));
    await clock.sleep(random.between(100, 5000), signal);
  }
  return { sockets, closed };
}

function noise(random: Random): ArrayBuffer {
  return Uint8Array.from({ length: random.whole(0, 400) }, () => random.whole(0, 255)).buffer;
}

function text(random: Random): string {
  const whole = JSON.stringify({ ...start, targets: random.pick([[], ["es", "es"], [7], "es", null]) });
  return random.chance(0.5)
    ? whole.slice(0, random.whole(0, whole.length))
    : String.fromCharCode(...Array.from({ length: 40 }, () => random.whole(0, 0xffff)));
}

function audio(seq: number, position: number): ArrayBuffer {
  return encodePcm({ lane: 0, seq, position, flags: 0 }, new Int16Array(1600)).buffer;
}
