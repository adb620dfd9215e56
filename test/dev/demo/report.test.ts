import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plain } from '../../../cli/terminal/ink.js';
import { areWhole, reportLines, verdict } from '../../../dev/demo/report.js';

const audit = {
  acknowledged: 21_368,
  present: 21_368,
  lost: 0,
  wrong: 0,
  refused: 12,
  unknown: { there: 2, gone: 1 },
  wrongBalances: 0,
};
const whole = { primary: audit, replica: audit, isLevel: true };

test('the report says what every acknowledged row did', () => {
  const report = reportLines(whole, { recoveries: 1 }, plain);
  assert.equal(report[0], 'Nothing that was acknowledged is gone.');
  assert.match(report.join('\n'), /present +21,368 .*\n {2}lost +0\n {2}wrong +0\n/);
  assert.match(report.join('\n'), /on replica +21,368 .*\n {2}lost +0\n {2}wrong +0\n/);
  assert.match(report.join('\n'), /unknown +3 .*2 there, 1 not/);
});

test('the report does not hide a loss', () => {
  const lossy = { ...whole, primary: { ...audit, present: 21_367, lost: 1 } };
  assert.equal(reportLines(lossy, { recoveries: 1 }, plain)[0], 'ACKNOWLEDGED DATA IS GONE.');
  assert.equal(
    verdict(lossy),
    '21,368 transactions acknowledged: 21,367 present, 1 lost, 0 wrong; on the replica: 21,368 present, 0 lost, 0 wrong',
  );
  assert.ok(!areWhole(lossy));
});

test('what only the replica lacks is told of the replica', () => {
  const lossy = { ...whole, replica: { ...audit, present: 21_360, lost: 8 } };
  assert.equal(
    reportLines(lossy, { recoveries: 1 }, plain)[0],
    'ACKNOWLEDGED DATA IS MISSING ON THE REPLICA.',
  );
  assert.ok(!areWhole(lossy));
  assert.ok(areWhole(whole));
});

test('a replica that is only late is not said to have lost anything', () => {
  const late = { ...whole, replica: { ...audit, present: 21_360, lost: 8 }, isLevel: false };
  assert.equal(
    reportLines(late, { recoveries: 1 }, plain)[0],
    'THE REPLICA DID NOT CATCH UP IN TIME, AND WAS READ AS IT IS.',
  );
  assert.ok(!areWhole(late));
});
