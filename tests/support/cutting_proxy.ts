/** Options of {@linkcode cuttingProxy}. */
export interface CuttingProxyOptions {
  /** Where the connections go on to at first, on this machine. */
  readonly port: number;
  /**
   * When connections are cut: the first one when the client has sent so many bytes through it, the second one after the second number, and so on.
   * Those after the last number stay whole.
   */
  readonly cutAfterBytes?: readonly number[];
}

/** A stretch of wire that can be cut: passes TCP connections on, and drops them without a farewell. */
export interface CuttingProxy extends AsyncDisposable {
  readonly port: number;
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** How many connections were made through it. */
  readonly connections: number;
  /** How many of them were cut. */
  readonly cuts: number;
  /** The port on this machine that new connections go on to. */
  target: number;
  /** While it is set, new connections are dropped at once. */
  refusing: boolean;
  /** Drops all connections. */
  cut(): void;
}

/** Listens on a free port of this machine. */
export function cuttingProxy({ port, cutAfterBytes = [] }: CuttingProxyOptions): CuttingProxy {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<{ close(): void }>();
  const passing = new Set<Promise<void>>();
  let connections = 0;
  let cuts = 0;

  const proxy: CuttingProxy = {
    port: listener.addr.port,
    url: `http://127.0.0.1:${listener.addr.port}`,
    get connections() {
      return connections;
    },
    get cuts() {
      return cuts;
    },
    target: port,
    refusing: false,
    cut() {
      for (const connection of open) connection.close();
    },
    async [Symbol.asyncDispose]() {
      listener.close();
      await accepting;
      proxy.cut();
      await Promise.all(passing);
    },
  };

  const pass = async (client: Deno.TcpConn, limitBytes: number) => {
    const service = await Deno.connect({ hostname: "127.0.0.1", port: proxy.target });
    const connection = {
      close() {
        if (!open.delete(connection)) return;
        cuts += 1;
        client.close();
        service.close();
      },
    };
    open.add(connection);
    let bytes = 0;
    await Promise.all([
      copy(client, service, (count) => {
        bytes += count;
        if (bytes >= limitBytes) connection.close();
      }),
      copy(service, client, () => {}),
    ]);
    if (!open.delete(connection)) return;
    client.close();
    service.close();
  };

  const accept = async () => {
    for await (const client of listener) {
      if (proxy.refusing) {
        client.close();
        continue;
      }
      const done = pass(client, cutAfterBytes[connections++] ?? Infinity);
      passing.add(done);
      done.finally(() => passing.delete(done));
    }
  };
  const accepting = accept();
  return proxy;
}

/** Copies until one end is closed, and closes the other direction with it. */
async function copy(from: Deno.TcpConn, to: Deno.TcpConn, count: (bytes: number) => void): Promise<void> {
  const buffer = new Uint8Array(65_536);
  try {
    for (let length = await from.read(buffer); length !== null; length = await from.read(buffer)) {
      for (let written = 0; written < length;) written += await to.write(buffer.subarray(written, length));
      count(length);
    }
    await to.closeWrite();
  } catch {
    // It was cut, here or at one of the ends.
  }
}
