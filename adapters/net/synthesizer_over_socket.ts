import { systemClock } from "../../flow/clock.ts";
import type { SpeechSynthesizer } from "../../pipeline/ports.ts";
import { unlessAborted } from "../abortable.ts";
import { Lifetime } from "../lifetime.ts";
import type { Owned } from "../provider.ts";
import { chooseVoice } from "./choose_voice.ts";
import type { ContextWire } from "./context_wire.ts";
import { socketConnector } from "./socket.ts";
import { SocketVoice, type SocketVoiceOutside } from "./socket_voice.ts";

/** The outside world of an adapter that speaks over a socket; its `deadlineMs` is 10,000 by default. */
export type SocketOutside = Partial<SocketVoiceOutside>;

/**
 * A synthesizer that speaks over a socket. A voice has a connection of its own, opened with it and again when a text comes after it ended;
 * text goes out phrase by phrase.
 */
export function synthesizerOverSocket(
  wire: ContextWire,
  outside: SocketOutside = {},
): Owned<SpeechSynthesizer> {
  const { clock = systemClock, deadlineMs = 10_000 } = outside;
  const connect = outside.connect ?? socketConnector({ clock });
  const lifetime = new Lifetime(`synthesizer ${wire.name}`);
  const voices = new Set<AsyncDisposable>();
  return {
    name: wire.name,
    traits: wire.traits,
    async open({ signal, ...wanted }) {
      lifetime.check();
      signal.throwIfAborted();
      const chosen = chooseVoice(wire.traits, wanted, wire.provider);
      const voice = new SocketVoice(wire, chosen, { connect, clock, deadlineMs }, lifetime);
      voices.add(voice);
      try {
        await unlessAborted(voice.connect(), lifetime.within(signal));
      } catch (error) {
        voices.delete(voice);
        await voice[Symbol.asyncDispose]();
        throw error;
      }
      return {
        format: chosen.format,
        speak: (text, options, signal) => voice.speak(text, options, signal),
        async [Symbol.asyncDispose]() {
          voices.delete(voice);
          await voice[Symbol.asyncDispose]();
        },
      };
    },
    async [Symbol.asyncDispose]() {
      lifetime.end();
      await Promise.all([...voices].map((voice) => voice[Symbol.asyncDispose]()));
    },
  };
}
