import type { Dictionary } from "../i18n/dictionary.ts";
import { cuesOf, type Side } from "../cue.ts";
import { exportJson } from "../export_json.ts";
import { exportSrt } from "../export_srt.ts";
import { exportText } from "../export_text.ts";
import { exportVtt } from "../export_vtt.ts";
import { exportWav } from "../export_wav.ts";
import type { TalkRecord } from "../talk_record.ts";
import { byId, setText } from "./element.ts";

/** A download's address is given up after so many ms; browsers have begun by then. */
const releaseMs = 60_000;

interface Saved {
  readonly name: string;
  readonly type: string;
  readonly parts: BlobPart[];
}

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
        if (this.#talk) download(fileOf(this.#talk, button.dataset));
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

function fileOf(talk: TalkRecord, { save, side }: DOMStringMap): Saved {
  const clauses = talk.captions.clauses;
  const language = side === "source" ? talk.heading.source : talk.heading.target;
  const name = (ending: string, ...parts: string[]) =>
    ["parley", stamp(talk.heading.startedAt), ...parts].join("-") + ending;
  switch (save) {
    case "vtt":
      return {
        name: name(".vtt", language),
        type: "text/vtt",
        parts: [exportVtt(cuesOf(clauses, side as Side))],
      };
    case "srt":
      return {
        name: name(".srt", language),
        type: "application/x-subrip",
        parts: [exportSrt(cuesOf(clauses, side as Side))],
      };
    case "json":
      return {
        name: name(".json"),
        type: "application/json",
        parts: [exportJson({ ...talk.heading, forgotten: talk.captions.forgotten }, clauses)],
      };
    case "wav":
      return {
        name: name(".wav", talk.heading.target),
        type: "audio/wav",
        parts: exportWav(talk.recording),
      };
    default:
      return { name: name(".txt"), type: "text/plain", parts: [exportText(clauses)] };
  }
}

/** `2026-11-22-1605`, by the clock on the wall. */
function stamp(date: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}-${two(date.getHours())}${
    two(date.getMinutes())
  }`;
}

function download({ name, type, parts }: Saved): void {
  const address = URL.createObjectURL(new Blob(parts, { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), releaseMs);
}
