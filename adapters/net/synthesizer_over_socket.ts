import { systemClock } from "../../flow/clock.ts";
import type { SpeechSynthesizer } from "../../pipeline/ports.ts";
import { Lifetime } from "../lifetime.ts";
import type { Owned } from "../provider.ts";
import { chooseVoice } from "./choose_voice.ts";
import { Concurrency } from "./concurrency.ts";
import { ConnectionPool } from "./connection_pool.ts";
import { ContextLink } from "./context_link.ts";
import type { ContextWire } from "./context_wire.ts";
import { type ConnectSocket, socketConnector } from "./socket.ts";
import { SocketVoice, type SocketVoiceOutside } from "./socket_voice.ts";

/** The outside world of an adapter that speaks over a socket; its `deadlineMs` is 10,000 by default. */
export type SocketOutside = Partial<SocketVoiceOutside> & { readonly connect?: ConnectSocket };

/** How often a connection is asked whether it still works, in ms. */
const checkEveryMs = 10_000;
/** There may be more connections than may be at work: those of other voices stay open for a while. */
const connectionsPerPlace = 4;

/**
 * A synthesizer that speaks over sockets, which all of its voices share where the provider allows it; text goes out phrase by phrase. To open a voice is to
 * see to it that there is a connection for it.
 */
export function synthesizerOverSocket(
  wire: ContextWire,
  outside: SocketOutside = {},
): Owned<SpeechSynthesizer> {
  const { clock = systemClock, deadlineMs = 10_000 } = outside;
  const { provider, limits, closing, read } = wire;
  const keepalive = wire.keepalive && { clock, ...wire.keepalive };
  const connect = outside.connect ?? socketConnector({ clock, checkEveryMs });
  const lifetime = new Lifetime(`synthesizer ${wire.name}`);
  const concurrency = new Concurrency({ provider, limit: wire.concurrency, clock });
  const connections = connectionsPerPlace * wire.concurrency;
  const pool = new ConnectionPool<ContextLink>({ provider, clock, limits, concurrency, connections });
  return {
    name: wire.name,
    traits: wire.traits,
    connections: () => [{ name: wire.name, ...pool.connections }],
    async open({ signal, ...wanted }) {
      lifetime.check();
      signal.throwIfAborted();
      const chosen = chooseVoice(wire.traits, wanted, provider);
      const { url, headers } = wire.connection(chosen);
      const request = { provider, url, headers, ...(closing && { closing }) };
      using either = lifetime.link(signal);
      const membership = await pool.join(url, async (signal) => {
        const link = new ContextLink(connect, request, read, signal, keepalive);
        await link.opened();
        return link;
      }, either.signal);
      const voice = new SocketVoice(wire, chosen, { clock, deadlineMs }, { lifetime, membership });
      return {
        format: chosen.format,
        speak: (text, options, signal) => voice.speak(text, options, signal),
        [Symbol.asyncDispose]: () => voice[Symbol.asyncDispose](),
      };
    },
    async [Symbol.asyncDispose]() {
      lifetime.end();
      await pool[Symbol.asyncDispose]();
    },
  };
}
