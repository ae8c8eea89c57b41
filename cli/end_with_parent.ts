/**
 * Ends a service in order when the process that started it is gone: its standard input, which that process holds open, ends. To be loaded before
 * the service (`deno run --preload`).
 *
 * @module
 */

// A preloaded module that waits would keep the service from starting: the timer does not hold the process up.
Deno.unrefTimer(setTimeout(async () => {
  try {
    for await (const _ of Deno.stdin.readable);
  } finally {
    Deno.kill(Deno.pid, "SIGINT");
  }
}, 0));
