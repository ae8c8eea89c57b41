import type { Dictionary } from "../i18n/dictionary.ts";
import { lookUp } from "../i18n/mod.ts";
import { setText } from "./element.ts";

/** Puts the words of a dictionary where the markup names them: texts by `data-text`, accessible names by `data-label`. */
export function fillWords(words: Dictionary): void {
  for (const node of document.querySelectorAll<HTMLElement>("[data-text]")) {
    setText(node, lookUp(words, node.dataset["text"]!) ?? "");
  }
  for (const node of document.querySelectorAll<HTMLElement>("[data-label]")) {
    node.setAttribute("aria-label", lookUp(words, node.dataset["label"]!) ?? "");
  }
}
