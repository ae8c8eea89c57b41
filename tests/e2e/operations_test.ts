import { assert, assertEquals } from "@std/assert";
import { parse } from "yaml";
import { catalogue } from "../../telemetry/catalogue.ts";
import { type Definition, prometheusName } from "../../telemetry/definition.ts";
import { findPromtool } from "../support/promtool.ts";

const alertsFile = new URL("../../docs/operations/alerts.yml", import.meta.url);
const promtool = await findPromtool();

interface Dashboard {
  readonly panels: readonly {
    readonly id: number;
    readonly type: string;
    readonly title: string;
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
    readonly targets?: readonly { readonly expr: string }[];
  }[];
}

async function dashboard(): Promise<Dashboard> {
  return JSON.parse(await Deno.readTextFile(new URL("../../docs/operations/grafana.json", import.meta.url)));
}

async function alerts(): Promise<readonly { readonly alert: string; readonly expr: string }[]> {
  return parse(await Deno.readTextFile(alertsFile)).groups[0].rules;
}

/** The series that the service's metrics come as. */
function knownSeries(): ReadonlySet<string> {
  return new Set(
    Object.values(catalogue).flatMap((definition: Definition) => {
      const name = prometheusName(definition);
      return definition.type === "histogram" ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name];
    }),
  );
}

function seriesIn(expression: string): string[] {
  return [...expression.matchAll(/parley_\w+/g)].map(([name]) => name);
}

Deno.test("the alert rules pass promtool, and fire when they should and only then", {
  ignore: promtool.ignore,
}, async () => {
  const checked = await promtool.run(["check", "rules", alertsFile.pathname]);
  assert(checked.ok, checked.said);
  const cases = new URL("../fixtures/alerts_test.yml", import.meta.url).pathname;
  const tested = await promtool.run(["test", "rules", cases]);
  assert(tested.ok, tested.said);
});

Deno.test("every expression of the dashboard passes promtool", { ignore: promtool.ignore }, async () => {
  const expressions = (await dashboard()).panels.flatMap(({ targets = [] }) =>
    targets.map(({ expr }) => expr)
  );
  assert(expressions.length > 30);
  const rules = expressions.map((expr, index) => ({
    record: `panel:${index}`,
    expr: expr.replaceAll("$__rate_interval", "5m"),
  }));
  const file = await Deno.makeTempFile({ suffix: ".json" });
  try {
    await Deno.writeTextFile(file, JSON.stringify({ groups: [{ name: "dashboard", rules }] }));
    const checked = await promtool.run(["check", "rules", file]);
    assert(checked.ok, checked.said);
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("the alert rules and the dashboard use metrics that exist, and the dashboard shows all of them", async () => {
  const known = knownSeries();
  for (const { alert, expr } of await alerts()) {
    assertEquals(seriesIn(expr).filter((name) => !known.has(name)), [], alert);
  }
  const shown = new Set<string>();
  for (const { title, targets = [] } of (await dashboard()).panels) {
    const names = targets.flatMap(({ expr }) => seriesIn(expr));
    assertEquals(names.filter((name) => !known.has(name)), [], title);
    for (const name of names) shown.add(name);
  }
  const missing = Object.values(catalogue).map(prometheusName).filter((name) =>
    !shown.has(name) && !shown.has(`${name}_bucket`)
  );
  assertEquals(missing, []);
});

Deno.test("the dashboard's panels have numbers of their own and do not lie over one another", async () => {
  const { panels } = await dashboard();
  assertEquals(new Set(panels.map(({ id }) => id)).size, panels.length);
  for (const [index, { gridPos: one, title }] of panels.entries()) {
    for (const { gridPos: other } of panels.slice(index + 1)) {
      const apart = one.x + one.w <= other.x || other.x + other.w <= one.x || one.y + one.h <= other.y ||
        other.y + other.h <= one.y;
      assert(apart, title);
    }
  }
});
