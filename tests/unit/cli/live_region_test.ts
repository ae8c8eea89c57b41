import { assertEquals } from "@std/assert";
import { LiveRegion } from "../../../cli/live_region.ts";
import type { Line } from "../../../cli/line.ts";
import { FakeTerminal } from "../../support/fake_terminal.ts";

const lines = (...texts: readonly string[]): Line[] => texts.map((text) => [{ text }]);

Deno.test("LiveRegion.show() replaces lines, and puts those that stay above them", () => {
  const terminal = new FakeTerminal();
  using region = new LiveRegion(terminal);
  region.show([], lines("a", "b"));
  region.show(lines("stays"), lines("c"));
  region.show([], lines("d", "e"));
  assertEquals(terminal.shown, ["stays", "d", "e"]);
});

Deno.test("LiveRegion.show() leaves out what is too high or too wide", () => {
  const terminal = new FakeTerminal();
  using region = new LiveRegion(terminal);
  terminal.rows = 4;
  terminal.columns = 10;
  region.show([], lines("1", "2", "3", "4", "a long line"));
  region.show(lines("stays"), lines("1", "2", "3", "4", "a long line"));
  assertEquals(terminal.shown, ["stays", "3", "4", "a long l…"]);
});

Deno.test("LiveRegion.show() finds its lines again when the terminal was made narrower", () => {
  const terminal = new FakeTerminal();
  using region = new LiveRegion(terminal);
  region.show(lines("stays"), lines("x".repeat(35), "y"));
  terminal.columns = 20;
  region.show([], lines("z"));
  assertEquals(terminal.shown, ["stays", "z"]);
});

Deno.test("LiveRegion hides the cursor while it is at work, and gives it back", () => {
  const terminal = new FakeTerminal();
  const region = new LiveRegion(terminal);
  assertEquals(terminal.cursorShown, true);
  region.show([], lines("a"));
  assertEquals(terminal.cursorShown, false);
  region[Symbol.dispose]();
  region[Symbol.dispose]();
  assertEquals([terminal.cursorShown, terminal.shown], [true, ["a"]]);
});
