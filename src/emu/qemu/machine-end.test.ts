import { expect, test } from 'vitest';
import { machineEnd, startFailure } from './machine-end.ts';
import type { EndFacts } from './machine-end.ts';

const FACTS: EndFacts = {
  exit: { code: 0, signal: null },
  lastWords: '',
  shutdown: null,
  isKilled: false,
  failure: null,
};

test.each<[string, Partial<EndFacts>, string, RegExp]>([
  ['the guest shut down', { shutdown: 'guest-shutdown' }, 'powerdown', /has shut down/],
  ['the guest restarted without leave', { shutdown: 'guest-reset' }, 'powerdown', /restarted/],
  ['the guest panicked', { shutdown: 'guest-panic' }, 'error', /panicked/],
  ['we were asked to', { isKilled: true, shutdown: 'host-qmp-quit' }, 'killed', /switched off/],
  ['somebody else ended it', { shutdown: 'host-signal' }, 'killed', /somebody else/],
  ['it was killed', { exit: { code: null, signal: 'SIGKILL' } }, 'error', /unexpectedly by signal SIGKILL\.$/],
  ['it failed', { exit: { code: 1, signal: null }, lastWords: 'Boom.' }, 'error', /status 1; its last words: Boom\.$/],
  ['our side failed', { failure: new Error('The GPU failed.'), isKilled: false }, 'error', /^The GPU failed\.$/],
])('%s', (_, facts, reason, message) => {
  const end = machineEnd({ ...FACTS, ...facts });
  expect(end.reason).toBe(reason);
  expect(end.message).toMatch(message);
});

test('what keeps QEMU from starting is told in its words', () => {
  expect(startFailure({ code: 1, signal: null }, 'Could not open /x.')).toBe('QEMU did not start: Could not open /x.');
  expect(startFailure({ code: null, signal: 'SIGABRT' }, '')).toBe('QEMU ended at once by signal SIGABRT.');
});
