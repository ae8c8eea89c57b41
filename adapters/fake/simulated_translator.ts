import { systemClock } from "../../flow/clock.ts";
import type { Translation, TranslationEvent, TranslationRequest, Translator } from "../../pipeline/ports.ts";
import { Lifetime } from "../lifetime.ts";
import type { Owned } from "../provider.ts";
import { drawMs } from "./latency.ts";
import { profiles } from "./profiles/mod.ts";
import { Random } from "./random.ts";
import { simulatorName, type SimulatorOptions } from "./simulator.ts";
import { fakeTranslator } from "./translator.ts";
import { drawDelayFactor, drawFate, refusal, silence, suffer } from "./trouble.ts";
import { lengthen } from "./vocabulary.ts";

/** A language model's tokens in a word of a European language, on average. */
const tokensPerWord = 1.3;

/** A translator with the times and the failures of a remote language model. It knows no language: it makes the text longer by about 15 %. */
export function simulatedTranslator(options: SimulatorOptions = {}): Owned<Translator> {
  const { seed = 1, profile = profiles[0], clock = systemClock } = options;
  const trouble = options.trouble?.mt ?? {};
  const { firstTokenMs, tokensPerSecond, openMs } = profile.mt;
  const inner = fakeTranslator({ name: simulatorName, translate: lengthen });
  const lifetime = new Lifetime(`translator ${simulatorName}`);
  const chance = new Random(seed);
  const wordMs = tokensPerWord * 1000 / tokensPerSecond;

  async function* translate(
    { translation, random }: { readonly translation: Translation; readonly random: Random },
    request: TranslationRequest,
    outer: AbortSignal,
  ): AsyncGenerator<TranslationEvent> {
    const fate = drawFate(trouble, random);
    using either = lifetime.link(outer);
    const { signal } = either;
    const firstMs = drawMs(firstTokenMs, random) * (fate.slow ? drawDelayFactor(random) : 1);
    if (firstMs > 0) await clock.sleep(firstMs, signal);
    if (fate.refused) throw refusal("Cannot translate", random);
    let first = true;
    const ending = { fate, silence: silence(trouble.stallMs, clock), what: "Cannot translate" };
    for await (const event of suffer(translation.translate(request, signal), ending, signal)) {
      if (event.type !== "append") {
        yield event;
        continue;
      }
      if (fate.empty) continue;
      if (!first && wordMs > 0) await clock.sleep(wordMs, signal);
      first = false;
      for (const text of fate.odd ? cutOddly(event.text, random) : [event.text]) {
        yield { type: "append", text };
      }
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
      const translation = await inner.open(request);
      return {
        translate: (request, signal) => translate({ translation, random }, request, signal),
        [Symbol.asyncDispose]: () => translation[Symbol.asyncDispose](),
      };
    },
    async [Symbol.asyncDispose]() {
      lifetime.end();
      await inner[Symbol.asyncDispose]();
    },
  };
}

/** The text in pieces that may be empty or end within a word. */
function cutOddly(text: string, random: Random): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < text.length;) {
    const end = at + random.whole(0, 3);
    pieces.push(text.slice(at, end));
    at = end;
  }
  return pieces;
}
