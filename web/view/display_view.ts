import { type Preferences, textSizes } from "../preferences.ts";
import { byId } from "./element.ts";

/** The sheet on which a user says how the page shall look and be read out. */
export class DisplayView {
  readonly #smaller = byId("smaller", HTMLButtonElement);
  readonly #larger = byId("larger", HTMLButtonElement);
  readonly #theme = byId("theme", HTMLSelectElement);
  readonly #contrast = byId("contrast", HTMLInputElement);
  readonly #announce = byId("announce", HTMLSelectElement);
  readonly #interface = byId("interface", HTMLSelectElement);
  #shown: Preferences;

  constructor(preferences: Preferences, changed: (preferences: Preferences) => void) {
    this.#shown = preferences;
    const change = (part: Partial<Preferences>) => changed({ ...this.#shown, ...part });
    this.#smaller.addEventListener("click", () => change({ textSize: this.#shown.textSize - 1 }));
    this.#larger.addEventListener("click", () => change({ textSize: this.#shown.textSize + 1 }));
    this.#theme.addEventListener(
      "change",
      () => change({ theme: this.#theme.value as Preferences["theme"] }),
    );
    this.#contrast.addEventListener(
      "change",
      () => change({ contrast: this.#contrast.checked ? "more" : "normal" }),
    );
    this.#announce.addEventListener(
      "change",
      () => change({ announce: this.#announce.value as Preferences["announce"] }),
    );
    this.#interface.addEventListener(
      "change",
      () => change({ interface: this.#interface.value as Preferences["interface"] }),
    );
    this.show(preferences);
  }

  /** Shows the preferences, and shows the page as they say. */
  show(preferences: Preferences): void {
    this.#shown = preferences;
    const { textSize, theme, contrast, announce } = preferences;
    const root = document.documentElement;
    root.lang = preferences.interface;
    root.dataset["theme"] = theme;
    root.dataset["contrast"] = contrast;
    root.style.setProperty("--caption", `${textSizes[textSize] ?? textSizes[2]}rem`);
    this.#smaller.disabled = textSize === 0;
    this.#larger.disabled = textSize === textSizes.length - 1;
    this.#theme.value = theme;
    this.#contrast.checked = contrast === "more";
    this.#announce.value = announce;
    this.#interface.value = preferences.interface;
  }
}
