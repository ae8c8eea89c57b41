import { assertEquals } from "@std/assert";
import { pageUrl, streamUrl } from "../../../cli/service_url.ts";

Deno.test("streamUrl() adds what is left out, and keeps what is said", () => {
  const urls: readonly (readonly [string, string])[] = [
    ["ws://localhost:8000", "ws://localhost:8000/v1/stream"],
    ["http://localhost:8000/", "ws://localhost:8000/v1/stream"],
    ["https://parley.example", "wss://parley.example/v1/stream"],
    ["wss://parley.example/speech/v1/stream?x=1", "wss://parley.example/speech/v1/stream?x=1"],
  ];
  for (const [text, url] of urls) assertEquals(streamUrl(text, "translate").href, url);
});

Deno.test("pageUrl() is an address for fetch", () => {
  assertEquals(
    pageUrl(new URL("wss://parley.example/v1/stream"), "/v1/languages").href,
    "https://parley.example/v1/languages",
  );
});
