/** A specification in its vendor's repository, at one commit. */
export interface PublishedFile {
  /** What the tests call it, within the folder of the contracts. */
  readonly name: string;
  /** `owner/name` of the repository. */
  readonly repository: string;
  readonly commit: string;
  readonly path: string;
  /** SHA-256 of the file, in hexadecimal. */
  readonly sha256: string;
  readonly licence: string;
}

const deepgram = {
  repository: "deepgram/deepgram-api-specs",
  commit: "4ba987cf0522671a6a0ec0b6012670e4946f6430",
  licence: "CC-BY-4.0",
};
const deepl = {
  repository: "DeepLcom/openapi",
  commit: "d161fd2c529499d5b29545e8d977dcace9dbc278",
  licence: "MIT",
};
const openai = {
  repository: "openai/openai-openapi",
  commit: "f85dbe223d40e1a31cba812ab2d755c7e98a92a3",
  path: "openapi.yaml",
  sha256: "db5d7478feae10b4d331834c60d9765a8aa042e38419f9b1694288c11aa8ebc8",
  licence: "MIT",
};

/** What the vendors publish. Google's and Azure's are left out: they have no single file that says what the tests want to know. */
export const publishedFiles: readonly PublishedFile[] = [
  {
    ...deepgram,
    name: "deepgram/asyncapi.yml",
    path: "asyncapi.yml",
    sha256: "e0a6401dc8c7b2cd48a1d7a2e1dc538742e7184b0ab2e69ed682ce401f787b78",
  },
  {
    ...deepgram,
    name: "deepgram/speak-grant.json",
    path: "openapi.yml",
    sha256: "c5fed7b393898e93a41354f2124f799f28d5c4d796a17ec217cf4e2cf771e416",
  },
  {
    ...deepl,
    name: "deepl/translate-voice.json",
    path: "openapi.yaml",
    sha256: "f9f744d55271f75e15b42664c8dc1fa6beaf700847a3321053f3b3beec7fb385",
  },
  {
    ...deepl,
    name: "deepl/voice.asyncapi.yaml",
    path: "voice.asyncapi.yaml",
    sha256: "416e02dc2e3dba964196c3fad13d0f4626a1cb00e11f333bc8e30ff970bb0ea7",
  },
  { ...openai, name: "openai/audio-chat.json" },
  { ...openai, name: "openai/realtime-transcription-translation.json" },
  {
    name: "elevenlabs/asyncapi.yml",
    repository: "elevenlabs/elevenlabs-docs",
    commit: "3557f0b1bec8ec0233e48d03cc496f03c4396dcb",
    path: "fern/apis/api/asyncapi.yml",
    sha256: "ed29793887c070ef6e0ec97018b234905f38b7cea199e2de433146a44b3f71ad",
    licence: "MIT",
  },
  {
    name: "elevenlabs/scribe.asyncapi.yaml",
    repository: "elevenlabs/packages",
    commit: "2a9057eec7d18709306e3831385fc6e300f18b41",
    path: "packages/types/schemas/scribe.asyncapi.yaml",
    sha256: "c085c169df485b7b132fccfaaa496ed1afb19ce0bc357dc8d499d149800dc149",
    licence: "MIT",
  },
  {
    name: "speechmatics/realtime.yaml",
    repository: "speechmatics/docs",
    commit: "8783a7ae3c71a36801fac2cebd08234a220f873c",
    path: "spec/realtime.yaml",
    sha256: "75e977979b36b602eeb8ebe593f42bac28c9e2555d5db04c941659d75e9e7ac5",
    licence: "MIT",
  },
  {
    name: "speaches/openapi.json",
    repository: "speaches-ai/speaches",
    commit: "870e1e16a73452496e99d49f759eabd692a8e0e0",
    path: "docs/openapi.json",
    sha256: "345ec343b77507c7e71c6acfdf287976f31d1a1c18d2977cad871ef66aa26d05",
    licence: "MIT",
  },
];
