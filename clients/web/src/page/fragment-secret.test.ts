import { expect, test } from 'vitest';
import { takeFragmentSecret } from './fragment-secret.ts';

function take(hash: string) {
  const shown: string[] = [];
  const secret = takeFragmentSecret({ hash, replace: (rest) => shown.push(rest) });
  return { secret, shown };
}

test('takes a token or password out of the address', () => {
  expect(take('#token=a%2Bb')).toEqual({ secret: 'a+b', shown: [''] });
  expect(take('#view=1&password=geheim')).toEqual({ secret: 'geheim', shown: ['#view=1'] });
});

test('leaves other addresses alone, and hides an empty token', () => {
  expect(take('')).toEqual({ secret: null, shown: [] });
  expect(take('#section')).toEqual({ secret: null, shown: [] });
  expect(take('#token=')).toEqual({ secret: null, shown: [''] });
});
