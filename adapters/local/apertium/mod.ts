import * as v from "valibot";
import type { Translator } from "../../../pipeline/ports.ts";
import type { Provider } from "../../provider.ts";
import { apertiumTranslator } from "./translator.ts";

const settings = {
  PARLEY_APERTIUM_MODES: v.pipe(
    v.optional(v.string(), "/usr/share/apertium/modes"),
    v.nonEmpty("expected a folder"),
    v.description("The folder with Apertium's mode files"),
  ),
};

/** `PARLEY_MT=apertium`: translation on this machine, without a key or a network. */
export const apertium: Provider<Translator, typeof settings> = {
  name: "apertium",
  settings,
  create: (values) => apertiumTranslator({ modesFolder: values.PARLEY_APERTIUM_MODES }),
};
