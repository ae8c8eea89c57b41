import type { Owned } from "../../../adapters/provider.ts";
import type { SpeechRecognizer, SpeechSynthesizer, Translator } from "../../../pipeline/ports.ts";

interface Engines {
  readonly recognizer: Owned<SpeechRecognizer>;
  readonly translator: Owned<Translator>;
  readonly synthesizer: Owned<SpeechSynthesizer>;
}

/** Counts the sessions of engines that were opened and not disposed. */
export class Census {
  open = 0;
  opened = 0;

  /** The same engines, counted. */
  around({ recognizer, translator, synthesizer }: Engines): Engines {
    return {
      recognizer: {
        ...recognizer,
        open: async (options) => {
          const hearing = await recognizer.open(options);
          return { hear: hearing.hear.bind(hearing), ...this.#count(hearing) };
        },
      },
      translator: {
        ...translator,
        open: async (options) => {
          const translation = await translator.open(options);
          return { translate: translation.translate.bind(translation), ...this.#count(translation) };
        },
      },
      synthesizer: {
        ...synthesizer,
        open: async (options) => {
          const voice = await synthesizer.open(options);
          return { format: voice.format, speak: voice.speak.bind(voice), ...this.#count(voice) };
        },
      },
    };
  }

  #count(session: AsyncDisposable): AsyncDisposable {
    this.open += 1;
    this.opened += 1;
    let disposed = false;
    return {
      [Symbol.asyncDispose]: async () => {
        if (!disposed) this.open -= 1;
        disposed = true;
        await session[Symbol.asyncDispose]();
      },
    };
  }
}
