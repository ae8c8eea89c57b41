import { assertEquals } from "@std/assert";
import { exportText } from "../../../web/export_text.ts";
import { clause } from "./clauses.ts";

Deno.test("exportText() writes each clause above its translation", () => {
  const clauses = [clause(1, [0, 1], "one", "uno"), clause(2, [1, 2], "two", ""), clause(3, [2, 3], "", "")];
  assertEquals(exportText(clauses), "one\nuno\n\ntwo\n");
});
