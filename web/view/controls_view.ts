import type { Dictionary } from "../i18n/dictionary.ts";
import { isBusy, type Phase } from "../phase.ts";
import { clockTime } from "../quantity.ts";
import { byId, make, setText } from "./element.ts";

/** A microphone that can be chosen. */
export interface Device {
  readonly deviceId: string;
  readonly label: string;
}

/** What the controls ask for. */
export interface ControlActions {
  /** Speak, stop, cancel: whatever the primary button says. */
  readonly primary: () => void;
  readonly microphone: (deviceId: string) => void;
  readonly file: (file: File) => void;
  readonly sample: () => void;
  readonly voice: (on: boolean) => void;
}

/** The controls below the talk: one primary action, what the page is doing, and where the speech comes from. */
export class ControlsView {
  readonly #dock = byId("dock", HTMLElement);
  readonly #primary = byId("primary", HTMLButtonElement);
  readonly #primaryText = byId("primary-text", HTMLSpanElement);
  readonly #primaryIcon = byId("primary-icon", SVGUseElement);
  readonly #phase = byId("phase", HTMLParagraphElement);
  readonly #phaseText = byId("phase-text", HTMLSpanElement);
  readonly #clock = byId("clock", HTMLSpanElement);
  readonly #microphone = byId("microphone", HTMLSelectElement);
  readonly #playing = byId("playing", HTMLSpanElement);
  readonly #levelBar = byId("level-bar", HTMLSpanElement);
  readonly #file = byId("file", HTMLInputElement);
  readonly #chooseFile = byId("choose-file", HTMLButtonElement);
  readonly #playSample = byId("play-sample", HTMLButtonElement);
  readonly #voice = byId("voice", HTMLButtonElement);
  readonly #voiceIcon = byId("voice-icon", SVGUseElement);
  #devices: readonly Device[] = [];

  constructor(actions: ControlActions) {
    this.#primary.addEventListener("click", actions.primary);
    this.#microphone.addEventListener("change", () => actions.microphone(this.#microphone.value));
    this.#chooseFile.addEventListener("click", () => this.#file.click());
    this.#file.addEventListener("change", () => {
      const file = this.#file.files?.[0];
      // The same file can be chosen again.
      this.#file.value = "";
      if (file) actions.file(file);
    });
    this.#playSample.addEventListener("click", actions.sample);
    this.#voice.addEventListener("click", () => {
      this.setVoice(!this.voiceOn);
      actions.voice(this.voiceOn);
    });
  }

  /** The microphone that is chosen; empty for the default one. */
  get deviceId(): string {
    return this.#microphone.value;
  }

  /** Whether the translation is to be heard. */
  get voiceOn(): boolean {
    return this.#voice.ariaPressed === "true";
  }

  setVoice(on: boolean): void {
    this.#voice.ariaPressed = String(on);
    this.#voiceIcon.setAttribute("href", on ? "#icon-voice" : "#icon-voice-off");
  }

  /** Shows what the page is doing. */
  show(phase: Phase, words: Dictionary, canStart: boolean, soundBlocked: boolean): void {
    const busy = isBusy(phase);
    const waiting = phase.type === "permission" || phase.type === "connecting";
    const finishing = phase.type === "finishing" ||
      (phase.type === "reconnecting" && phase.then === "finishing");
    setText(
      this.#primaryText,
      !busy ? words.speak : waiting ? words.cancel : finishing ? words.endNow : words.stop,
    );
    this.#primaryIcon.setAttribute("href", busy ? "#icon-stop" : "#icon-microphone");
    this.#primary.toggleAttribute("data-busy", busy);
    this.#dock.toggleAttribute("data-busy", busy);
    this.#primary.disabled = !busy && !canStart;
    this.#chooseFile.disabled = this.#playSample.disabled = busy || !canStart;
    this.#phase.dataset["phase"] = phase.type;
    const lamp = this.#phase.firstElementChild as HTMLElement;
    lamp.dataset["lit"] = phase.type === "live"
      ? "yes"
      : phase.type === "reconnecting" || phase.type === "failed"
      ? "no"
      : "";
    setText(this.#phaseText, words.phase[phase.type === "live" && soundBlocked ? "blocked" : phase.type]);
    if (!busy) this.setLevel(0);
  }

  /** Shows which recording is played; the choice of microphones when none is. */
  setPlaying(name: string | undefined): void {
    this.#playing.hidden = name === undefined;
    this.#microphone.parentElement!.hidden = name !== undefined;
    setText(this.#playing, name ?? "");
  }

  /** Shows how much speech was taken; nothing before any was. */
  setClock(ms: number | undefined): void {
    this.#clock.hidden = ms === undefined;
    if (ms !== undefined) setText(this.#clock, clockTime(ms));
  }

  /** Shows how loud it is: the root mean square, 0 to 1, on a scale of 48 dB. */
  setLevel(rms: number): void {
    const share = rms <= 0 ? 0 : Math.min(1, Math.max(0, 1 + 20 * Math.log10(rms * 1.5) / 48));
    this.#levelBar.style.transform = `scaleX(${share.toFixed(3)})`;
  }

  /** Shows the microphones there are, keeping the choice where it is still there. */
  setDevices(devices: readonly Device[], words: Dictionary, current = this.#microphone.value): void {
    this.#devices = devices;
    const named = devices.filter(({ deviceId, label }) =>
      deviceId !== "" && deviceId !== "default" && label !== ""
    );
    const option = (value: string, text: string) => {
      const made = make("option", "", text);
      made.value = value;
      return made;
    };
    this.#microphone.replaceChildren(
      option("", words.defaultMicrophone),
      ...named.map(({ deviceId, label }) => option(deviceId, label)),
    );
    this.#microphone.value = named.some(({ deviceId }) => deviceId === current) ? current : "";
  }

  /** Names the default microphone in another language. */
  setWords(words: Dictionary): void {
    this.setDevices(this.#devices, words);
  }
}
