/** The parts of the fvad WebAssembly module that are used; it ships without types. Addresses point into its memory. */
export interface FvadModule {
  /** A view of the memory; it is replaced when it grows. */
  readonly HEAP16: Int16Array;
  _malloc(bytes: number): number;
  _free(address: number): void;
  /** Returns a detector's address, or 0. */
  _fvad_new(): number;
  _fvad_free(detector: number): void;
  /** Forgets what was heard; also sets the mode to 0 and the rate to 8,000 Hz. */
  _fvad_reset(detector: number): void;
  /** 0 lets most pass for speech, 3 least. Returns 0, or -1 for another mode. */
  _fvad_set_mode(detector: number, mode: number): number;
  /** Returns 0, or -1 for a rate other than 8, 16, 32 or 48 kHz. */
  _fvad_set_sample_rate(detector: number, rate: number): number;
  /** Returns 1 for speech, 0 for none, -1 for a length other than 10, 20 or 30 ms. */
  _fvad_process(detector: number, samples: number, count: number): number;
}

/** Loads the module with a memory of its own. */
export default function load(): Promise<FvadModule>;
