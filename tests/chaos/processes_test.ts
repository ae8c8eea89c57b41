import { assertEquals, assertGreater } from "@std/assert";
import { renderClauses } from "../../cli/sample/render.ts";
import { wsConnect } from "../../cli/socket.ts";
import { connect } from "../../client/session.ts";
import { loadConfig } from "../../config.ts";
import { systemClock } from "../../flow/clock.ts";
import { Auditor } from "../support/chaos/auditor.ts";
import { requireEngine } from "../support/engines.ts";
import { serveEngines } from "../support/live_service.ts";
import { type ProcessEntry, runningProcesses } from "../support/processes.ts";
import { wordErrors } from "../support/wer.ts";

const talk = [
  "Good evening, and welcome to our village.",
  "Every summer, visitors came to us from other countries.",
  "Some visited the market, and some visited the little church.",
  "It was not easy, but it was not expensive.",
  "In the morning we walked to the old house near the sea.",
  "The children played in the garden until the evening.",
].join("\n");

/** The programs of the local engines, by stage; those of recognition run in Deno. */
const programs = {
  stt: /^deno/,
  mt: /^(lt-proc|cg-proc|lrx-proc|rtx-proc|apertium|lsx-proc)/,
  tts: /^espeak/,
} as const;
/** A kill at one stage after the other, in ms between two, and so many kills. */
const everyMs = 1500;
const kills = 7;

/** Everything that this process has started, and what that has started. */
function descendants(): readonly ProcessEntry[] {
  const all = runningProcesses();
  const found = new Set([Deno.pid]);
  for (let before = 0; before < found.size;) {
    before = found.size;
    for (const { pid, parent } of all) if (found.has(parent)) found.add(pid);
  }
  return all.filter(({ pid }) => pid !== Deno.pid && found.has(pid));
}

/** Kills processes of each stage in turn, as soon as there is one of it. */
async function killInTurn(signal: AbortSignal): Promise<Readonly<Record<keyof typeof programs, number>>> {
  const killed = { stt: 0, mt: 0, tts: 0 };
  const stages = Object.keys(programs) as (keyof typeof programs)[];
  try {
    for (let turn = 0; turn < kills; turn += 1) {
      const stage = stages[turn % stages.length]!;
      await systemClock.sleep(everyMs, signal);
      let victims: readonly ProcessEntry[] = [];
      while (victims.length === 0) {
        victims = descendants().filter(({ name }) => programs[stage].test(name));
        if (victims.length === 0) await systemClock.sleep(1, signal);
      }
      // Of the recognizer's, one hears and the others wait to: the one that is there for longest hears.
      for (const { pid } of stage === "stt" ? victims.slice(0, 1) : victims) {
        try {
          Deno.kill(pid, "SIGKILL");
          killed[stage] += 1;
        } catch {
          // It has ended by itself in the meantime.
        }
      }
    }
  } catch {
    // The talk is over.
  }
  return killed;
}

Deno.test({
  name:
    "Engine processes that are killed at every stage cost no word, and each segment is spoken once or told of once",
  ...requireEngine(["pocketsphinx", "apertium", "espeak", "flite"]),
  async fn() {
    const { signal } = new AbortController();
    const { samples, rate } = await renderClauses(talk, signal);
    const before = new Set(descendants().map(({ pid }) => pid));
    const { recognizer, translator, synthesizer } = loadConfig({}).createEngines();
    const engines = [recognizer, translator, synthesizer];
    let heard = "";
    {
      await using service = serveEngines({ recognizer, translator, synthesizer });
      await using session = await connect({
        url: `${service.socketUrl}/v1/stream`,
        start: { source: "en", targets: ["es"], input: { codec: "pcm_s16le", rate } },
        connect: wsConnect,
        signal,
      });
      const auditor = new Auditor(session.lanes);
      const over = new AbortController();
      const killing = killInTurn(over.signal);
      const speaking = (async () => {
        for (let at = 0; at < samples.length; at += rate / 10) {
          await systemClock.sleep(100, signal);
          await session.send(samples.subarray(at, at + rate / 10));
        }
        await session.end();
      })();
      for await (const event of session.events) {
        auditor.take(event);
        if (event.type === "segment") heard += ` ${event.text}`;
        if (event.type === "state" && event.state === "ended") break;
      }
      await speaking;
      over.abort();
      const killed = await killing;
      assertEquals([auditor.violations, service.faults], [[], []]);
      for (const [stage, count] of Object.entries(killed)) assertGreater(count, 0, stage);
      assertGreater(auditor.counts.spoken, 2);
    }
    for (const engine of engines) await engine[Symbol.asyncDispose]();
    assertEquals(descendants().filter(({ pid }) => !before.has(pid)), []);
    assertEquals(wordErrors(talk, heard).rate < 0.2, true, heard);
  },
});
