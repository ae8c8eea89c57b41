import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { parse } from "yaml";

const root = new URL("../../", import.meta.url);

interface Job {
  readonly if?: string;
  readonly needs?: string;
  readonly environment?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly steps: readonly {
    readonly uses?: string;
    readonly run?: string;
    readonly with?: Readonly<Record<string, unknown>>;
    readonly env?: Readonly<Record<string, string>>;
  }[];
}

async function read(path: string): Promise<string> {
  return await Deno.readTextFile(new URL(path, root));
}

async function job(name: string): Promise<Job> {
  const { jobs } = parse(await read("deploy.yml"), { strict: true, uniqueKeys: true }) as {
    jobs: Record<string, Job>;
  };
  const found = jobs[name];
  assert(found, `deploy.yml has no job ${name}`);
  return found;
}

Deno.test("deploy.yml and the copy that GitHub reads are the same", async () => {
  assertEquals(await read(".github/workflows/deploy.yml"), await read("deploy.yml"));
});

Deno.test("deploy.yml checks with the command of the README", async () => {
  const { steps } = await job("check");
  const command = steps.find(({ run }) => run?.includes("task test"))?.run ?? "";
  assertEquals(command, "npx -y deno@2.9.6 task test");
  assertStringIncludes(await read(".ci/run"), command);
});

Deno.test("deploy.yml deploys what was checked on main, with a Deno that passes arguments once", async () => {
  const { needs, environment, steps, ...deploy } = await job("deploy");
  assertEquals([needs, environment], ["check", "production"]);
  assertStringIncludes(deploy.if ?? "", "refs/heads/main");
  assertEquals(steps.find(({ uses }) => uses === "denoland/setup-deno@v2")?.with?.["deno-version"], "2.9.5");
  const { run, env } = steps.find((step) => step.run?.startsWith("deno deploy")) ?? {};
  assertEquals(run?.split(" ").slice(0, 5), ["deno", "deploy", "--prod", "--json", "--non-interactive"]);
  assertEquals(env?.DENO_DEPLOY_TOKEN, "${{ secrets.DENO_DEPLOY_TOKEN }}");
});

Deno.test("deploy.yml deploys to Classic only by hand", async () => {
  const { needs, permissions, steps, ...classic } = await job("deploy-classic");
  assertEquals(classic.if, "github.event_name == 'workflow_dispatch'");
  assertEquals([needs, permissions?.["id-token"]], ["check", "write"]);
  assertEquals(steps.find(({ uses }) => uses === "denoland/deployctl@v1")?.with?.entrypoint, "main.ts");
});
