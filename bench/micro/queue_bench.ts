import { Queue } from "../../flow/queue.ts";

/** So many items in one run: what is measured is a stream, not a first item. */
const items = 1000;
const signal = new AbortController().signal;

Deno.bench(`Queue: ${items} items pushed, then taken`, { group: "queue", baseline: true }, async () => {
  const queue = new Queue<number>({ limit: items });
  for (let item = 0; item < items; item++) queue.push(item);
  queue.close();
  for await (const _ of queue.items(signal));
});

Deno.bench(`Queue: ${items} items, each waited for by its reader`, { group: "queue" }, async () => {
  const queue = new Queue<number>({ limit: 1 });
  const reading = (async () => {
    for await (const _ of queue.items(signal));
  })();
  for (let item = 0; item < items; item++) {
    queue.push(item);
    await Promise.resolve();
    await Promise.resolve();
  }
  queue.close();
  await reading;
});

Deno.bench(`Queue: ${items} items, each waiting for room`, { group: "queue" }, async () => {
  const queue = new Queue<number>({ limit: 1 });
  const reading = (async () => {
    for await (const _ of queue.items(signal));
  })();
  for (let item = 0; item < items; item++) await queue.send(item, signal);
  queue.close();
  await reading;
});
