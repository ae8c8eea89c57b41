/** A page in WebKitGTK's MiniBrowser, driven through WebDriver (https://www.w3.org/TR/webdriver2/). */
export interface WebKitPage extends AsyncDisposable {
  /** Opens an address. */
  go(url: string): Promise<void>;
  /** Runs the body of a function in the page; gives what it returns. */
  run(body: string): Promise<unknown>;
  /** Runs it again and again until it returns something that holds. */
  until(body: string): Promise<void>;
  click(selector: string): Promise<void>;
  /** Types into an element; a path into one for files. */
  type(selector: string, text: string): Promise<void>;
}

const browser = "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser";
const needed: Readonly<Record<string, string>> = {
  "/usr/bin/WebKitWebDriver": "webkit2gtk-driver",
  [browser]: "webkit2gtk-driver",
  "/usr/bin/Xvfb": "xvfb",
  "/usr/lib/x86_64-linux-gnu/gstreamer-1.0/libgstpulseaudio.so": "gstreamer1.0-pulseaudio",
  "/usr/bin/pulseaudio": "pulseaudio",
};

/** What `openWebKit` needs and is not there, as Debian packages; `undefined` when all is. */
export function webkitMissing(): string | undefined {
  const missing = Object.entries(needed).filter(([path]) => !exists(path)).map(([, name]) => name);
  return missing.length === 0 ? undefined : [...new Set(missing)].join(" ");
}

/** Starts a display, a sound server without a device and the browser, all for this page alone; dispose of it. */
export async function openWebKit(): Promise<WebKitPage> {
  const folder = await Deno.makeTempDir();
  const display = `:${freeDisplay()}`;
  const env = {
    HOME: folder,
    XDG_RUNTIME_DIR: folder,
    PULSE_SERVER: `unix:${folder}/pulse`,
    DISPLAY: display,
    GIO_USE_VFS: "local",
    NO_AT_BRIDGE: "1",
    WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1",
  };
  const port = freePort();
  const start = (program: string, ...args: readonly string[]) =>
    new Deno.Command(program, { args: [...args], env, stdin: "null", stdout: "null", stderr: "null" })
      .spawn();
  const processes = [
    start("Xvfb", display, "-screen", "0", "1280x900x24", "-nolisten", "tcp"),
    start(
      "pulseaudio",
      ...["-n", "--daemonize=no", "--exit-idle-time=-1"],
      ...["-L", `module-native-protocol-unix auth-anonymous=1 socket=${folder}/pulse`],
      ...["-L", "module-null-sink"],
    ),
    start("WebKitWebDriver", `--port=${port}`, "--host=127.0.0.1"),
  ];
  const base = `http://127.0.0.1:${port}`;
  let session = "";
  const call = async (method: string, path: string, body?: object): Promise<unknown> => {
    const answer = await fetch(base + path, {
      method,
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const { value } = await answer.json();
    if (answer.ok) return value;
    throw new Error(`WebKitWebDriver: ${value?.error}: ${value?.message}`);
  };
  const close = async () => {
    if (session) await call("DELETE", session).catch(() => {});
    for (const process of processes) {
      try {
        process.kill();
      } catch {
        // It has ended by itself.
      }
    }
    await Promise.all(processes.map(({ status }) => status));
    await Deno.remove(folder, { recursive: true }).catch(() => {});
  };
  const element = async (selector: string) => {
    const found = await call("POST", `${session}/element`, { using: "css selector", value: selector });
    return `${session}/element/${Object.values(found as Record<string, string>)[0]}`;
  };
  const run = (body: string) => call("POST", `${session}/execute/sync`, { script: body, args: [] });
  try {
    await patiently(() => call("GET", "/status"));
    await patiently(() => Deno.stat(`${folder}/pulse`));
    await patiently(() => Deno.stat(`/tmp/.X11-unix/X${display.slice(1)}`));
    const options = { binary: browser, args: ["--automation"] };
    const capabilities = { alwaysMatch: { "webkitgtk:browserOptions": options } };
    const { sessionId } = await call("POST", "/session", { capabilities }) as { readonly sessionId: string };
    session = `/session/${sessionId}`;
  } catch (error) {
    await close();
    throw error;
  }
  return {
    run,
    async go(url) {
      await call("POST", `${session}/url`, { url });
    },
    until: (body) =>
      patiently(async () => {
        if (!await run(body)) throw new Error(`Waited in vain for: ${body}`);
      }),
    async click(selector) {
      await call("POST", `${await element(selector)}/click`, {});
    },
    async type(selector, text) {
      await call("POST", `${await element(selector)}/value`, { text });
    },
    [Symbol.asyncDispose]: close,
  };
}

/** Tries until it succeeds, for a minute and a half at most. */
async function patiently(attempt: () => Promise<unknown>): Promise<void> {
  for (let left = 900;; left--) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (left === 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

function freeDisplay(): number {
  let display = 90;
  while (exists(`/tmp/.X${display}-lock`)) display += 1;
  return display;
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}
