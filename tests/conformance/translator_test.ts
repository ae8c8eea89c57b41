import { assert, assertEquals, assertRejects } from "@std/assert";
import { fakeTranslator } from "../../adapters/fake/translator.ts";
import type { Owned } from "../../adapters/provider.ts";
import { PipelineError } from "../../pipeline/error.ts";
import type { Translation, TranslationEvent, TranslationRequest, Translator } from "../../pipeline/ports.ts";
import { translatorChecks, type TranslatorSubject } from "./translator.ts";

type Translate = Translation["translate"];

/** A fake translator whose sessions translate in another way. */
function changed(change: (translate: Translate) => Translate): Owned<Translator> {
  const fake = fakeTranslator();
  return {
    ...fake,
    async open(options) {
      const session = await fake.open(options);
      return { ...session, translate: change((request, signal) => session.translate(request, signal)) };
    },
  };
}

/** A fake translator that is opened or disposed of in another way. */
function changedEngine(change: Partial<Owned<Translator>>): Owned<Translator> {
  return { ...fakeTranslator(), ...change };
}

async function* answer(text: string): AsyncGenerator<TranslationEvent> {
  await Promise.resolve();
  if (text !== "") yield { type: "append", text };
}

function mark(text: string): string {
  return text.replaceAll(/\S+/g, "es:$&");
}

/** Translators that break one rule, by the rule's name. */
const broken: Readonly<Record<string, readonly (() => Owned<Translator>)[]>> = {
  "translates a text into pieces that make up its translation": [
    () => changed(() => () => answer("")),
    () => changed(() => () => answer("es:always es:the es:same")),
    () =>
      changed((translate) =>
        async function* (request, signal) {
          yield { type: "append", text: "" };
          yield* translate(request, signal);
        }
      ),
    () =>
      changed((translate) =>
        async function* (request, signal) {
          yield* translate(request, signal);
          yield { type: "usage", characters: -1 };
        }
      ),
  ],
  "keeps requests apart that run at the same time": [
    () => {
      let current = "";
      return changed(() =>
        async function* ({ text }) {
          current = text;
          await Promise.resolve();
          yield* answer(mark(current));
        }
      );
    },
  ],
  "does not translate the history again": [
    () =>
      changed((translate) => (request, signal) => {
        const before = request.history.map((pair) => pair.source);
        return translate({ ...request, text: [...before, request.text].join(" ") }, signal);
      }),
  ],
  "gives no text for a text without words": [
    () => changed(() => ({ text }) => answer(text.trim() === "" ? "es:." : mark(text))),
    () =>
      changed((translate) => (request, signal) => {
        if (request.text === "") throw new PipelineError("invalid_request", "Cannot translate nothing");
        return translate(request, signal);
      }),
  ],
  "takes a text of 5,000 characters or says that it is too long": [
    () => changed(() => ({ text }) => answer(mark(text.slice(0, 1000)))),
    () =>
      changed((translate) => (request, signal) => {
        if (request.text.length > 1000) throw new PipelineError("internal", "Cannot translate");
        return translate(request, signal);
      }),
  ],
  "is not harmed by odd characters": [
    () =>
      changed((translate) => (request, signal) => {
        if (request.text.includes("\0")) throw new PipelineError("internal", "Cannot translate");
        return translate(request, signal);
      }),
    () => {
      // As a program does that is asked twice and answers once: what comes next is one behind.
      let late: string | undefined;
      return changed(() => (request) => {
        const text: string = late ?? request.text;
        late = request.text.includes("[") || late !== undefined ? request.text : undefined;
        return answer(mark(text));
      });
    },
  ],
  "rejects with the signal's reason when it is aborted, and goes on with the other requests": [
    () => changed((translate) => (request) => translate(request, new AbortController().signal)),
    () =>
      changed((translate) =>
        async function* (request, signal) {
          try {
            yield* translate(request, signal);
          } catch {
            throw new PipelineError("internal", "Cannot translate");
          }
        }
      ),
    () => changed(() => () => hang()),
    () => {
      let broken = false;
      return changed((translate) =>
        async function* (request: TranslationRequest, signal: AbortSignal) {
          if (broken) throw new PipelineError("unavailable", "Cannot translate");
          signal.addEventListener("abort", () => broken = true);
          yield* translate(request, signal);
        }
      );
    },
  ],
  "keeps two sessions apart": [
    () => {
      const fake = fakeTranslator();
      return {
        ...fake,
        async open(options) {
          const session = await fake.open(options);
          return { ...session, [Symbol.asyncDispose]: () => fake[Symbol.asyncDispose]() };
        },
      };
    },
  ],
  "can be disposed twice and throws when it is used afterwards": [
    () => changed(() => ({ text }) => answer(mark(text))),
    () => changedEngine({ [Symbol.asyncDispose]: () => Promise.resolve() }),
    () => {
      const fake = fakeTranslator();
      let disposed = false;
      return changedEngine({
        open: (options) => fake.open(options),
        [Symbol.asyncDispose]: () => {
          if (disposed) return Promise.reject(new TypeError("Cannot dispose twice"));
          disposed = true;
          return fake[Symbol.asyncDispose]();
        },
      });
    },
  ],
  "does not open when the signal is aborted already": [
    () => {
      const fake = fakeTranslator();
      return {
        ...fake,
        open: (options) => fake.open({ ...options, signal: new AbortController().signal }),
      };
    },
  ],
  "refuses a language that it does not know": [
    () => {
      const fake = fakeTranslator();
      return { ...fake, open: (options) => fake.open({ ...options, target: "es" }) };
    },
    () => changedEngine({ open: () => Promise.reject(new PipelineError("internal", "Cannot open")) }),
  ],
};

function hang(): AsyncIterable<TranslationEvent> {
  return { [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) };
}

const subject: Omit<TranslatorSubject, "create"> = {
  options: { source: "en", target: "es", glossary: {} },
  samples: [{ text: "one two three", contains: "es:two" }, { text: "four five six", contains: "es:five" }],
  patienceMs: 200,
};

Deno.test("translatorChecks are all shown to fail", () => {
  assertEquals(Object.keys(broken).sort(), translatorChecks.map((check) => check.name).sort());
});

for (const check of translatorChecks) {
  for (const [index, create] of (broken[check.name] ?? []).entries()) {
    Deno.test(`translatorChecks find a translator that breaks "${check.name}" (${index + 1})`, async () => {
      const error = await assertRejects(() => check.run({ ...subject, create }));
      assert(error instanceof Error);
    });
  }
}
