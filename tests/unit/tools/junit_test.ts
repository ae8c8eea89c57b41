import { assertEquals } from "@std/assert";
import { addCounts, countCases, describeCounts, failedCases } from "../../../tools/junit.ts";

const report = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="deno test" tests="5" failures="1" errors="1" time="0.016">
    <testsuite name="./a_test.ts" tests="5" disabled="1" errors="1" failures="1">
        <testcase name="fine" classname="./a_test.ts" time="0.001" line="1" col="6">
        </testcase>
        <testcase name="says &lt;failure/&gt;" classname="./a_test.ts" time="0.001" line="2" col="6">
        </testcase>
        <testcase name="skipped" classname="./a_test.ts" time="0.000" line="3" col="6">
            <skipped/>
        </testcase>
        <testcase name="fails" classname="./a_test.ts" time="0.002" line="4" col="6">
            <failure message="Uncaught Error: &lt;testcase &lt;skipped/>">Error: &lt;testcase
    at file:///a_test.ts:1:58</failure>
        </testcase>
        <testcase name="cancelled" classname="./a_test.ts" time="0.000" line="5" col="6">
            <error message="Cancelled"/>
        </testcase>
    </testsuite>
</testsuites>
`;

Deno.test("countCases() tells passed, failed, cancelled and skipped cases apart", () => {
  assertEquals(countCases(report), { passed: 2, failed: 2, skipped: 1 });
});

Deno.test("countCases() finds nothing in an empty or broken report", () => {
  assertEquals(countCases(""), { passed: 0, failed: 0, skipped: 0 });
  assertEquals(countCases('<testsuites><testcase name="cut off'), { passed: 0, failed: 0, skipped: 0 });
});

Deno.test("addCounts() adds each kind", () => {
  const sum = addCounts([{ passed: 1, failed: 2, skipped: 3 }, { passed: 10, failed: 20, skipped: 30 }]);
  assertEquals(sum, { passed: 11, failed: 22, skipped: 33 });
  assertEquals(addCounts([]), { passed: 0, failed: 0, skipped: 0 });
});

Deno.test("describeCounts() mentions skipped cases only where there are some", () => {
  assertEquals(describeCounts({ passed: 12, failed: 0, skipped: 0 }), "12 passed, 0 failed");
  assertEquals(describeCounts({ passed: 12, failed: 1, skipped: 3 }), "12 passed, 1 failed, 3 skipped");
});

Deno.test("failedCases() names the cases that failed and says why", () => {
  assertEquals(failedCases(report), [
    { name: "fails", message: "Uncaught Error: <testcase <skipped/>" },
    { name: "cancelled", message: "Cancelled" },
  ]);
  assertEquals(failedCases(""), []);
});
