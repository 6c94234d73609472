// Adds up the reports of several test runs: `sum-results.mjs <failed steps> <report.json> …`. Fails when anything failed, nothing ran, or CI skipped something.
import { readFileSync } from 'node:fs';

const [failedSteps = '0', ...reports] = process.argv.slice(2);
const total = { passed: 0, failed: 0, skipped: 0 };
const skippedNames = [];
for (const report of reports) {
  const { numPassedTests, numFailedTests, numPendingTests, testResults } = JSON.parse(readFileSync(report, 'utf8'));
  total.passed += numPassedTests;
  total.failed += numFailedTests;
  total.skipped += numPendingTests;
  for (const file of testResults) {
    for (const test of file.assertionResults)
      if (['pending', 'skipped'].includes(test.status)) skippedNames.push(test.fullName);
  }
}
for (const name of skippedNames) console.log(`skipped: ${name}`);
const ranNothing = total.passed + total.failed === 0;
if (ranNothing) console.log('No test ran.');
if (Number(failedSteps) > 0) console.log(`${failedSteps} step(s) failed, see above.`);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed > 0 || Number(failedSteps) > 0 || ranNothing ? 1 : 0);
