import { assertEquals, assertRejects } from "@std/assert";
import type { EndToEndReport } from "../../../../adapters/net/end_to_end_wire.ts";
import {
  SessionPerTarget,
  type TargetLink,
  type TargetListener,
} from "../../../../adapters/net/session_per_target.ts";
import { SourceMap } from "../../../../adapters/net/source_map.ts";

const signal = new AbortController().signal;

/** A link that the test speaks for. */
class PlayedLink implements TargetLink {
  readonly sent: string[] = [];
  readonly waitingBytes: number;
  awaiting = false;
  disposed = false;
  listener!: TargetListener;
  readonly #ended: Promise<void> | undefined;

  constructor(waitingBytes: number, ended?: Promise<void>) {
    this.waitingBytes = waitingBytes;
    this.#ended = ended;
  }

  listen(listener: TargetListener): void {
    this.listener = listener;
  }

  send(message: string): void {
    this.sent.push(message);
  }

  pause(): void {
    this.sent.push("pause");
  }

  end(): Promise<void> | undefined {
    this.sent.push("end");
    return this.#ended;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.disposed = true;
    return Promise.resolve();
  }
}

const targets = [{ target: "es", code: "es" }, { target: "pt", code: "pt-BR" }];
const message = (chunk: Int16Array) => `${chunk.length}`;

/** A report that writes down what it is told. */
function reporting(): EndToEndReport & { readonly told: readonly unknown[] } {
  const told: unknown[] = [];
  return {
    told,
    map: new SourceMap(16_000),
    speaking: true,
    promotedMs: -Infinity,
    wrote: (...wrote) => void told.push(wrote),
    said: () => {},
    translated: (translation) => void told.push(translation),
    spoke: (target, bytes) => void told.push([target, bytes.length]),
    used: ({ tokens }) => void told.push(tokens),
    failed: (error) => void told.push(error),
  };
}

async function opened(links: readonly PlayedLink[]) {
  const asked: unknown[] = [];
  const session = await SessionPerTarget.open({
    targets,
    message,
    open(code, transcribes) {
      asked.push([code, transcribes]);
      return Promise.resolve(links[asked.length - 1]!);
    },
  }, signal);
  return { session, asked };
}

Deno.test("SessionPerTarget sends each piece into all connections, and puts together what comes back", async () => {
  const links = [new PlayedLink(3), new PlayedLink(5)] as const;
  const { session, asked } = await opened(links);
  assertEquals(asked, [["es", true], ["pt-BR", false]]);
  const report = reporting();
  session.listen(report);
  session.send(new Int16Array(7));
  session.pause();
  assertEquals(links.map(({ sent }) => sent), [["7", "pause"], ["7", "pause"]]);
  assertEquals([session.waitingBytes, session.counts, session.awaiting], [5, 2, false]);
  links[1].awaiting = true;
  assertEquals([session.awaiting, links[0].listener.speaking], [true, true]);
  for (const { listener } of links) {
    listener.take({ type: "source", text: "one", atMs: 3 });
    listener.take({ type: "target", text: "uno" });
    listener.take({ type: "target", text: "" });
    listener.take({ type: "audio", bytes: new Uint8Array(2) });
    listener.take({ type: "usage", tokens: 9 });
  }
  links[1].listener.failed("cut");
  const uno = (target: string) => ({ target, append: "uno", tentative: "" });
  assertEquals(report.told, [["one", 3], uno("es"), ["es", 2], 9, uno("pt"), ["pt", 2], 9, "cut"]);
  assertEquals(session.end(), undefined);
});

Deno.test("SessionPerTarget has ended when every connection that says so has", async () => {
  const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const { session } = await opened([new PlayedLink(0, first.promise), new PlayedLink(0, second.promise)]);
  let ended = false;
  const end = session.end()!.then(() => ended = true);
  first.resolve();
  await first.promise;
  assertEquals(ended, false);
  second.resolve();
  await end;
});

Deno.test("SessionPerTarget.open() keeps no connection when one fails, and stops the others", async () => {
  const link = new PlayedLink(0);
  const stopped = Promise.withResolvers<unknown>();
  const three = [...targets, { target: "fr", code: "fr" }];
  await assertRejects(
    () =>
      SessionPerTarget.open({
        targets: three,
        message,
        async open(code, _transcribes, signal) {
          if (code === "es") return link;
          if (code === "pt-BR") {
            await Promise.resolve();
            throw new Error("refused");
          }
          return await new Promise<never>((_resolve, reject) =>
            signal.addEventListener("abort", () => {
              stopped.resolve(signal.reason);
              reject(signal.reason);
            })
          );
        },
      }, signal),
    Error,
    "refused",
  );
  assertEquals([String(await stopped.promise), link.disposed], ["Error: refused", true]);
});
