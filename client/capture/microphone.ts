/// <reference lib="dom" />
import type { MicrophoneWish } from "../interpret_options.ts";
import { microphoneError, platformError } from "./device_error.ts";

/** A microphone to choose. */
export interface Microphone {
  readonly deviceId: string;
  /** Empty until the user has allowed the page to use a microphone. */
  readonly label: string;
}

/**
 * The microphones there are.
 *
 * @param ask whether to ask the user for permission first, so that labels are known.
 * @throws {InterpretError} when there is no access to microphones at all, or the user was asked and did not allow it.
 */
export async function microphones(
  { ask = false }: { readonly ask?: boolean } = {},
): Promise<readonly Microphone[]> {
  if (ask) stopTracks(await openMicrophone({}));
  const devices = await mediaDevices().enumerateDevices();
  return devices.filter(({ kind }) => kind === "audioinput").map(({ deviceId, label }) => ({
    deviceId,
    label,
  }));
}

/**
 * Opens a microphone, after the user has allowed it.
 *
 * @throws {InterpretError} when there is none, or it may not or cannot be used.
 */
export async function openMicrophone(wish: MicrophoneWish): Promise<MediaStream> {
  const { deviceId, echoCancellation = true, noiseSuppression = true, autoGainControl = true } = wish;
  const audio = { echoCancellation, noiseSuppression, autoGainControl, channelCount: 1 };
  try {
    return await mediaDevices().getUserMedia({
      audio: deviceId === undefined ? audio : { ...audio, deviceId: { exact: deviceId } },
    });
  } catch (error) {
    throw microphoneError(error);
  }
}

/** Lets go of the devices of a stream. */
export function stopTracks(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

/** Browsers hide them from pages that came over plain HTTP. */
function mediaDevices(): MediaDevices {
  const devices: MediaDevices | undefined = navigator.mediaDevices;
  if (devices) return devices;
  throw platformError();
}
