import type { HearingEvent, Hypothesis, Input, SpeechRecognizer } from "../../pipeline/ports.ts";
import { Queue } from "../../flow/queue.ts";

/** The longest that nothing is reported while somebody speaks, in ms of audio. */
const quietMs = 1000;

/** Serves one stream of Deepgram's live recognition (`/v1/listen`) by a recognizer: raw samples and control messages in, `Results` out. */
export function serveDeepgram(socket: WebSocket, rate: number, recognizer: SpeechRecognizer): void {
  const gone = new AbortController();
  const { signal } = gone;
  const input = new Queue<Input>({ limit: Infinity });
  let position = 0;
  let flushes = 0;
  socket.binaryType = "arraybuffer";
  socket.onmessage = ({ data }) => {
    if (typeof data !== "string") {
      const samples = new Int16Array(data);
      input.push({ type: "frame", rate, position, samples });
      position += samples.length;
      return;
    }
    const { type } = JSON.parse(data);
    if (type === "Finalize") input.push({ type: "flush", id: ++flushes });
    if (type === "CloseStream") input.close();
  };
  socket.onclose = () => gone.abort();
  const work = async () => {
    await using hearing = await recognizer.open({
      languages: ["en"],
      format: { codec: "pcm_s16le", rate },
      glossary: {},
      signal,
    });
    const results = new Results(rate);
    for await (const event of hearing.hear(input.items(signal), signal)) {
      const message = results.of(event);
      if (message) socket.send(JSON.stringify(message));
    }
    socket.send(JSON.stringify({ type: "Metadata", ...identity, duration: position / rate, channels: 1 }));
    socket.close(1000);
  };
  work().catch(() => socket.readyState === WebSocket.OPEN && socket.close(1011));
}

const identity = { request_id: crypto.randomUUID(), created: "2026-11-22T00:00:00.000Z" };
const metadata = {
  request_id: identity.request_id,
  model_info: { name: "simulated", version: "2026-11-22.0", arch: "nova-3" },
  model_uuid: crypto.randomUUID(),
};

/** Says in Deepgram's messages what a recognizer reports. */
class Results {
  readonly #rate: number;
  #open: Hypothesis | undefined;
  #from = 0;
  #toldTo = 0;

  constructor(rate: number) {
    this.#rate = rate;
  }

  of(event: HearingEvent): object | undefined {
    switch (event.type) {
      case "speech_started":
        return { type: "SpeechStarted", channel: [0], timestamp: event.position / this.#rate };
      case "hypothesis": {
        this.#open = event.final ? undefined : event;
        const message = this.#results(event.words, event.heardTo, {
          is_final: event.final,
          speech_final: event.final,
        });
        if (event.final) this.#from = event.heardTo;
        return message;
      }
      case "progress":
        if ((event.heardTo - this.#toldTo) * 1000 < quietMs * this.#rate) return undefined;
        return this.#results(this.#open?.words ?? [], event.heardTo, {});
      case "flushed":
        return this.#results([], this.#toldTo, { is_final: true, from_finalize: true });
      default:
        return undefined;
    }
  }

  #results(words: Hypothesis["words"], to: number, flags: object): object {
    this.#toldTo = Math.max(this.#toldTo, to);
    const from = Math.min(this.#from, to);
    return {
      type: "Results",
      channel_index: [0, 1],
      duration: (to - from) / this.#rate,
      start: from / this.#rate,
      is_final: false,
      speech_final: false,
      ...flags,
      channel: {
        alternatives: [{
          transcript: words.map(({ text }) => text).join(" "),
          confidence: 0.99,
          words: words.map(({ text, startMs, endMs }) => ({
            word: text.toLowerCase(),
            start: startMs / 1000,
            end: endMs / 1000,
            confidence: 0.99,
            punctuated_word: text,
          })),
        }],
      },
      metadata,
    };
  }
}
