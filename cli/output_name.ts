import { format, parse } from "node:path";

/** The name of a file that is written for one of several languages: `talks/out.wav` becomes `talks/out.es.wav`. With one language it stays. */
export function outputName(path: string, language: string, languages: number): string {
  if (languages === 1) return path;
  const { dir, name, ext } = parse(path);
  return format({ dir, name: `${name}.${language.replaceAll(/[^A-Za-z0-9-]/g, "_")}`, ext });
}
