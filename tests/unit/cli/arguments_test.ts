import { assertEquals, assertThrows } from "@std/assert";
import { parseTranslate } from "../../../cli/arguments.ts";
import { CommandError } from "../../../cli/command_error.ts";

const plain = ["talk.wav", "--from", "en", "--to", "es"];

Deno.test("parseTranslate() fills in what is not said", () => {
  assertEquals(parseTranslate(plain, {}), {
    type: "translate",
    input: "talk.wav",
    from: "en",
    to: ["es"],
    out: undefined,
    captions: undefined,
    url: new URL("ws://localhost:8000/v1/stream"),
    key: undefined,
    json: false,
    fast: false,
    compact: false,
    retain: true,
  });
});

Deno.test("parseTranslate() takes all options, in any order", () => {
  const args = [
    ...[
      "--fast",
      "--json",
      "--to",
      "es,ca",
      "-",
      "--out=o.wav",
      "--captions",
      "o.vtt",
      "--compact",
      "--no-retain",
    ],
    ...["--from", "en", "--url", "https://parley.example", "--to", "pt-BR", "--key", "secret", "--to", "es"],
  ];
  assertEquals(parseTranslate(args, { PARLEY_API_KEY: "other", PARLEY_PORT: "1" }), {
    type: "translate",
    input: "-",
    from: "en",
    to: ["es", "ca", "pt-BR"],
    out: "o.wav",
    captions: "o.vtt",
    url: new URL("wss://parley.example/v1/stream"),
    key: "secret",
    json: true,
    fast: true,
    compact: true,
    retain: false,
  });
});

Deno.test("parseTranslate() takes the key and the port from the environment", () => {
  const parsed = parseTranslate(plain, { PARLEY_API_KEY: "secret", PARLEY_PORT: "8123" });
  assertEquals(parsed.type === "translate" && [parsed.key, parsed.url.port], ["secret", "8123"]);
});

Deno.test("parseTranslate() is asked for help whatever else is said", () => {
  for (const args of [["--help"], ["-h"], ["a", "b", "--help"]]) {
    assertEquals(parseTranslate(args, {}), { type: "help" });
  }
});

Deno.test("parseTranslate() says what is wrong, with exit code 2", () => {
  const wrong: readonly (readonly [args: readonly string[], message: string])[] = [
    [[], "No recording is given"],
    [["a.wav", ...plain], "Two recordings are given, a.wav and talk.wav"],
    [["talk.wav", "--to", "es"], "--from is missing"],
    [["talk.wav", "--from", "en,de", "--to", "es"], "--from is en,de: expected one language"],
    [["talk.wav", "--from", "en", "--to", "es,,ca"], '--to is ""'],
    [["talk.wav", "--from", "en", "--to", "../es"], '--to is "../es"'],
    [[...plain, "--out"], "Option '--out <value>' argument missing"],
    [[...plain, "--loud"], "Unknown option '--loud'"],
    [[...plain, "--compact"], "--compact is given without --out"],
    [[...plain, "--url", "localhost:8000"], "The address is localhost:8000"],
  ];
  for (const [args, message] of wrong) {
    const error = assertThrows(() => parseTranslate(args, {}), CommandError, message);
    assertEquals(error.exitCode, 2);
  }
});
