import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import process from 'node:process';
import { expect, test } from 'vitest';
import { environmentWithCodeCache } from './code-cache.ts';

test('the cache lies where nobody else may write', () => {
  const folder = environmentWithCodeCache()['NODE_COMPILE_CACHE'] ?? '';
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(environmentWithCodeCache()['NODE_COMPILE_CACHE']).toBe(folder);
});

test('it goes with the process that made it', () => {
  const url = JSON.stringify(new URL('code-cache.ts', import.meta.url).href);
  const program = `import(${url}).then((it) => console.log(it.environmentWithCodeCache().NODE_COMPILE_CACHE));`;
  const folder = execFileSync(process.execPath, ['-e', program], { encoding: 'utf8' }).trim();
  expect(folder).toContain('saffron-code-');
  expect(existsSync(folder)).toBe(false);
});
