import { simulatorName } from "../../adapters/fake/simulator.ts";
import { socketConnector } from "../../adapters/net/socket.ts";
import type { Owned } from "../../adapters/provider.ts";
import { abortable } from "../../flow/abortable.ts";
import { systemClock } from "../../flow/clock.ts";
import { Queue } from "../../flow/queue.ts";
import { together } from "../../flow/together.ts";
import type { HearingEvent, Input, SpeechRecognizer } from "../../pipeline/ports.ts";

/** Less audio than this is not worth a message: providers ask for 50 ms or more. */
const leastMs = 60;
/** How many events of a hearing wait for their reader. */
const eventLimit = 256;

/**
 * The simulated recognizer in another process, over a socket as providers have it: raw PCM in messages of at least 60 ms, a JSON message for each event back.
 *
 * @param url where it listens: `ws://127.0.0.1:PORT`.
 */
export function remoteRecognizer(url: string, traits: SpeechRecognizer["traits"]): Owned<SpeechRecognizer> {
  const connect = socketConnector({ clock: systemClock });
  return {
    name: simulatorName,
    traits,
    async open({ format, signal }) {
      const events = new Queue<HearingEvent>({ limit: eventLimit });
      const socket = await connect({
        provider: "the simulator",
        url: `${url}/hear?rate=${format.rate}`,
        headers: {},
        message: (data) => {
          const event = JSON.parse(String(data));
          if (event.type === "ended") events.close();
          else events.push(event);
        },
        ended: (error) => events.fail(error),
      }, signal);
      const send = async (input: AsyncIterable<Input>, signal: AbortSignal) => {
        let bundle: Int16Array[] = [];
        let samples = 0;
        const flush = () => {
          if (samples > 0) socket.send(bytesOf(bundle, samples));
          bundle = [];
          samples = 0;
        };
        for await (const item of abortable(input, signal)) {
          if (item.type === "frame") {
            bundle.push(item.samples);
            samples += item.samples.length;
            if (samples * 1000 >= leastMs * format.rate) flush();
          } else if (item.type === "flush") {
            flush();
            socket.send(JSON.stringify({ type: "flush", id: item.id }));
          }
        }
        flush();
        socket.send(JSON.stringify({ type: "end" }));
      };
      return {
        async *hear(input, signal) {
          const reported = events.items(signal);
          const sending = together(signal, (signal) => send(input, signal)).catch((error) =>
            events.fail(error)
          );
          yield* reported;
          await sending;
        },
        [Symbol.asyncDispose]: async () => await socket[Symbol.asyncDispose](),
      };
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function bytesOf(pieces: readonly Int16Array[], samples: number): Uint8Array {
  const [first] = pieces;
  if (pieces.length === 1 && first) return new Uint8Array(first.buffer, first.byteOffset, first.byteLength);
  const whole = new Int16Array(samples);
  let filled = 0;
  for (const piece of pieces) {
    whole.set(piece, filled);
    filled += piece.length;
  }
  return new Uint8Array(whole.buffer);
}
