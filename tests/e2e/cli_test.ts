import {
  assert,
  assertEquals,
  assertGreater,
  assertLess,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { WavReader } from "../../media/wav_reader.ts";
import { wavHeader } from "../../media/wav_writer.ts";
import { utterance } from "../../adapters/fake/script.ts";
import { type CommandResult, runCommand, RunningCommand } from "../support/command.ts";
import { cuttingProxy } from "../support/cutting_proxy.ts";
import { type LiveService, liveService } from "../support/live_service.ts";
import { wavFile } from "../support/wav_file.ts";

const rate = 16_000;

Deno.test("translate writes the speech and the captions of a talk", async () => {
  await using service = liveService();
  await using folder = await temporaryFolder();
  const talk = await folder.write("talk.wav", tone(6_000));
  const [out, captions] = [folder.path("out.wav"), folder.path("out.vtt")];
  const { code, stdout, stderr } = await translate(service, [
    talk,
    "--to",
    "es",
    "--fast",
    "--out",
    out,
    "--captions",
    captions,
  ]);
  assertEquals([code, stderr], [0, ""]);
  assertStringIncludes(stdout, "es:the es:old es:house es:is es:near es:the es:sea");
  assertStringIncludes(stdout, "first audio");
  assertStringIncludes(stdout, "fake → fake → fake");
  assert(!stdout.includes("\x1b"), "there is an escape sequence");

  const speech = await readWav(out);
  const firstSound = speech.samples.findIndex((sample) => Math.abs(sample) > 0.01) * 1000 / speech.rate;
  assertGreater(firstSound, 2_550, "the first clause ends at 2.6 s of the talk");
  assertLess(firstSound, 2_700);
  assertEquals(
    await Deno.readTextFile(captions),
    "WEBVTT\n\n" +
      "1\n00:00:00.500 --> 00:00:02.600\nes:the es:old es:house es:is es:near es:the es:sea\n\n" +
      "2\n00:00:04.000 --> 00:00:04.900\nes:we es:go es:home\n\n",
  );
});

Deno.test("translate takes several languages, each with files of its own, and prints JSON alone", async () => {
  await using service = liveService();
  await using folder = await temporaryFolder();
  const { code, stdout } = await translate(service, [
    "-",
    ...["--to", "es,ca", "--to", "fr", "--fast", "--compact", "--json"],
    ...["--out", folder.path("out.wav"), "--captions", folder.path("out.vtt")],
  ], { stdin: tone(6_000) });
  assertEquals(code, 0);
  const report = JSON.parse(stdout);
  assertEquals(report.source, { file: "-", language: "en", durationMs: 6_000 });
  assertEquals(report.engines, { stt: "fake", mt: "fake", tts: "fake" });
  assertEquals(report.segments.map(({ text }: { text: string }) => text), [
    "the old house is near the sea",
    "we go home",
  ]);
  assertEquals(
    report.segments[1].translations.map(({ language, text }: Record<string, string>) => [language, text]),
    [["es", "es:we es:go es:home"], ["ca", "ca:we ca:go ca:home"], ["fr", "fr:we fr:go fr:home"]],
  );
  for (const target of report.targets) {
    assertEquals([target.spoken, target.skipped], [2, 0]);
    assertEquals(target.audio.file, folder.path(`out.${target.language}.wav`));
    assertEquals(target.captions, { file: folder.path(`out.${target.language}.vtt`), cues: 2 });
    const { samples, rate } = await readWav(target.audio.file);
    assertEquals(Math.round(samples.length * 1000 / rate), target.audio.durationMs);
    assertEquals(Math.round(target.spokenMs), target.audio.durationMs, "back to back");
  }
});

Deno.test("translate speaks at the speed of speech, and Ctrl-C ends it in order", async () => {
  await using service = liveService();
  await using folder = await temporaryFolder();
  const talk = await folder.write("talk.wav", tone(60_000));
  const out = folder.path("out.wav");
  const command = new RunningCommand("cli/translate.ts", [
    ...[talk, "--from", "en", "--to", "es", "--out", out, "--url", service.socketUrl, "--json"],
  ]);
  while (service.registry.size === 0) await pause(20);
  await pause(1_500);
  command.kill("SIGINT");
  const { code, stdout } = await command.result();
  assertEquals(code, 0);
  const report = JSON.parse(stdout);
  assertEquals(report.interrupted, true);
  assertGreater(report.source.durationMs, 500);
  assertLess(report.source.durationMs, 20_000);
  assertEquals(report.segments.length, 1, "what was said so far is translated");
  assertMatch(report.segments[0].text, /^the old/);
  assertGreater((await readWav(out)).samples.length, 0);
});

Deno.test("translate gives the same when the connection is cut in the middle", async () => {
  const script = Array.from(
    { length: 12 },
    (_, index) => utterance(`clause number ${index} is here`, 500 + index * 2_500),
  );
  const talk = tone(31_000);
  await using folder = await temporaryFolder();
  const run = async (name: string, url: string, service: LiveService) => {
    const out = folder.path(`${name}.wav`);
    const { code, stdout, stderr } = await translate(service, [
      "-",
      ...["--to", "es", "--fast", "--compact", "--json", "--out", out, "--url", url],
    ], { stdin: talk });
    assertEquals(code, 0, stderr);
    return { report: JSON.parse(stdout), stderr, audio: await Deno.readFile(out) };
  };
  await using quiet = liveService({ script });
  const whole = await run("whole", quiet.socketUrl, quiet);
  await using service = liveService({ script });
  await using proxy = cuttingProxy({ port: portOf(service), cutAfterBytes: [200_000, 150_000, 300_000] });
  const cut = await run("cut", `ws://127.0.0.1:${proxy.port}`, service);

  assertEquals([proxy.cuts, cut.report.cuts, whole.report.cuts], [3, 3, 0]);
  assertStringIncludes(cut.stderr, "The connection was cut");
  assertStringIncludes(cut.stderr, "nothing is lost");
  const texts = (
    { segments }: { segments: { segment: number; text: string; translations: { text: string }[] }[] },
  ) =>
    segments.map((
      { segment, text, translations },
    ) => [segment, text, ...translations.map(({ text }) => text)]);
  assertEquals(texts(cut.report), texts(whole.report));
  assertEquals(whole.report.segments.length, 12);
  assert(cut.audio.length > 100_000 && same(cut.audio, whole.audio), "the speech differs");
  assertEquals(service.faults, []);
});

Deno.test("translate keeps what came when a cut is longer than the service waits", async () => {
  await using service = liveService({ limits: { resumeMs: 400 } });
  await using folder = await temporaryFolder();
  await using proxy = cuttingProxy({ port: portOf(service) });
  const out = folder.path("out.wav");
  const command = new RunningCommand("cli/translate.ts", [
    ...["-", "--from", "en", "--to", "es", "--out", out, "--url", `ws://127.0.0.1:${proxy.port}`],
  ], { stdin: tone(30_000) });
  while (!command.stdout.includes("es:sea")) await pause(20);
  await pause(200);
  proxy.refusing = true;
  proxy.cut();
  const { code, stderr, stdout } = await command.result();
  assertEquals(code, 1);
  assertStringIncludes(stderr, "The connection was cut for longer than the service waits");
  assertStringIncludes(stdout, out);
  assertGreater((await readWav(out)).samples.length, 0);
});

Deno.test("translate translates what came before a recording breaks off, and says so", async () => {
  await using service = liveService();
  const { code, stderr, stdout } = await translate(service, ["-", "--to", "es", "--fast"], {
    stdin: tone(6_000).slice(0, 5_000 * rate / 1000 * 2),
  });
  assertEquals(code, 1);
  assertStringIncludes(stderr, "its audio ended after");
  assertStringIncludes(stdout, "es:we es:go es:home");
});

Deno.test("translate says what is wrong, and what to do about it", async (test) => {
  await using service = liveService();
  await using folder = await temporaryFolder();
  const talk = await folder.write("talk.wav", tone(200));
  const refuses = (name: string, args: readonly string[], code: number, ...messages: readonly string[]) =>
    test.step(name, async () => {
      const result = await runCommand("cli/translate.ts", args);
      assertEquals([result.code, result.stdout], [code, ""]);
      for (const message of messages) assertStringIncludes(result.stderr, message);
    });
  const to = ["--from", "en", "--to", "es"];
  const here = ["--url", service.socketUrl];

  await refuses("no recording", [], 2, "No recording is given", "--help");
  await refuses("no target", [talk, "--from", "en"], 2, "--to is missing");
  await refuses("no source", [talk, "--to", "es"], 2, "--from is missing");
  await refuses("unknown option", [talk, ...to, "--speed"], 2, "Unknown option '--speed'");
  await refuses(
    "address",
    [talk, ...to, "--url", "localhost:8000"],
    2,
    "expected one such as ws://localhost:8000",
  );
  await refuses("the same file twice", [talk, ...to, "--out", talk], 2, `${talk} is given twice`);
  await refuses("no file", ["nowhere.wav", ...to], 1, "Cannot read nowhere.wav: there is no such file");
  await refuses("a folder", [folder.path(""), ...to], 1, "it is a folder, expected a WAV file");
  await refuses(
    "not a WAV file",
    [
      await folder.write("talk.ogg", new TextEncoder().encode("OggS and more of it")),
      ...to,
    ],
    1,
    "it begins with OggS, expected RIFF",
    "ffmpeg",
  );
  await refuses(
    "an empty file",
    [await folder.write("empty.wav", new Uint8Array()), ...to],
    1,
    "it ended after 0 bytes",
  );
  await refuses(
    "a WAV file without a sensible rate",
    [await folder.write("rate.wav", wavFile({ data: [], rate: 7 }).slice()), ...to],
    1,
    "its sample rate is 7 Hz",
  );
  await refuses(
    "no such folder to write to",
    [talk, ...to, ...here, "--out", folder.path("no/out.wav")],
    1,
    "there is no such folder",
  );
  await refuses(
    "unknown language",
    [talk, "--from", "en", "--to", "tlh", ...here],
    1,
    "Cannot interpret from en to tlh: the targets of en are es, ca",
    "/v1/languages",
  );
  await refuses(
    "the same language",
    [talk, "--from", "en", "--to", "en", ...here],
    1,
    "the languages are the same",
  );
  await refuses(
    "no service",
    [talk, ...to, "--url", `ws://127.0.0.1:${await freePort()}`],
    1,
    "No service answers at",
    "deno task start",
  );
  await using other = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response("hello"),
  );
  await refuses(
    "another service",
    [talk, ...to, "--url", `ws://127.0.0.1:${other.addr.port}`],
    1,
    "is not a Parley service",
  );
  await test.step("with --json, as JSON", async () => {
    const { code, stdout } = await runCommand("cli/translate.ts", ["nowhere.wav", ...to, "--json"]);
    assertEquals([code, JSON.parse(stdout)], [1, {
      error: "Cannot read nowhere.wav: there is no such file",
    }]);
  });
});

Deno.test("translate shows its key, from the environment or the command line", async (test) => {
  const key = "a-key-of-ours-123";
  await using service = liveService({}, { loopback: false, apiKeys: [key], origins: [] });
  const run = (args: readonly string[], env: Record<string, string>) =>
    translate(service, ["-", "--to", "es", "--fast", ...args], { stdin: tone(500), env });
  await test.step("PARLEY_API_KEY", async () => {
    assertEquals((await run([], { PARLEY_API_KEY: key })).code, 0);
  });
  await test.step("--key", async () => {
    assertEquals((await run(["--key", key], {})).code, 0);
  });
  await test.step("none", async () => {
    const { code, stderr } = await run([], {});
    assertEquals(code, 1);
    assertStringIncludes(stderr, "The service asks for a key, and none is given");
    assertStringIncludes(stderr, "PARLEY_API_KEY");
  });
  await test.step("a wrong one", async () => {
    const { code, stderr } = await run(["--key", "another-key-of-ours"], {});
    assertEquals(code, 1);
    assertStringIncludes(stderr, "The service does not know the key");
    assert(!stderr.includes("another-key"), "the key is repeated");
  });
});

Deno.test("translate tells a service that is full from one that is not there", async () => {
  await using service = liveService({ limits: { maxSessions: 0 } });
  const { code, stderr } = await translate(service, ["-", "--to", "es", "--fast"], { stdin: tone(500) });
  assertEquals(code, 1);
  assertStringIncludes(stderr, "Try again later");
});

Deno.test("translate --help is the manual", async () => {
  const { code, stdout } = await runCommand("cli/translate.ts", ["--help"]);
  assertEquals(code, 0);
  for (
    const option of [
      "--from",
      "--to",
      "--out",
      "--captions",
      "--url",
      "--json",
      "--fast",
      "--compact",
      "--key",
    ]
  ) {
    assertStringIncludes(stdout, option);
  }
});

function translate(
  service: LiveService,
  args: readonly string[],
  options: ConstructorParameters<typeof RunningCommand>[2] = {},
): Promise<CommandResult> {
  return runCommand("cli/translate.ts", ["--url", service.socketUrl, "--from", "en", ...args], options);
}

/** A WAV file that is a tone: the fake recognizer hears its script in anything. */
function tone(ms: number): Uint8Array<ArrayBuffer> {
  const samples = Int16Array.from({ length: ms * rate / 1000 }, (_, index) => 8_000 * Math.sin(index / 6));
  const header = wavHeader(rate, samples.length);
  const file = new Uint8Array(header.length + 2 * samples.length);
  file.set(header);
  file.set(new Uint8Array(samples.buffer), header.length);
  return file;
}

async function readWav(path: string): Promise<{ readonly rate: number; readonly samples: Float32Array }> {
  const reader = new WavReader();
  const samples = reader.push(await Deno.readFile(path));
  reader.finish();
  return { rate: reader.header!.format.rate, samples };
}

async function temporaryFolder() {
  const folder = await Deno.makeTempDir();
  const path = (name: string) => name === "" ? folder : `${folder}/${name}`;
  return {
    path,
    async write(name: string, bytes: Uint8Array): Promise<string> {
      await Deno.writeFile(path(name), bytes);
      return path(name);
    },
    async [Symbol.asyncDispose]() {
      await Deno.remove(folder, { recursive: true });
    },
  };
}

function portOf({ url }: LiveService): number {
  return Number(new URL(url).port);
}

async function freePort(): Promise<number> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return await Promise.resolve(listener.addr.port);
}

function same(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
