/** How a user wants to read; kept by the browser, and sent nowhere. */
export interface Preferences {
  /** The size of the captions, a step on {@linkcode textSizes}. */
  readonly textSize: number;
  readonly theme: "system" | "light" | "dark";
  readonly contrast: "normal" | "more";
  /** The language of the interface. */
  readonly interface: "en" | "es";
  /** Which captions a screen reader is told. */
  readonly announce: "target" | "source" | "none";
}

/** The sizes of the captions, in rem. */
export const textSizes = [1, 1.2, 1.45, 1.75, 2.1, 2.6, 3.2] as const;

const choices = {
  theme: ["system", "light", "dark"],
  contrast: ["normal", "more"],
  interface: ["en", "es"],
  announce: ["target", "source", "none"],
} as const;

/** What holds where nothing was chosen: the interface in the first of the browser's languages that there is, contrast as the system wants it. */
export function defaultPreferences(browserLanguages: readonly string[], moreContrast: boolean): Preferences {
  const wanted = browserLanguages.map((tag) => tag.split("-")[0]).find((tag) => tag === "en" || tag === "es");
  return {
    textSize: 2,
    theme: "system",
    contrast: moreContrast ? "more" : "normal",
    interface: wanted === "es" ? "es" : "en",
    announce: "target",
  };
}

/** Reads what was kept, as far as it still makes sense. */
export function readPreferences(kept: string | null, otherwise: Preferences): Preferences {
  const read = parse(kept);
  const chosen = { ...otherwise };
  for (const [name, values] of Object.entries(choices)) {
    const value = read[name];
    if (typeof value === "string" && (values as readonly string[]).includes(value)) {
      Object.assign(chosen, { [name]: value });
    }
  }
  const size = read["textSize"];
  return typeof size === "number" && size in textSizes ? { ...chosen, textSize: size } : chosen;
}

function parse(kept: string | null): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(kept ?? "{}");
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
