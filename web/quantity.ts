/** Numbers as a language writes them: whole milliseconds, and seconds to the tenth. */
export interface Quantities {
  /** `270` */
  readonly whole: (value: number) => string;
  /** `1.2` of 1,234 ms */
  readonly seconds: (ms: number) => string;
  /** The same without a needless tenth: `2` of 2,000 ms. */
  readonly short: (ms: number) => string;
}

/** The numbers of a language of the interface. */
export function quantitiesIn(language: string): Quantities {
  const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
  const tenth = new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const short = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  return {
    whole: (value) => whole.format(value),
    seconds: (ms) => tenth.format(ms / 1000),
    short: (ms) => short.format(ms / 1000),
  };
}

/** How long something lasts, as clocks show it: `1:05`, `1:00:05`. */
export function clockTime(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (value: number) => String(value).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
