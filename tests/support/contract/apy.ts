import { settle } from "../fake_clock.ts";
import { ScenarioServer } from "./scenario.ts";

const pairs = [["eng", "spa"], ["spa", "eng"], ["spa", "eng_US"]];
const codes: Readonly<Record<string, string>> = { eng: "en", spa: "es", eng_US: "en" };

/** A stand-in for an Apertium APy server, with the answers of apertium-apy 0.11.7: "translates" each word into itself. */
export function apyServer(): ScenarioServer {
  const refuse = (code: number, explanation: string) =>
    Response.json({ status: "error", code, message: "Bad Request", explanation }, { status: code });
  const answer = (responseData: unknown) =>
    Response.json({ responseData, responseDetails: null, responseStatus: 200 });
  let inHand = 0;
  return new ScenarioServer(async ({ method, path, headers, body }, server) => {
    if (path === "/listPairs") {
      return answer(pairs.map(([sourceLanguage, targetLanguage]) => ({ sourceLanguage, targetLanguage })));
    }
    if (method !== "POST" || path !== "/translate") return new Response("<html>404</html>", { status: 404 });
    if (headers.get("content-type") !== "application/x-www-form-urlencoded") {
      return refuse(400, "Missing argument langpair");
    }
    const form = new URLSearchParams(body);
    for (const key of form.keys()) {
      if (!["langpair", "q", "markUnknown", "format"].includes(key)) server.object(`unknown field: ${key}`);
      if (form.getAll(key).length > 1) server.object(`${key} is given twice: the last one wins`);
    }
    if (form.get("markUnknown") !== "no") server.object("unknown words come marked with a star");
    if ((inHand += 1) > 2) server.object(`${inHand} requests at a time`);
    // A while, so that others would come in if they were sent.
    for (let turns = 0; turns < 20; turns += 1) await settle();
    inHand -= 1;
    const [source, target] = form.get("langpair")!.split("|");
    if (!pairs.some((pair) => pair[0] === source && pair[1] === target)) {
      return refuse(400, "That pair is not installed");
    }
    return answer({ translatedText: form.get("q")!.replaceAll(/\S+/g, `${codes[target!]}:$&`) });
  });
}
