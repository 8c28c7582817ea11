import { expect, test } from 'vitest';
import { doctor, printFindings, type Finding } from './doctor.ts';

const good: Finding = { what: 'QEMU', state: 'good', found: '10.0.2' };
const less: Finding = { what: 'KVM', state: 'less', found: 'none', hint: 'Switch it on.' };
const bad: Finding = { what: 'guest images', state: 'bad', found: 'none', hint: 'Free some room.' };

test('the table has a line for each finding, what to do below it, and a verdict', () => {
  expect(printFindings([good, less])).toBe(
    [
      'ok    QEMU  10.0.2',
      'less  KVM   none',
      '            → Switch it on.',
      '',
      'Saffron can run a guest here.',
      '',
    ].join('\n'),
  );
});

test('what keeps the main job from running is counted in the verdict', () => {
  expect(printFindings([good, bad])).toMatch(
    /BAD {3}guest images {2}none\n.*Free some room\.\n\nSaffron cannot .* \(1\)\.\n$/,
  );
});

test('this machine is looked at: the object tells whether it can run, and the status agrees', async () => {
  let text = '';
  const status = await doctor({ json: true, out: (more) => void (text += more) });
  const { canRun, findings } = JSON.parse(text) as { canRun: boolean; findings: Finding[] };
  expect(status).toBe(canRun ? 0 : 1);
  expect(canRun).toBe(findings.every(({ state }) => state !== 'bad'));
  expect(findings.find(({ what }) => what === 'Node.js')).toMatchObject({ state: 'good' });
  expect(findings.find(({ what }) => what === 'native calls')).toMatchObject({ state: 'good' });
  for (const { what, found, hint } of findings) {
    expect(what).not.toBe('');
    expect(found).not.toBe('');
    expect(hint ?? 'x').not.toMatch(/\n/);
  }
});
