import { voskRecognizer } from "../../adapters/vosk/recognizer.ts";
import type { RecognizerOutside } from "../../adapters/net/recognizer_over_socket.ts";
import { conformSpeechRecognizer } from "../conformance/speech_recognizer.ts";
import { failRecognizer } from "../support/contract/recognizer_failures.ts";
import { withScenario } from "../support/contract/scenario.ts";
import { noTone, tones, tonesOptions } from "../support/contract/spoken_tones.ts";
import { fastClock } from "../support/fast_clock.ts";
import { voskServer } from "../support/contract/vosk.ts";

const create = (address: string, outside: RecognizerOutside = {}) =>
  voskRecognizer({ address, languages: ["en"], concurrency: 2, clock: fastClock(10), ...outside });

conformSpeechRecognizer("vosk", () => ({
  create() {
    const server = voskServer();
    return withScenario(create(server.address), server);
  },
  options: tonesOptions,
  utterances: tones,
  silence: noTone,
  patienceMs: 10_000,
}));

failRecognizer({
  name: "vosk",
  server: (script) => voskServer({ script }),
  create,
  route: "/",
  errors: [],
  keyed: false,
  clock: fastClock(10),
});
