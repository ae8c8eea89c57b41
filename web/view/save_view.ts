import type { Dictionary } from "../i18n/dictionary.ts";
import type { SavedFile } from "../saved_file.ts";
import type { TalkRecord } from "../talk_record.ts";
import { byId, setText } from "./element.ts";

/** A download's address is given up after so many ms; browsers have begun by then. */
const releaseMs = 60_000;

/** The sheet from which a talk is saved. */
export class SaveView {
  readonly #nothing = byId("save-nothing", HTMLParagraphElement);
  readonly #choices = byId("save-choices", HTMLDivElement);
  readonly #source = byId("save-source", HTMLSpanElement);
  readonly #target = byId("save-target", HTMLSpanElement);
  readonly #wav = byId("save-wav", HTMLButtonElement);
  #talk: TalkRecord | undefined;
  #words: Dictionary;

  constructor(words: Dictionary) {
    this.#words = words;
    byId("save", HTMLDivElement).addEventListener("beforetoggle", () => this.#offer());
    for (const button of this.#choices.querySelectorAll("button")) {
      button.addEventListener("click", () => {
        if (this.#talk) void save(this.#talk, button.dataset);
      });
    }
  }

  /** Shows what can be saved of a talk, by the names of its languages. */
  show(
    talk: TalkRecord | undefined,
    words: Dictionary,
    names: { readonly source: string; readonly target: string },
  ): void {
    this.#talk = talk;
    this.#words = words;
    setText(this.#source, `${words.saveCaptions}, ${names.source}`);
    setText(this.#target, `${words.saveCaptions}, ${names.target}`);
    this.#offer();
  }

  #offer(): void {
    const talk = this.#talk;
    const some = talk !== undefined && talk.captions.size > 0;
    this.#nothing.hidden = some;
    this.#choices.hidden = !some;
    this.#wav.disabled = !talk || talk.recording.length === 0;
    setText(this.#wav, talk?.recording.full ? this.#words.saveWithin : this.#words.asWav);
  }
}

/** What makes the files is fetched when it is wanted. */
async function save(talk: TalkRecord, wish: DOMStringMap): Promise<void> {
  const { savedFile } = await import("../saved_file.ts");
  download(savedFile(talk, wish));
}

function download({ name, type, parts }: SavedFile): void {
  const address = URL.createObjectURL(new Blob(parts, { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), releaseMs);
}
