/// <reference lib="dom" />

/** What a device tells of its network and of its sleep. */
export interface Surroundings {
  /** Whether there is a network, as far as the device knows. */
  readonly online: boolean;
  /** Calls `changed` when the network comes or goes, and when the device or the page wakes up; returns what ends that. */
  watch(changed: () => void): () => void;
}

/** Nothing is ever known. */
export const unknownSurroundings: Surroundings = { online: true, watch: () => () => {} };

/** The surroundings of a page: https://html.spec.whatwg.org/#navigator.online and https://wicg.github.io/page-lifecycle/. */
export const pageSurroundings: Surroundings = {
  get online() {
    return navigator.onLine;
  },
  watch(changed) {
    const told: readonly (readonly [EventTarget, string])[] = [
      [globalThis, "online"],
      [globalThis, "offline"],
      [globalThis, "pageshow"],
      [document, "visibilitychange"],
      [document, "resume"],
    ];
    for (const [target, type] of told) target.addEventListener(type, changed);
    return () => {
      for (const [target, type] of told) target.removeEventListener(type, changed);
    };
  },
};
