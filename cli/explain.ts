import { SessionError } from "../client/error.ts";
import { CloseCode } from "../protocol/close.ts";
import { CommandError } from "./command_error.ts";
import { Interrupted } from "./interruption.ts";
import { pageUrl } from "./service_url.ts";

/** What was being done when something failed. */
export interface Circumstances {
  readonly url: URL;
  readonly key: string | undefined;
  /** Whether the session had begun. */
  readonly begun: boolean;
}

/** How long the service may take to say why it refused, in ms. */
const answerMs = 3000;

/** Says what went wrong and what to do about it. A service that did not say on the socket is asked over HTTP. What nobody expected is thrown again. */
export async function explain(error: unknown, circumstances: Circumstances): Promise<CommandError> {
  if (error instanceof CommandError) return error;
  if (error instanceof Interrupted) return new CommandError(error.message);
  if (!(error instanceof SessionError)) throw error;
  const said = error.detail?.message;
  switch (error.code) {
    case CloseCode.unsupported:
      return new CommandError(said ?? error.message, [
        `What it offers: ${pageUrl(circumstances.url, "/v1/languages")}`,
      ]);
    case CloseCode.full:
      return new CommandError(said ?? error.message, ["Try again later"]);
    case CloseCode.unknownSession:
      return new CommandError(
        "The session is lost: the service does not know it any more, it may have been restarted",
        [
          "Start again",
        ],
      );
    default:
      if (error.reaction !== "resume" && error.reaction !== "later") {
        return new CommandError(
          said === undefined ? error.message : `The service ended the session: ${said}`,
        );
      }
  }
  if (circumstances.begun) {
    return new CommandError(
      "The connection was cut for longer than the service waits: the session is over",
      [error.message],
    );
  }
  return await askWhy(circumstances) ?? new CommandError(error.message);
}

/** Asks the stream route over plain HTTP: it says the same as to a socket, and why. `undefined` when it would let us in. */
async function askWhy({ url, key }: Circumstances): Promise<CommandError | undefined> {
  let response: Response;
  try {
    response = await fetch(pageUrl(url, url.pathname), {
      headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
      redirect: "manual",
      signal: AbortSignal.timeout(answerMs),
    });
  } catch {
    return new CommandError(`No service answers at ${url.origin}`, [
      "Start it with: deno task start",
      "or say where it is: --url ws://HOST:PORT",
    ]);
  }
  const detail = await problemDetail(response);
  switch (response.status) {
    case 426:
      return undefined;
    case 401:
      return new CommandError(
        key === undefined
          ? "The service asks for a key, and none is given"
          : "The service does not know the key",
        ["Set PARLEY_API_KEY to one of the keys that the service was started with, or use --key"],
      );
    default:
      return new CommandError(
        detail === undefined
          ? `What answers at ${url.href} is not a Parley service: it says ${response.status}`
          : `The service refuses: ${detail}`,
        detail === undefined ? ["Say where the service is: --url ws://HOST:PORT"] : [],
      );
  }
}

async function problemDetail(response: Response): Promise<string | undefined> {
  const isProblem = response.headers.get("content-type")?.startsWith("application/problem+json") ?? false;
  if (!isProblem) {
    await response.body?.cancel();
    return undefined;
  }
  const { detail } = await response.json();
  return typeof detail === "string" ? detail : undefined;
}
