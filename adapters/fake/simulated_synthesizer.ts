import { systemClock } from "../../flow/clock.ts";
import { durationMs, type Frame } from "../../pipeline/audio.ts";
import type { SpeechEvent, SpeechSynthesizer, Voice } from "../../pipeline/ports.ts";
import { Lifetime } from "../lifetime.ts";
import type { Owned } from "../provider.ts";
import { drawMs } from "./latency.ts";
import { profiles } from "./profiles/mod.ts";
import { Random } from "./random.ts";
import { simulatorName, type SimulatorOptions } from "./simulator.ts";
import { fakeSynthesizer } from "./synthesizer.ts";
import { drawDelayFactor, drawFate, refusal, silence, suffer } from "./trouble.ts";

/** The longest piece of audio that a voice may give. */
const longestPieceMs = 200;
/** Audio comes in bursts of so much, as it does over a network. */
const burstMs = 400;

/** A synthesizer with the times and the failures of a remote voice: a tone for as long as it would take to say the text. */
export function simulatedSynthesizer(options: SimulatorOptions = {}): Owned<SpeechSynthesizer> {
  const { seed = 1, profile = profiles[0], clock = systemClock } = options;
  const trouble = options.trouble?.tts ?? {};
  const { firstAudioMs, realTimeFactor, openMs } = profile.tts;
  const inner = fakeSynthesizer({ name: simulatorName });
  const lifetime = new Lifetime(`synthesizer ${simulatorName}`);
  const chance = new Random(seed);

  async function* speak(
    { voice, random }: { readonly voice: Voice; readonly random: Random },
    text: AsyncIterable<string>,
    how: { readonly segment: number; readonly speed: number },
    outer: AbortSignal,
  ): AsyncGenerator<SpeechEvent> {
    const fate = drawFate(trouble, random);
    using either = lifetime.link(outer);
    const { signal } = either;
    const firstMs = drawMs(firstAudioMs, random) * (fate.slow ? drawDelayFactor(random) : 1);
    let first = true;
    let aheadMs = 0;
    const begin = async () => {
      first = false;
      if (firstMs > 0) await clock.sleep(firstMs, signal);
      if (fate.refused) throw refusal("Cannot speak", random);
    };
    const ending = { fate, silence: silence(trouble.stallMs, clock), what: "Cannot speak" };
    for await (const event of suffer(voice.speak(text, how, signal), ending, signal)) {
      if (event.type !== "frame") {
        yield event;
        continue;
      }
      if (fate.empty) continue;
      if (first) await begin();
      if (aheadMs >= burstMs && realTimeFactor > 0) {
        await clock.sleep(aheadMs * realTimeFactor, signal);
        aheadMs = 0;
      }
      aheadMs += durationMs(event.samples.length, event.rate);
      for (const frame of fate.odd ? cutOddly(event, random) : [event]) yield frame;
      signal.throwIfAborted();
    }
  }

  return {
    name: simulatorName,
    traits: inner.traits,
    async open(request) {
      lifetime.check();
      request.signal.throwIfAborted();
      const random = chance.fork();
      const ms = drawMs(openMs, random);
      using either = lifetime.link(request.signal);
      if (ms > 0) await clock.sleep(ms, either.signal);
      if (random.chance(trouble.refused ?? 0)) throw refusal(`Cannot open ${simulatorName}`, random);
      const voice = await inner.open(request);
      return {
        format: voice.format,
        speak: (text, how, signal) => speak({ voice, random }, text, how, signal),
        [Symbol.asyncDispose]: () => voice[Symbol.asyncDispose](),
      };
    },
    async [Symbol.asyncDispose]() {
      lifetime.end();
      await inner[Symbol.asyncDispose]();
    },
  };
}

/** The same sound in pieces of any size, some of them empty. */
function cutOddly(frame: Frame, random: Random): Frame[] {
  const pieces: Frame[] = [];
  const longest = Math.floor(frame.rate * longestPieceMs / 1000);
  for (let at = 0; at < frame.samples.length;) {
    const end = at + random.pick([0, 1, 7, longest >> 4, longest >> 1, longest]);
    pieces.push({ ...frame, position: frame.position + at, samples: frame.samples.slice(at, end) });
    at = end;
  }
  return pieces;
}
