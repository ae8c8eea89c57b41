import type { SpeechRecognizer } from "../../pipeline/ports.ts";
import { millisecondsSetting } from "../net/milliseconds_setting.ts";
import { type RecognizerOutside, recognizerOverSocket } from "../net/recognizer_over_socket.ts";
import {
  addressSetting,
  concurrencySetting,
  keySetting,
  languagesSetting,
  nameSetting,
} from "../net/settings.ts";
import type { Owned, Provider } from "../provider.ts";
import { type ScribeOptions, scribeWire } from "./recognizer.ts";

/** Recognises with ElevenLabs' Scribe in real time: a pause commits what was said before it. */
export function scribeRecognizer(
  options: ScribeOptions,
  outside?: RecognizerOutside,
): Owned<SpeechRecognizer> {
  return recognizerOverSocket(scribeWire(options), outside);
}

const settings = {
  ELEVENLABS_API_KEY: keySetting("ElevenLabs"),
  PARLEY_ELEVENLABS_URL: addressSetting("https://api.elevenlabs.io", "Where ElevenLabs' routes begin"),
  PARLEY_SCRIBE_MODEL: nameSetting("scribe_v2_realtime", "Which model of ElevenLabs listens"),
  PARLEY_SCRIBE_LANGUAGES: languagesSetting(
    "en,af,ar,as,az,be,bg,bn,bs,ca,cs,cy,da,de,el,es,et,fa,fi,fil,fr,ga,gl,gu,ha,he,hi,hr,hu,hy,id,is,it,ja,jv,ka,kk,km,kn,ko," +
      "ky,lo,lt,lv,mk,ml,mn,mr,ms,mt,my,nb,ne,nl,pa,pl,ps,pt,ro,ru,sd,sk,sl,so,sr,sv,sw,ta,te,tg,th,tr,uk,ur,uz,vi,yue,zh",
    "What the model of ElevenLabs understands, separated by commas",
  ),
  PARLEY_SCRIBE_SILENCE_MS: millisecondsSetting(
    500,
    { min: 310, max: 3000 },
    "How much silence ends an utterance, in ms",
  ),
  PARLEY_SCRIBE_CONCURRENCY: concurrencySetting(
    10,
    "How many sessions of recognition ElevenLabs' plan allows at a time",
  ),
};

/** `PARLEY_STT=elevenlabs_scribe`: recognition by ElevenLabs. */
export const elevenlabsScribe: Provider<SpeechRecognizer, typeof settings> = {
  name: "elevenlabs_scribe",
  settings,
  create: (values) =>
    scribeRecognizer({
      key: values.ELEVENLABS_API_KEY,
      address: values.PARLEY_ELEVENLABS_URL,
      model: values.PARLEY_SCRIBE_MODEL,
      languages: values.PARLEY_SCRIBE_LANGUAGES,
      silenceMs: values.PARLEY_SCRIBE_SILENCE_MS,
      concurrency: values.PARLEY_SCRIBE_CONCURRENCY,
    }),
};
