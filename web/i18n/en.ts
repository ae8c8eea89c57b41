/** Every word of the page, in English; the shape of all dictionaries. */
export const en = {
  title: "Parley, a live interpreter",
  skip: "Skip to the captions",

  headline: (source: string, target: string) => `Speak ${source}.\nBe heard in ${target}.`,
  introduction:
    "Your words appear while you say them, with their translation, clause by clause; a voice speaks it a moment later.",
  headphones: "Wear headphones: the microphone should not hear the voice.",
  privacy: (host: string) => `This page sends your speech to ${host} and nowhere else.`,

  sourceLanguage: "Spoken",
  targetLanguage: "Interpreted into",
  captions: "Captions",
  clauses: "The talk, clause by clause",
  notSpoken: {
    late: "not spoken: the voice was too far behind",
    failed: "not interpreted: an engine failed",
    muted: "not spoken: the voice is off",
    cancelled: "not spoken: it was cancelled",
    other: "not spoken",
  },
  earlier: (count: number) =>
    count === 1 ? "One earlier clause is in the exports." : `${count} earlier clauses are in the exports.`,
  toNow: "Go on with the talk",

  controls: "Controls",
  speak: "Speak",
  stop: "Stop",
  endNow: "End now",
  cancel: "Cancel",
  microphone: "Microphone",
  defaultMicrophone: "Microphone",
  chooseFile: "Play a recording",
  playSample: "Play the sample",
  sample: "Sample talk",
  dropHere: "Drop the recording to interpret it",
  voiceOn: "Voice",

  phase: {
    idle: "Ready",
    permission: "Waiting for the microphone: please allow it",
    connecting: "Connecting",
    live: "Live",
    blocked: "Live; tap or press a key to hear it",
    reconnecting: "Connection lost, reconnecting; nothing you say is lost",
    finishing: "Interpreting the rest",
    ended: "Ended",
    failed: "Stopped",
  },

  timing: "Timing",
  timingSummary: (firstAudio: string, lag: string) => `first sound after ${firstAudio}, lag ${lag}`,
  timingEmpty: "how long each clause takes, and how far the voice is behind",
  waterfall: "From clause end to first sound",
  waterfallEmpty: "A bar appears for each clause.",
  lagChart: "How far the voice is behind the speaker",
  lagMedian: (seconds: string) => `half of the clauses within ${seconds}`,
  stage: { stt: "recognition", queue: "waiting", mt: "translation", tts: "voice" },
  clause: (segment: number) => `Clause ${segment}`,
  milliseconds: (ms: string) => `${ms} ms`,
  seconds: (seconds: string) => `${seconds} s`,
  firstSound: "first sound",

  engines: "Engines",
  enginesReady: "Engines ready",
  enginesWaiting: "Asking the engines",
  enginesNotReady: "An engine is not ready",
  enginesUnreachable: "The service does not answer",
  port: { stt: "Hears", mt: "Translates", tts: "Speaks" },
  ready: "ready",
  notReady: "not ready",

  display: "Display",
  textSize: "Text size",
  smaller: "Smaller text",
  larger: "Larger text",
  theme: "Colours",
  themes: { system: "As the system", light: "Light", dark: "Dark" },
  contrast: "More contrast",
  interface: "Language of this page",
  announce: "Read out by a screen reader",
  announcements: { target: "the translation", source: "what is said", none: "no captions" },

  save: "Save",
  saveNothing: "There is nothing to save yet.",
  saveCaptions: "Captions",
  saveTranscript: "Transcript",
  saveAudio: "Translated speech",
  asText: "Text",
  asJson: "JSON",
  asWav: "WAV",
  saveWithin: "WAV, the first hour",

  keyTitle: "This service asks for a key",
  keyWhy: "Whoever runs it gave you one. It is kept until you close this tab, and sent to this service only.",
  key: "Key",
  useKey: "Use the key",
  remedy: { retry: "Try again", key: "Enter the key" },

  trouble: {
    denied: {
      title: "The microphone is not allowed",
      advice:
        "Allow it for this page beside the address, then press Speak again. A recording works without it.",
    },
    no_microphone: {
      title: "There is no microphone",
      advice: "Connect one and press Speak again, or play a recording.",
    },
    microphone_busy: {
      title: "The microphone cannot be opened",
      advice: "Another program may be using it. Close that, or choose another microphone.",
    },
    insecure: {
      title: "The browser gives this page no microphone",
      advice: "It does so only for pages that come over https, or from this machine. Open the page that way.",
    },
    unsupported_browser: {
      title: "This browser cannot do it",
      advice: "It lacks what live sound needs. A current Firefox, Chrome, Edge or Safari has it.",
    },
    unreachable: {
      title: "The service cannot be reached",
      advice: "See whether it runs and whether you are online, then try again.",
    },
    key_needed: { title: "A key is needed", advice: "Enter the key that you were given." },
    key_wrong: { title: "The key is not known", advice: "Look at it again: every letter counts." },
    origin: {
      title: "This address may not use the service",
      advice: "Open the service's own page, or have this address added to PARLEY_ORIGINS.",
    },
    full: { title: "All places are taken", advice: "Try again in a minute." },
    language: { title: "These languages are not served", advice: "Choose another pair." },
    engine: { title: "An engine cannot work", advice: "The list under Engines says which one and why." },
    lost: {
      title: "The connection was lost for too long",
      advice: "What was interpreted is still here and can be saved. Speak again to begin a new talk.",
    },
    bad_file: {
      title: "The recording cannot be read",
      advice: "The browser knows no sound in this file. WAV, MP3, Ogg, M4A and WebM usually work.",
    },
    long_file: { title: "The recording is too long", advice: "Up to 100 MB can be played." },
    no_sample: {
      title: "There is no sample talk here",
      advice: "The service has none to play. Speak, or play a recording of your own.",
    },
    service: {
      title: "The service failed",
      advice:
        "What was interpreted is still here and can be saved. Try again; if it stays so, tell whoever runs it.",
    },
  },
} as const;
