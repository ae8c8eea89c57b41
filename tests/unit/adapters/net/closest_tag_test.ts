import { assertEquals } from "@std/assert";
import { closestTag } from "../../../../adapters/net/closest_tag.ts";

Deno.test("closestTag() finds the entry that serves a tag best", () => {
  for (
    const [wanted, tags, found] of [
      ["en", ["de", "en-GB", "en-US"], "en-US"],
      ["en-GB", ["en-US", "en-GB"], "en-GB"],
      ["en-AU", ["en-US", "en-GB"], "en-US"],
      ["pt", ["pt-PT", "pt-BR"], "pt-BR"],
      ["zh", ["zh-Hant", "zh-Hans"], "zh-Hans"],
      ["zh-TW", ["zh-Hans", "zh-Hant"], "zh-Hant"],
      ["zh-Hant", ["zh"], "zh"],
      ["no", ["nb"], "nb"],
      ["nb", ["no"], "no"],
      ["es-MX", ["es", "es-419"], "es"],
      ["qaa", ["en"], undefined],
      ["en", [], undefined],
    ] as const
  ) assertEquals(closestTag(wanted, tags), found, `${wanted} among ${tags}`);
});
