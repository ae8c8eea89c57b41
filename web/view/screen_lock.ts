/** Keeps the screen on while a talk is on, where the browser can: a phone that sleeps hears nothing. */
export class ScreenLock {
  #wanted = false;
  #lock: WakeLockSentinel | undefined;

  constructor() {
    // Browsers let go of it when the page is out of sight.
    document.addEventListener("visibilitychange", () => void this.#take());
  }

  /** Keeps the screen on, or lets it sleep. */
  hold(wanted: boolean): void {
    if (wanted === this.#wanted) return;
    this.#wanted = wanted;
    if (wanted) void this.#take();
    else void this.#lock?.release();
  }

  async #take(): Promise<void> {
    if (!this.#wanted || document.visibilityState !== "visible" || !("wakeLock" in navigator)) return;
    try {
      const lock = await navigator.wakeLock.request("screen");
      if (this.#wanted) this.#lock = lock;
      else await lock.release();
    } catch {
      // A battery that is low says no; the talk goes on.
    }
  }
}
