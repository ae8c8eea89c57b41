/** What the browser keeps for the page: until the tab is closed, or for good. */
export interface Memory {
  readonly recall: (name: string) => string | null;
  readonly keep: (name: string, value: string) => void;
}

/** Keeps things in a storage of the browser, or, where the user forbids that, in this page only. */
export function memoryIn(storage: () => Storage): Memory {
  const own = new Map<string, string>();
  const attempt = <T>(work: () => T, otherwise: T): T => {
    try {
      return work();
    } catch {
      return otherwise;
    }
  };
  return {
    recall: (name) => attempt(() => storage().getItem(name), null) ?? own.get(name) ?? null,
    keep(name, value) {
      own.set(name, value);
      attempt(() => storage().setItem(name, value), undefined);
    },
  };
}
