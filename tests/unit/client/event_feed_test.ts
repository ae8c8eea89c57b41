import { assertEquals, assertRejects } from "@std/assert";
import { EventFeed } from "../../../client/event_feed.ts";
import { settle } from "../../support/fake_clock.ts";

const never = new AbortController().signal;

async function all<T>(events: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const event of events) found.push(event);
  return found;
}

Deno.test("EventFeed keeps the latest thousand events while nobody reads, and holds nobody back", async () => {
  const feed = new EventFeed<number>();
  for (let event = 1; event <= 2_500; event++) await feed.send(event, never);
  feed.close();
  const events = await all(feed.events());
  assertEquals([events.length, events[0], events.at(-1)], [1_000, 1_501, 2_500]);
});

Deno.test("EventFeed.send() waits for a reader that is slow, and no longer when it has left", async () => {
  const feed = new EventFeed<number>();
  const events = feed.events();
  feed.tell(0);
  assertEquals(await events.next(), { value: 0, done: false });
  let sent = 0;
  const sending = (async () => {
    for (let event = 1; event <= 1_500; event++) {
      await feed.send(event, never);
      sent = event;
    }
  })();
  await settle();
  assertEquals(sent, 1_000);
  await events.return();
  await sending;
  assertEquals(sent, 1_500);
});

Deno.test("EventFeed.hint() leaves out what can be missed when much waits", async () => {
  const feed = new EventFeed<string>();
  for (let event = 0; event < 150; event++) feed.hint("level");
  feed.tell("caption");
  feed.close();
  const events = await all(feed.events());
  assertEquals([events.length, events.at(-1)], [101, "caption"]);
});

Deno.test("EventFeed.send() rejects when its signal aborts, and reading with the reason of fail()", async () => {
  const feed = new EventFeed<number>();
  const stop = new AbortController();
  const events = feed.events();
  feed.tell(1);
  await events.next();
  for (let event = 0; event < 1_000; event++) feed.tell(event);
  const sending = feed.send(7, stop.signal);
  stop.abort(new TypeError("stopped"));
  await assertRejects(() => sending, TypeError, "stopped");
  feed.fail(new RangeError("failed"));
  await assertRejects(() => events.next(), RangeError, "failed");
});

Deno.test("EventFeed takes events after it was closed, and drops them", async () => {
  const feed = new EventFeed<number>();
  feed.close();
  feed.tell(1);
  feed.hint(2);
  await feed.send(3, never);
  assertEquals(await all(feed.events()), []);
});
