/** The parts of the client that not every session needs. */
export interface Parts {
  /** What captures. */
  capture(): Promise<Pick<typeof import("./capture/open_source.ts"), "openSource">>;
  /** What speaks. */
  playback(): Promise<Pick<typeof import("./playback/speaker.ts"), "Speaker">>;
  /** What finds out why nobody answers. */
  unreachable(): Promise<Pick<typeof import("./unreachable.ts"), "whyUnreachable">>;
}
