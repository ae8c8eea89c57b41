/** What a script finds in an AudioWorklet's scope, which the compiler's library does not describe. */
interface WorkletScope {
  /** Samples a second of the context. */
  readonly sampleRate: number;
  /** The context's time, in seconds. */
  readonly currentTime: number;
  readonly AudioWorkletProcessor: new () => { readonly port: WorkletPort };
  registerProcessor(name: string, processor: new (options: WorkletOptions) => WorkletProcessor): void;
}

/** The port to the page. */
export interface WorkletPort {
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  postMessage(message: unknown, transfer?: readonly ArrayBuffer[]): void;
}

/** What the page gave along with the node. */
export interface WorkletOptions {
  readonly processorOptions: unknown;
}

/** Sound that flows in and out: inputs or outputs, their channels, 128 samples each. */
export type Channels = readonly (readonly Float32Array<ArrayBuffer>[])[];

/** A node's part in the worklet. */
export interface WorkletProcessor {
  /** Is called for every 128 samples; gives false when it needs to be called no more. */
  process(inputs: Channels, outputs: Channels): boolean;
}

/** The scope of the worklet that this script runs in. */
export const scope = globalThis as unknown as WorkletScope;
