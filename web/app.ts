import type { interpret, microphones } from "../client/mod.ts";
import { type Capabilities, choosePair, languageName, readCapabilities } from "./choices.ts";
import type { Dictionary } from "./i18n/dictionary.ts";
import { dictionaries } from "./i18n/mod.ts";
import { memoryIn } from "./memory.ts";
import { isBusy, nextPhase, type Phase, type PhaseEvent, type SourceKind } from "./phase.ts";
import { defaultPreferences, type Preferences, readPreferences } from "./preferences.ts";
import { quantitiesIn } from "./quantity.ts";
import { type Readiness, readReadiness } from "./readiness.ts";
import type { TalkRecord } from "./talk_record.ts";
import { Talking } from "./talking.ts";
import { remedyFor } from "./trouble.ts";
import { TroubleError } from "./trouble_of.ts";
import { Announcer } from "./view/announcer.ts";
import { CaptionsView } from "./view/captions_view.ts";
import { ControlsView } from "./view/controls_view.ts";
import { DisplayView } from "./view/display_view.ts";
import { acceptDrops } from "./view/drop_zone.ts";
import { byId, setText } from "./view/element.ts";
import { EnginesView } from "./view/engines_view.ts";
import { fillWords } from "./view/fill_words.ts";
import { KeyDialog } from "./view/key_dialog.ts";
import { LanguagesView, type Pair } from "./view/languages_view.ts";
import { SaveView } from "./view/save_view.ts";
import { ScreenLock } from "./view/screen_lock.ts";
import { TimingView } from "./view/timing_view.ts";
import { TroubleView } from "./view/trouble_view.ts";

/** The parts of the SDK that the page uses. */
export interface Sdk {
  readonly interpret: typeof interpret;
  readonly microphones: typeof microphones;
}

/** Where the browser keeps how the user wants to read, and the pair that was chosen last. */
const preferencesKey = "parley.preferences";
const pairKey = "parley.pair";
const memory = memoryIn(() => localStorage);
/** A recording may have so many bytes. */
const fileBytes = 100_000_000;
/** The engines are asked again after so many ms: soon while they are not ready. */
const readyEveryMs = 60_000;
const notReadyEveryMs = 5_000;
const clockEveryMs = 250;

/** The page: what the user wants, what is going on, and the views that show it. */
export class App {
  readonly #sdk: Sdk;
  readonly #talking: Talking;
  readonly #captions: CaptionsView;
  readonly #timing: TimingView;
  readonly #controls: ControlsView;
  readonly #display: DisplayView;
  readonly #languages: LanguagesView;
  readonly #engines = new EnginesView();
  readonly #save: SaveView;
  readonly #trouble: TroubleView;
  readonly #announcer = new Announcer();
  readonly #screenLock = new ScreenLock();
  readonly #key: KeyDialog;
  #preferences: Preferences;
  #phase: Phase = { type: "idle" };
  #readiness: Readiness = { type: "unknown" };
  #can: Capabilities | undefined;
  #pair: Pair = { source: "en", target: "es" };
  #record: TalkRecord | undefined;
  #permission: PermissionStatus | undefined;
  #soundBlocked = false;
  /** Of the recording that was played last; the sample has none. */
  #fileName: string | undefined;
  #clock: ReturnType<typeof setInterval> | undefined;
  #drawing = false;
  /** What the last attempt was, for another one. */
  #lastStart: () => void = () => this.#speak();

  constructor(sdk: Sdk) {
    this.#sdk = sdk;
    this.#preferences = readPreferences(
      memory.recall(preferencesKey),
      defaultPreferences(navigator.languages, matchMedia("(prefers-contrast: more)").matches),
    );
    const words = this.#words;
    this.#captions = new CaptionsView(words);
    this.#save = new SaveView(words);
    this.#timing = new TimingView(words, quantitiesIn(this.#preferences.interface));
    this.#display = new DisplayView(this.#preferences, (preferences) => this.#prefer(preferences));
    this.#languages = new LanguagesView((pair) => this.#choose(pair));
    this.#controls = new ControlsView({
      primary: () => isBusy(this.#phase) ? this.#talking.stop() : this.#speak(),
      microphone: (deviceId) => void this.#talking.useMicrophone(deviceId),
      file: (file) => this.#playFile(file),
      sample: () => this.#play("sample", undefined, fetchSample),
      voice: (on) => this.#talking.setVoice(on),
    });
    this.#trouble = new TroubleView({ retry: () => this.#lastStart(), key: () => this.#key.open() });
    this.#key = new KeyDialog(() => this.#lastStart());
    this.#talking = new Talking(sdk.interpret, {
      phase: (event) => this.#advance(event),
      begun: (record) => this.#begin(record),
      changed: () => this.#drawSoon(),
      level: (rms) => this.#controls.setLevel(rms),
      device: (deviceId) => void this.#findMicrophones(deviceId),
      blocked: (blocked) => {
        this.#soundBlocked = blocked;
        this.#show();
      },
    });
    acceptDrops((file) => {
      if (!isBusy(this.#phase)) this.#playFile(file);
    });
    this.#showAll();
  }

  /** Asks the service and the browser what there is; never rejects. */
  async start(): Promise<void> {
    navigator.mediaDevices?.addEventListener("devicechange", () => void this.#findMicrophones());
    await Promise.all([
      this.#findLanguages(),
      this.#watchEngines(),
      this.#watchPermission(),
      this.#findMicrophones(),
    ]);
  }

  get #words(): Dictionary {
    return dictionaries[this.#preferences.interface];
  }

  #speak(): void {
    this.#lastStart = () => this.#speak();
    this.#run("microphone");
  }

  #playFile(file: File): void {
    this.#play("file", file.name, () => readable(file));
  }

  #play(from: SourceKind, name: string | undefined, recording: (signal: AbortSignal) => Promise<Blob>): void {
    this.#lastStart = () => this.#play(from, name, recording);
    this.#fileName = name;
    this.#run(from, recording);
  }

  #run(from: SourceKind, recording?: (signal: AbortSignal) => Promise<Blob>): void {
    if (!this.#can) return;
    void this.#talking.begin({
      ...this.#pair,
      from,
      asks: from === "microphone" && this.#permission?.state === "prompt",
      deviceId: this.#controls.deviceId,
      apiKey: this.#key.key,
      voice: this.#controls.voiceOn,
      ...(recording ? { recording } : {}),
    });
  }

  #begin(record: TalkRecord): void {
    this.#record = record;
    this.#captions.begin(record.captions, record.heading.source);
    this.#announcer.begin();
    this.#timing.show();
    this.#timing.draw([]);
    void this.#findMicrophones();
  }

  #advance(event: PhaseEvent): void {
    this.#phase = nextPhase(this.#phase, event);
    if (this.#phase.type === "failed" && remedyFor(this.#phase.trouble.kind) === "key") this.#key.open();
    this.#show();
  }

  #drawSoon(): void {
    if (this.#drawing) return;
    this.#drawing = true;
    requestAnimationFrame(() => {
      this.#drawing = false;
      this.#draw();
    });
  }

  #draw(): void {
    const record = this.#record;
    if (!record) return;
    const { captions, heading } = record;
    const changes = captions.takeChanges();
    if (changes.length > 0) this.#captions.update(changes);
    this.#captions.hear(record.heard);
    for (const segment of changes) {
      const clause = captions.clause(segment);
      if (clause) this.#announcer.update(clause, this.#preferences.announce, heading.source);
    }
    if (record.takeTimed()) this.#timing.draw(captions.clauses);
  }

  /** Shows what the page is doing. */
  #show(): void {
    const phase = this.#phase;
    const busy = isBusy(phase);
    this.#controls.show(phase, this.#words, this.#can !== undefined, this.#soundBlocked);
    const playing = "from" in phase && phase.from !== "microphone";
    this.#controls.setPlaying(playing ? this.#fileName ?? this.#words.sample : undefined);
    this.#trouble.show(phase.type === "failed" ? phase.trouble : undefined, this.#words);
    if (this.#can) {
      this.#languages.show(this.#can, this.#pair, busy, this.#words, this.#preferences.interface);
    }
    const name = (tag: string) => languageName(tag, this.#preferences.interface);
    const { source, target } = this.#record?.heading ?? this.#pair;
    this.#save.show(this.#record, this.#words, { source: name(source), target: name(target) });
    this.#runClock(busy);
    this.#screenLock.hold(busy);
  }

  /** Shows everything again, in the language that is chosen. */
  #showAll(): void {
    const words = this.#words;
    const language = this.#preferences.interface;
    fillWords(words);
    document.title = words.title;
    setText(byId("privacy", HTMLParagraphElement), words.privacy(location.host));
    this.#captions.setWords(words);
    this.#timing.setWords(words, quantitiesIn(language));
    this.#controls.setWords(words);
    this.#engines.show(this.#readiness, words);
    this.#show();
  }

  #prefer(preferences: Preferences): void {
    const translate = preferences.interface !== this.#preferences.interface;
    this.#preferences = preferences;
    memory.keep(preferencesKey, JSON.stringify(preferences));
    this.#display.show(preferences);
    if (translate) this.#showAll();
  }

  #choose(wanted: Pair): void {
    if (!this.#can) return;
    const before = this.#pair;
    this.#pair = choosePair(this.#can, wanted) ?? wanted;
    memory.keep(pairKey, JSON.stringify(this.#pair));
    if (this.#pair.target !== before.target) this.#talking.setTarget(this.#pair.target);
    this.#show();
  }

  #runClock(busy: boolean): void {
    if (busy && this.#clock === undefined) {
      this.#clock = setInterval(() => this.#controls.setClock(this.#talking.takenMs), clockEveryMs);
    } else if (!busy && this.#clock !== undefined) {
      clearInterval(this.#clock);
      this.#clock = undefined;
    }
  }

  async #findLanguages(): Promise<void> {
    while (!this.#can) {
      try {
        const answer = await fetch("/v1/languages");
        if (answer.ok) this.#can = readCapabilities(await answer.json());
      } catch {
        // Nobody answers yet: the engines' lamp says so.
      }
      if (!this.#can) await wait(notReadyEveryMs);
    }
    this.#pair = choosePair(this.#can, keptPair() ?? this.#pair) ?? this.#pair;
    this.#show();
  }

  async #watchEngines(): Promise<never> {
    while (true) {
      this.#readiness = await fetchReadiness();
      this.#engines.show(this.#readiness, this.#words);
      const { type } = this.#readiness;
      await wait(type === "known" && this.#readiness.ready ? readyEveryMs : notReadyEveryMs);
    }
  }

  async #watchPermission(): Promise<void> {
    try {
      const permission = await navigator.permissions.query({ name: "microphone" });
      this.#permission = permission;
      permission.addEventListener("change", () => {
        if (permission.state === "granted") this.#advance({ type: "allowed" });
        void this.#findMicrophones();
      });
    } catch {
      // Some browsers do not tell; then "connecting" is shown while the user is asked.
    }
  }

  async #findMicrophones(current?: string): Promise<void> {
    try {
      this.#controls.setDevices(await this.#sdk.microphones(), this.#words, current);
    } catch {
      // Without a list there is still the default microphone.
    }
  }
}

async function fetchReadiness(): Promise<Readiness> {
  try {
    return readReadiness(await (await fetch("/readyz")).json());
  } catch {
    return { type: "unreachable" };
  }
}

async function fetchSample(signal: AbortSignal): Promise<Blob> {
  const answer = await fetch("/sample.wav", { signal });
  if (!answer.ok) throw new TroubleError("no_sample");
  return await answer.blob();
}

function readable(file: File): Promise<Blob> {
  if (file.size > fileBytes) throw new TroubleError("long_file");
  return Promise.resolve(file);
}

function keptPair(): Pair | undefined {
  try {
    const { source, target } = JSON.parse(memory.recall(pairKey) ?? "{}");
    return typeof source === "string" && typeof target === "string" ? { source, target } : undefined;
  } catch {
    return undefined;
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
