/**
 * Ends a service in order when the process that started it is gone. To be loaded before the service (`deno run --preload`).
 *
 * @module
 */

/** How often it looks, in ms. */
const lookEveryMs = 250;

const parent = Deno.ppid;
// An orphan gets another parent. A preloaded module that waited for something, such as the end of a pipe, would keep the service from starting; a timer that
// does not hold the process up keeps it from nothing.
Deno.unrefTimer(setInterval(() => {
  if (Deno.ppid !== parent) Deno.kill(Deno.pid, "SIGINT");
}, lookEveryMs));
