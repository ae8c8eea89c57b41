import { contractOf, publishedContract } from "./published.ts";
import { type Recorded, scenarioKey, ScenarioServer } from "./scenario.ts";

const openai = publishedContract("openai/audio-chat.json");
const checkChunk = openai?.open("/components/schemas/CreateChatCompletionStreamResponse");
/** OpenAI's request is not among the published parts at hand; speaches publishes the same one, generated from OpenAI's own library. */
const checkRequest = publishedContract("speaches/openapi.json")?.closed(
  "/components/schemas/CompletionCreateParamsBase",
);
/** What is known without the published ones: every field that is sent. */
const checkShape = contractOf({
  request: {
    type: "object",
    required: ["model", "messages", "stream", "stream_options"],
    properties: {
      model: { type: "string" },
      stream: { const: true },
      stream_options: { type: "object", properties: { include_usage: { const: true } } },
      temperature: { const: 0 },
      max_tokens: { type: "integer", minimum: 1 },
      max_completion_tokens: { type: "integer", minimum: 1 },
      reasoning_effort: { enum: ["minimal"] },
      messages: {
        type: "array",
        minItems: 2,
        items: {
          type: "object",
          required: ["role", "content"],
          properties: { role: { enum: ["system", "user", "assistant"] }, content: { type: "string" } },
        },
      },
    },
  },
}, "chat").closed("/request");

/** How a stand-in for a chat model answers. */
export interface ChatBehaviour {
  /** What it says instead of a translation. */
  readonly says?: string;
  /** Events before the first text, each the data of one, such as what the model thinks. */
  readonly before?: readonly string[];
  /** Replaces the end of the stream, from the last text on. */
  readonly ending?: string;
  readonly lineEnd?: "\n" | "\r\n";
  /** How many bytes come at a time. */
  readonly pieceBytes?: number;
  /** No list of models. */
  readonly withoutModels?: boolean;
}

/**
 * A stand-in for a server with OpenAI's chat route: it "translates" what stands between the marks of the last message, word for word, into
 * itself behind the target language, and streams that with comments, empty pieces and the usage at the end.
 */
export function chatServer(behaviour: ChatBehaviour = {}): ScenarioServer {
  return new ScenarioServer((request, server) => {
    if (request.headers.get("authorization") !== `Bearer ${scenarioKey}`) {
      return Response.json({
        error: {
          message: "Incorrect API key provided",
          type: "invalid_request_error",
          param: null,
          code: "invalid_api_key",
        },
      }, { status: 401 });
    }
    if (request.method === "GET" && request.path === "/models") {
      return behaviour.withoutModels
        ? new Response("<html>", { status: 404 })
        : Response.json({ object: "list", data: [] });
    }
    if (request.method !== "POST" || request.path !== "/chat/completions") {
      return new Response("", { status: 404 });
    }
    return answer(request, server, behaviour);
  });
}

function answer({ body }: Recorded, server: ScenarioServer, behaviour: ChatBehaviour): Response {
  const message = JSON.parse(body);
  server.object(...checkShape(message), ...message.reasoning_effort ? [] : checkRequest?.(message) ?? []);
  const { lineEnd = "\n", pieceBytes = 7, before = [], ending } = behaviour;
  const said = behaviour.says ?? translationOf(message.messages, server);
  const stream = [
    ": a comment",
    "",
    ...[...before, ...chunks(said, server)].flatMap((data) => [`data: ${data}`, ""]),
    ending ?? ["data: [DONE]", "", ""].join(lineEnd),
  ].join(lineEnd);
  return new Response(inPieces(new TextEncoder().encode(stream), pieceBytes), {
    headers: { "content-type": "text/event-stream" },
  });
}

function translationOf(messages: { role: string; content: string }[], server: ScenarioServer): string {
  const system = messages[0]!;
  const [, source, target] = /from .* \(([\w-]+)\) into .* \(([\w-]+)\)/.exec(system.content) ?? [];
  if (system.role !== "system" || !source || !target) {
    server.object("the languages are not in the system message");
  }
  const users = messages.filter(({ role }) => role === "user");
  for (const { content } of users) {
    if (content.match(/<\/?source>/g)?.join() !== "<source>,</source>") {
      server.object("a source does not stand between one pair of marks");
    }
  }
  const data = /^<source>(.*)<\/source>$/s.exec(users.at(-1)!.content)?.[1] ?? "";
  return data.replaceAll(/\S+/g, `${target?.slice(0, 2)}:$&`);
}

/** As OpenAI streams: the role, then text in pieces that cut words, an empty piece, the end, and the usage without choices. */
function chunks(said: string, server: ScenarioServer): string[] {
  const chunk = (delta: object, finish: string | null = null, usage: object | null = null) => ({
    id: "chatcmpl-1",
    object: "chat.completion.chunk",
    created: 1_780_000_000,
    model: "scenario",
    choices: usage ? [] : [{ index: 0, delta, logprobs: null, finish_reason: finish }],
    usage,
  });
  const messages = [
    chunk({ role: "assistant", content: "" }),
    ...(said.match(/.{1,5}/gsu) ?? []).map((content) => chunk({ content })),
    chunk({ content: null }),
    chunk({}, "stop"),
    chunk({}, null, { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 }),
  ];
  for (const message of messages) server.object(...checkChunk?.(message) ?? []);
  return messages.map((message) => JSON.stringify(message));
}

function inPieces(bytes: Uint8Array, size: number): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at < bytes.length) controller.enqueue(bytes.slice(at, at += size));
      else controller.close();
    },
  });
}
