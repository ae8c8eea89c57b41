import { memoryIn } from "../memory.ts";
import { byId } from "./element.ts";

/** A key is kept until the tab is closed. */
const memory = memoryIn(() => sessionStorage);
const kept = "parley.key";

/** Asks for the key of a service that wants one. */
export class KeyDialog {
  readonly #dialog = byId("key-dialog", HTMLDialogElement);
  readonly #input = byId("key", HTMLInputElement);

  /** @param given is told of a key, within the click that gave it. */
  constructor(given: () => void) {
    this.#dialog.addEventListener("close", () => {
      const key = this.#input.value.trim();
      this.#input.value = "";
      if (this.#dialog.returnValue !== "use" || key === "") return;
      memory.keep(kept, key);
      given();
    });
  }

  /** The key that was given in this tab. */
  get key(): string | undefined {
    return memory.recall(kept) ?? undefined;
  }

  /** Asks. */
  open(): void {
    this.#dialog.returnValue = "";
    if (!this.#dialog.open) this.#dialog.showModal();
  }
}
