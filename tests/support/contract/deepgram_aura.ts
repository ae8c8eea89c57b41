import { publishedContract, publishedDocument } from "./published.ts";
import { scenarioKey, ScenarioServer } from "./scenario.ts";
import { bodyOf, oddPieces, ToneSpeech } from "./tone_speech.ts";

const contract = publishedContract("deepgram/speak-grant.json");
const schema = (name: string) => `/components/schemas/${name}`;
const checkBody = contract?.closed(schema("SpeakV1Request"));
const checkQuery: Readonly<Record<string, ((value: unknown) => readonly string[]) | undefined>> = {
  model: contract?.open(schema("V1SpeakPostParametersModel")),
  encoding: contract?.open(schema("V1SpeakPostParametersEncoding0")),
  container: contract?.open(schema("V1SpeakPostParametersContainer0")),
  sample_rate: contract?.open(schema("V1SpeakPostParametersSampleRate0")),
};
const document = publishedDocument("deepgram/speak-grant.json") as
  | {
    readonly paths: {
      readonly "/v1/speak": { readonly post: { readonly parameters: readonly { name: string }[] } };
    };
  }
  | undefined;
const published = document?.paths["/v1/speak"].post.parameters.map(({ name }) => name);
/** What is known without the published ones: every parameter that is sent. */
const parameters = published ?? ["model", "encoding", "container", "sample_rate", "speed"];

/** A stand-in for Deepgram's Aura over HTTP: says a tone as long as the text. */
export function auraServer(): ScenarioServer {
  return new ScenarioServer(({ method, path, headers, body }, server) => {
    const { pathname, searchParams } = new URL(path, "http://x");
    if (headers.get("authorization") !== `Token ${scenarioKey}`) {
      return Response.json({ err_code: "INVALID_AUTH", err_msg: "x", request_id: "x" }, { status: 401 });
    }
    if (method !== "POST" || pathname !== "/v1/speak") return new Response("", { status: 404 });
    for (const [key, value] of searchParams) {
      if (!parameters.includes(key)) server.object(`unknown parameter: ${key}`);
      server.object(...checkQuery[key]?.(value) ?? []);
    }
    if (searchParams.get("container") !== "none") server.object("the audio would come as a WAV file");
    const message = JSON.parse(body);
    server.object(...checkBody?.(message) ?? []);
    if (message.text.length > 2000) return new Response("{}", { status: 413 });
    const speed = Number(searchParams.get("speed") ?? 1);
    if (speed < 0.7 || speed > 1.5) server.object(`the speed is ${speed}`);
    const rate = Number(searchParams.get("sample_rate"));
    return new Response(bodyOf(oddPieces(new ToneSpeech(rate, speed).say(message.text))));
  });
}
