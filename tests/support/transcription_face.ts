import { Queue } from "../../flow/queue.ts";
import type { Input, SpeechRecognizer, Word } from "../../pipeline/ports.ts";
import { readUpload } from "./contract/upload.ts";

/** A recognizer behind OpenAI's route for transcriptions, on loopback. */
export interface TranscriptionFace extends AsyncDisposable {
  /** Where its routes begin. */
  readonly address: string;
  /** How much audio each request had, in ms. */
  readonly audioMs: readonly number[];
}

const { signal: forever } = new AbortController();
/** How much silence is between two files, so that the recognizer notices where each begins, in ms. */
const apartMs = 300;

/**
 * Serves a recognizer as `POST /audio/transcriptions`, one file at a time and in order, as whisper.cpp does; answers with `verbose_json` and the times of
 * the words.
 */
export async function transcriptionFace(engine: SpeechRecognizer, rate = 16_000): Promise<TranscriptionFace> {
  const format = { codec: "pcm_s16le", rate } as const;
  const hearing = await engine.open({ languages: ["en"], format, glossary: {}, signal: forever });
  const source = new Queue<Input>({ limit: 64 });
  const heard: Word[] = [];
  const answers = new Map<number, (words: readonly Word[]) => void>();
  const listening = (async () => {
    for await (const event of hearing.hear(source.items(forever), forever)) {
      if (event.type === "hypothesis" && event.final) heard.push(...event.words);
      if (event.type === "flushed") answers.get(event.id)?.(heard.splice(0));
    }
  })();
  const audioMs: number[] = [];
  let position = 0;
  let turn = Promise.resolve();

  /** The words of a file, with times within it. */
  async function transcribe(samples: Int16Array): Promise<{ word: string; start: number; end: number }[]> {
    const offset = position;
    const id = audioMs.push(samples.length * 1000 / rate);
    const answer = Promise.withResolvers<readonly Word[]>();
    answers.set(id, answer.resolve);
    for (let at = 0; at < samples.length; at += rate / 10) {
      const piece = samples.subarray(at, at + rate / 10);
      await source.send({ type: "frame", rate, position: offset + at, samples: piece }, forever);
    }
    await source.send({ type: "flush", id }, forever);
    position += samples.length + apartMs * rate / 1000;
    return (await answer.promise).map(({ text, startMs, endMs }) => ({
      word: text,
      start: startMs / 1000 - offset / rate,
      end: endMs / 1000 - offset / rate,
    }));
  }

  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    if (request.method !== "POST") return Response.json({ data: [] });
    const bytes = new Uint8Array(await request.arrayBuffer());
    const { samples } = await readUpload({ headers: request.headers, bytes });
    const before = turn;
    const done = Promise.withResolvers<void>();
    turn = done.promise;
    await before;
    try {
      const words = await transcribe(samples);
      const text = words.map(({ word }) => word).join(" ");
      return Response.json({
        task: "transcribe",
        language: "english",
        duration: samples.length / rate,
        text,
        words,
      });
    } finally {
      done.resolve();
    }
  });
  return {
    address: `http://127.0.0.1:${server.addr.port}`,
    audioMs,
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      source.close();
      await listening;
      await hearing[Symbol.asyncDispose]();
    },
  };
}
