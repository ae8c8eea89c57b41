import { assert, assertEquals, assertGreater, assertStringIncludes } from "@std/assert";
import { WavReader } from "../../media/wav_reader.ts";
import { requireEngine } from "../support/engines.ts";
import { liveService } from "../support/live_service.ts";
import { RunningCommand } from "../support/command.ts";

/** The demo on scripted engines: its talk is rendered by flite all the same. */
const fakes = { PARLEY_STT: "fake", PARLEY_MT: "fake", PARLEY_TTS: "fake" };

Deno.test({
  name: "demo starts the service, shows the talk, and ends both in order when it is told to",
  ...requireEngine(["flite"]),
  async fn() {
    const port = freePort();
    const out = await Deno.makeTempFile({ suffix: ".wav" });
    const demo = new RunningCommand("cli/demo.ts", ["--out", out], {
      env: { ...fakes, PARLEY_PORT: `${port}`, PARLEY_API_KEY: "is-not-a-setting-of-the-service" },
    });
    // A clause was spoken: its caption comes before its sound.
    await until(() => demo.stdout.includes("es:word") && demo.stdout.includes("= stt"));
    assertEquals(
      (await fetch(`http://127.0.0.1:${port}/healthz`).then((response) => response.json())).status,
      "ok",
    );
    demo.kill("SIGTERM");
    const { code, stdout, stderr } = await demo.result();
    assertEquals([code, stderr], [0, ""]);
    for (const text of ["Starting the service", "stt fake ✓", "first audio", "before it ended", out]) {
      assertStringIncludes(stdout, text);
    }
    assert(!(await answers(port)), "the service is still there");
    const reader = new WavReader();
    const samples = reader.push(await Deno.readFile(out));
    assertGreater(samples.findIndex((sample) => Math.abs(sample) > 0.01), 0);
    await Deno.remove(out);
  },
});

Deno.test({
  name: "demo leaves no service behind when it is killed",
  ...requireEngine(["flite"]),
  async fn() {
    const port = freePort();
    const demo = new RunningCommand("cli/demo.ts", [], { env: { ...fakes, PARLEY_PORT: `${port}` } });
    await until(() => demo.stdout.includes("tts fake ✓"));
    assert(await answers(port));
    demo.kill("SIGKILL");
    await demo.result();
    await until(async () => !(await answers(port)));
  },
});

Deno.test({
  name: "demo uses a service that runs already, and leaves it running",
  ...requireEngine(["flite"]),
  async fn() {
    await using service = liveService();
    const out = await Deno.makeTempFile({ suffix: ".wav" });
    const { port } = new URL(service.url);
    const demo = new RunningCommand("cli/demo.ts", ["--out", out], { env: { PARLEY_PORT: port } });
    await until(() => demo.stdout.includes("es:sea"));
    demo.kill("SIGINT");
    const { code, stdout } = await demo.result();
    assertEquals(code, 0);
    assertStringIncludes(stdout, `Using the service that runs on http://localhost:${port}`);
    assert(await answers(Number(port)));
    await Deno.remove(out);
  },
});

Deno.test("demo says so when something else has the port", async () => {
  await using other = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response("hello"),
  );
  const demo = new RunningCommand("cli/demo.ts", ["--once"], { env: { PARLEY_PORT: `${other.addr.port}` } });
  const { code, stderr } = await demo.result();
  assertEquals(code, 1);
  assertStringIncludes(stderr, `Something else than Parley answers on port ${other.addr.port}`);
  assertStringIncludes(stderr, "PARLEY_PORT=");
});

Deno.test("demo tells why the service does not start", async () => {
  const demo = new RunningCommand("cli/demo.ts", ["--once"], {
    env: { PARLEY_PORT: `${freePort()}`, PARLEY_STT: "nobody" },
  });
  const { code, stderr } = await demo.result();
  assertEquals(code, 1);
  assertStringIncludes(stderr, "The service ended before it was ready");
  assertStringIncludes(stderr, "PARLEY_STT: expected one or several of");
});

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

async function answers(port: number): Promise<boolean> {
  try {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port });
    connection.close();
    return true;
  } catch {
    return false;
  }
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 50));
}
