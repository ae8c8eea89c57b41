import { assertRejects } from "@std/assert";
import { resilient } from "../../../../adapters/compose/mod.ts";
import { fakeSynthesizer } from "../../../../adapters/fake/synthesizer.ts";
import { BackgroundTasks } from "../../../../flow/background_tasks.ts";
import { PipelineError } from "../../../../pipeline/error.ts";
import { FakeClock } from "../../../support/fake_clock.ts";

Deno.test("resilient() gives up a voice that does not end although its text has ended without a word", async () => {
  const clock = new FakeClock();
  await using background = new BackgroundTasks({ clock });
  await using engine = resilient(
    "tts",
    [fakeSynthesizer({ clock, faults: [{ fault: "stall", times: 9 }] })],
    {
      clock,
      random: () => 0.5,
      background,
      observe: () => {},
    },
  );
  const { signal } = new AbortController();
  await using voice = await engine.open({ language: "es", formats: engine.traits.formats, signal });
  const text = async function* () {
    yield " ";
  };
  const speaking = assertRejects(
    () => Array.fromAsync(voice.speak(text(), { segment: 1, speed: 1 }, signal)),
    PipelineError,
    "it gave no first result",
  );
  await clock.advance(120_000);
  await speaking;
});
