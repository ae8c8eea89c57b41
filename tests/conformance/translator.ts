import { assert, assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import type { Owned } from "../../adapters/provider.ts";
import { PipelineError } from "../../pipeline/error.ts";
import type {
  Pair,
  Translation,
  TranslationEvent,
  Translator,
  TranslatorOptions,
} from "../../pipeline/ports.ts";
import { patiently } from "./patience.ts";

/** A text together with something that its translation has, and that the translations of the other samples do not have. */
export interface Sample {
  readonly text: string;
  readonly contains: string;
}

/** A translator to be checked and what to give it. */
export interface TranslatorSubject {
  /** Makes a fresh engine; the check disposes of it. */
  create(): Owned<Translator>;
  readonly options: TranslatorOptions;
  readonly samples: readonly [Sample, Sample];
  /** How long to wait for what never comes before a check fails, in ms; 30,000 by default. */
  readonly patienceMs?: number;
}

/** One rule of the port, as a function that rejects with an error when the translator breaks it. */
export interface TranslatorCheck {
  /** Completes the sentence "The translator …". */
  readonly name: string;
  run(subject: TranslatorSubject): Promise<void>;
}

/** Registers one test for each of the {@linkcode translatorChecks}. */
export function conformTranslator(
  name: string,
  setup: () => TranslatorSubject | Promise<TranslatorSubject>,
  options: { readonly ignore?: boolean } = {},
): void {
  for (const check of translatorChecks) {
    Deno.test({
      name: `${name} ${check.name}`,
      ignore: options.ignore ?? false,
      fn: async () => await check.run(await setup()),
    });
  }
}

/** What the port asks of every translator. */
export const translatorChecks: readonly TranslatorCheck[] = [
  {
    name: "translates a text into pieces that make up its translation",
    run: (subject) =>
      withSession(subject, async (session) => {
        for (const sample of subject.samples) {
          const events = await collect(subject, session, sample.text);
          for (const event of events) {
            if (event.type === "append") {
              assert(event.text !== "", "A piece is empty");
            } else if (event.type === "acquired") {
              assert(event === events[0] && event.waitedMs >= 0, "A connection is told of late");
            } else {
              for (const count of [event.audioMs, event.characters, event.tokens]) {
                assert(count === undefined || count >= 0, `Usage is ${count}, expected 0 or more`);
              }
            }
          }
          assertTranslated(subject, sample, textOf(events));
        }
      }),
  },
  {
    name: "keeps requests apart that run at the same time",
    run: (subject) =>
      withSession(subject, async (session) => {
        const samples = Array.from({ length: 6 }, (_, index) => subject.samples[index % 2]!);
        const texts = await Promise.all(samples.map((sample) => translate(subject, session, sample.text)));
        for (const [index, text] of texts.entries()) assertTranslated(subject, samples[index]!, text);
      }),
  },
  {
    name: "does not translate the history again",
    run: (subject) =>
      withSession(subject, async (session) => {
        const [before, sample] = subject.samples;
        const history = [{ source: before.text, target: await translate(subject, session, before.text) }];
        assertTranslated(subject, sample, await translate(subject, session, sample.text, { history }));
      }),
  },
  {
    name: "gives no text for a text without words",
    run: (subject) =>
      withSession(subject, async (session) => {
        for (const text of ["", "  \n"]) {
          assertEquals((await translate(subject, session, text)).trim(), "", "Text came from nothing");
        }
      }),
  },
  {
    name: "takes a text of 5,000 characters or says that it is too long",
    run: (subject) =>
      withSession(subject, async (session) => {
        const [sample] = subject.samples;
        const text = `${sample.text} `.repeat(Math.ceil(5000 / sample.text.length)).slice(0, 5000);
        const outcome = await translate(subject, session, text).catch((error) => error);
        if (outcome instanceof Error) {
          assertInstanceOf(outcome, PipelineError);
          assertEquals(
            outcome.kind,
            "invalid_request",
            "A long text fails for another reason than its length",
          );
        } else {
          const times = outcome.split(sample.contains).length - 1;
          const wanted = Math.floor(5000 / (sample.text.length + 1));
          assert(times >= wanted, `The long text came through ${times} times, expected ${wanted}`);
        }
      }),
  },
  {
    name: "is not harmed by odd characters",
    run: (subject) =>
      withSession(subject, async (session) => {
        for (const odd of oddTexts) {
          await translate(subject, session, odd);
          await translate(subject, session, `${subject.samples[0].text} ${odd}`);
          const [, sample] = subject.samples;
          assertTranslated(subject, sample, await translate(subject, session, sample.text));
        }
      }),
  },
  {
    name: "rejects with the signal's reason when it is aborted, and goes on with the other requests",
    run: (subject) =>
      withSession(subject, async (session) => {
        const [first, second] = subject.samples;
        for (const moment of ["before the start", "while it works"] as const) {
          const abort = new AbortController();
          const reason = new Error(moment);
          if (moment === "before the start") abort.abort(reason);
          const aborted = patiently(
            `an abort ${moment}`,
            (patience) => gather(session, first.text, [], AbortSignal.any([abort.signal, patience])),
            subject.patienceMs,
          ).catch((error) => error);
          const other = translate(subject, session, second.text);
          abort.abort(reason);
          const [outcome, text] = await Promise.all([aborted, other]);
          assertStrictEquals(outcome, reason, `Aborted ${moment}: it did not reject with the reason`);
          assertTranslated(subject, second, text);
          assertTranslated(subject, second, await translate(subject, session, second.text));
        }
      }),
  },
  {
    name: "keeps two sessions apart",
    async run(subject) {
      await using engine = subject.create();
      await using one = await open(subject, engine);
      const other = await open(subject, engine);
      await translate(subject, other, subject.samples[1].text);
      await other[Symbol.asyncDispose]();
      const [sample] = subject.samples;
      assertTranslated(subject, sample, await translate(subject, one, sample.text));
    },
  },
  {
    name: "can be disposed twice and throws when it is used afterwards",
    async run(subject) {
      const engine = subject.create();
      const session = await open(subject, engine);
      await translate(subject, session, subject.samples[0].text);
      await session[Symbol.asyncDispose]();
      await session[Symbol.asyncDispose]();
      const used = await translate(subject, session, subject.samples[0].text).catch((error) => error);
      assertInstanceOf(used, TypeError, "A disposed session translates");
      await engine[Symbol.asyncDispose]();
      await engine[Symbol.asyncDispose]();
      const opened = await open(subject, engine).catch((error) => error);
      assertInstanceOf(opened, TypeError, "A disposed engine opens a session");
    },
  },
  {
    name: "does not open when the signal is aborted already",
    async run(subject) {
      await using engine = subject.create();
      const reason = new Error("too late");
      const outcome = await engine.open({ ...subject.options, signal: AbortSignal.abort(reason) }).then(
        async (session) => await session[Symbol.asyncDispose](),
        (error) => error,
      );
      assertStrictEquals(outcome, reason);
    },
  },
  {
    name: "refuses a language that it does not know",
    async run(subject) {
      await using engine = subject.create();
      // "qaa" is reserved for private use: no translator knows it.
      const outcome = await patiently(
        "a refusal",
        (signal) => engine.open({ ...subject.options, target: "qaa", signal }),
        subject.patienceMs,
      ).then(
        async (session) => await session[Symbol.asyncDispose](),
        (error) => error,
      );
      assertInstanceOf(outcome, PipelineError);
      assertEquals(outcome.kind, "unsupported_language");
    },
  },
];

const oddTexts: readonly string[] = [
  "a\0b",
  "one\ntwo\r\nthree\ttab",
  "[b] {c} ^d/e<f>$ \\ @g",
  "]]][[ }}{{ ^^^ $$$ <<< \\\\\\",
  ".[][\n]",
  "😀 👩‍👩‍👧 e\u0301 \u202e\u200b\ufeff",
  "日本語 русский עברית",
  "3.14 € 50 % #tag *star ~tilde +plus _under |pipe&and",
  "\ud800 alone",
  "'\"`",
];

function assertTranslated(subject: TranslatorSubject, sample: Sample, text: string): void {
  const other = subject.samples.find((one) => one !== sample)!;
  // The texts are the check's own, so that the message may hold them.
  assert(
    text.includes(sample.contains),
    `The translation of "${sample.text}" is "${text}", expected it to have "${sample.contains}"`,
  );
  assert(!text.includes(other.contains), `The translation of "${sample.text}" has "${other.contains}" in it`);
}

async function withSession(
  subject: TranslatorSubject,
  check: (session: Translation) => Promise<void>,
): Promise<void> {
  await using engine = subject.create();
  await using session = await open(subject, engine);
  await check(session);
}

function open(subject: TranslatorSubject, engine: Translator): Promise<Translation> {
  return patiently("a session", (signal) => engine.open({ ...subject.options, signal }), subject.patienceMs);
}

async function gather(
  session: Translation,
  text: string,
  history: readonly Pair[],
  signal: AbortSignal,
): Promise<TranslationEvent[]> {
  const events: TranslationEvent[] = [];
  for await (const event of session.translate({ segment: 1, text, history }, signal)) events.push(event);
  return events;
}

function collect(
  subject: TranslatorSubject,
  session: Translation,
  text: string,
  { history = [] }: { history?: readonly Pair[] } = {},
): Promise<TranslationEvent[]> {
  return patiently(
    "the end of a translation",
    (signal) => gather(session, text, history, signal),
    subject.patienceMs,
  );
}

async function translate(
  subject: TranslatorSubject,
  session: Translation,
  text: string,
  options: { history?: readonly Pair[] } = {},
): Promise<string> {
  return textOf(await collect(subject, session, text, options));
}

function textOf(events: readonly TranslationEvent[]): string {
  return events.map((event) => event.type === "append" ? event.text : "").join("");
}
