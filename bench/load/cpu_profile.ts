/** What V8's profiler writes (Chrome DevTools Protocol, Profiler.Profile): a tree of calls, and which of them ran at each sample. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: {
      readonly functionName: string;
      readonly url: string;
      readonly lineNumber: number;
    };
    readonly children?: readonly number[];
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** A call with all that it called. */
export interface FlameFrame {
  readonly name: string;
  readonly where: string;
  readonly area: Area;
  readonly ms: number;
  readonly children: readonly FlameFrame[];
}

/** Whose code something is. */
export type Area =
  | "sockets of clients"
  | "sessions and protocol"
  | "pipeline"
  | "resilience"
  | "providers"
  | "telemetry"
  | "platform";

const folders: readonly (readonly [RegExp, Area])[] = [
  [/\/routes\/|01_websocket\.js/, "sockets of clients"],
  [/\/(sessions|protocol)\//, "sessions and protocol"],
  [/\/(pipeline|flow)\//, "pipeline"],
  [/\/adapters\/compose\/|lru-cache/, "resilience"],
  [/\/adapters\/|\/bench\/|\/ws\/|eventsource|valibot|deno_node|deno_fetch|06_streams/, "providers"],
  [/\/telemetry\/|prometheus|opentelemetry/, "telemetry"],
];

/** The tree of calls without idling, and how much of the time was whose: what the platform does counts for whoever called it. */
export function readProfile(
  profile: CpuProfile,
): { readonly root: FlameFrame; readonly areas: ReadonlyMap<Area, number> } {
  const own = new Map<number, number>();
  for (const [index, id] of profile.samples.entries()) {
    own.set(id, (own.get(id) ?? 0) + (profile.timeDeltas[index] ?? 0) / 1000);
  }
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const areas = new Map<Area, number>();
  const frame = (id: number, caller: Area): FlameFrame => {
    const { callFrame: { functionName, url, lineNumber }, children = [] } = nodes.get(id)!;
    const area = folders.find(([pattern]) => pattern.test(url))?.[1] ?? caller;
    const idle = functionName === "(idle)";
    const ownMs = idle ? 0 : own.get(id) ?? 0;
    areas.set(area, (areas.get(area) ?? 0) + ownMs);
    const called = children.map((child) => frame(child, area)).filter(({ ms }) => ms > 0);
    return {
      name: functionName || "(anonymous)",
      where: url === "" ? "" : `${shortened(url)}:${lineNumber + 1}`,
      area,
      ms: called.reduce((sum, { ms }) => sum + ms, ownMs),
      children: called,
    };
  };
  return { root: frame(profile.nodes[0]!.id, "platform"), areas };
}

/** The path within the project, or the package: never where these lie on the machine. */
function shortened(url: string): string {
  const project = new URL("../../", import.meta.url).href;
  return url.startsWith(project) ? url.slice(project.length) : url.replace(/^.*\/npm\/[^/]+\//, "npm:");
}
