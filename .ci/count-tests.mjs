// Prints `N passed, N failed` from jest's JSON report; a file that did not even load is one failure, and so is a report
// that was never written.
import { readFileSync } from 'node:fs';

const [file] = process.argv.slice(2);
const text = readFileSync(file, 'utf8');
const report = text === '' ? { numPassedTests: 0, numFailedTests: 1, numRuntimeErrorTestSuites: 0 } : JSON.parse(text);
const failed = report.numFailedTests + report.numRuntimeErrorTestSuites;

console.log(`${report.numPassedTests} passed, ${failed} failed`);
process.exitCode = report.success && failed === 0 && report.numPassedTests > 0 ? 0 : 1;
