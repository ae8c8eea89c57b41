/** How many bytes went through, as TCP carries them: WebSocket framing included, TCP and IP not. */
export interface Counted {
  up: number;
  down: number;
}

/** Stands between a client and a service on this machine and counts. */
export function countingProxy(
  target: { readonly hostname: string; readonly port: number },
): AsyncDisposable & {
  readonly port: number;
  readonly counted: Counted;
} {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const counted: Counted = { up: 0, down: 0 };
  const open = new Set<Deno.TcpConn>();
  const pump = async (from: Deno.TcpConn, to: Deno.TcpConn, count: (bytes: number) => void) => {
    const buffer = new Uint8Array(65_536);
    try {
      for (let read = await from.read(buffer); read !== null; read = await from.read(buffer)) {
        count(read);
        for (let written = 0; written < read;) written += await to.write(buffer.subarray(written, read));
      }
      await to.closeWrite();
    } catch {
      // Either side has closed: the other is closed with it.
    }
  };
  const serve = async (client: Deno.TcpConn) => {
    const service = await Deno.connect(target);
    client.setNoDelay(true);
    service.setNoDelay(true);
    open.add(client).add(service);
    await Promise.all([
      pump(client, service, (bytes) => counted.up += bytes),
      pump(service, client, (bytes) => counted.down += bytes),
    ]);
    for (const connection of [client, service]) if (open.delete(connection)) connection.close();
  };
  const accepting = (async () => {
    for await (const client of listener) serve(client);
  })();
  return {
    port: listener.addr.port,
    counted,
    async [Symbol.asyncDispose]() {
      listener.close();
      await accepting;
      for (const connection of open) connection.close();
      open.clear();
    },
  };
}
