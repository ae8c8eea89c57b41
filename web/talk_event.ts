import type { ClauseTiming } from "./clause.ts";

/** What the record of a talk needs of the events of a session. */
export type TalkEvent =
  | {
    readonly type: "lanes";
    readonly lanes: readonly { readonly lane: number; readonly language: string; readonly rate: number }[];
  }
  | {
    readonly type: "caption";
    readonly lane: number;
    readonly segment: number;
    readonly stable: string;
    readonly tentative: string;
    readonly final: boolean;
  }
  | {
    readonly type: "segment";
    readonly segment: number;
    readonly start: number;
    readonly end: number;
    readonly text: string;
  }
  | ({ readonly type: "timing"; readonly segment: number } & ClauseTiming)
  | { readonly type: "skipped"; readonly segment: number; readonly reason: string }
  | { readonly type: "error"; readonly segment?: number }
  | {
    readonly type: "audio";
    readonly lane: number;
    readonly position: number;
    readonly samples: Int16Array;
    readonly timing?:
      | { readonly segment: number; readonly end: number; readonly ttfabMs: number | undefined }
      | undefined;
  }
  | {
    readonly type: "played";
    readonly lane: number;
    readonly segment: number;
    readonly position: number;
    readonly done: boolean;
  };
