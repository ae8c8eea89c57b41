/** A time as caption files write it: `01:02:03.004`, with the format's own mark before the thousandths. */
export function timestamp(ms: number, mark: "." | ","): string {
  const whole = Math.max(0, Math.round(ms));
  const two = (value: number) => String(value).padStart(2, "0");
  const seconds = Math.floor(whole / 1000);
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${
    two(seconds % 60)
  }${mark}${String(whole % 1000).padStart(3, "0")}`;
}
