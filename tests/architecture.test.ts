import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const top = join(import.meta.dirname, '..');

/** Folders that hold sources of their own; those below a listed folder that ends a row need no row. */
function sourceFolders(folder: string): string[] {
  const entries = readdirSync(join(top, folder), { withFileTypes: true });
  const hasSources = entries.some((entry) => entry.isFile() && entry.name.endsWith('.ts'));
  const below = entries
    .filter((entry) => entry.isDirectory())
    .flatMap((entry) => sourceFolders(`${folder}/${entry.name}`));
  return [...(hasSources ? [folder] : []), ...below];
}

it('the code map of ARCHITECTURE.md names folders that are there, and every source folder is in one', () => {
  const text = readFileSync(join(top, 'ARCHITECTURE.md'), 'utf8');
  const map = text.slice(text.indexOf('## Code map'), text.indexOf('Outside `src`'));
  const rows = [...map.matchAll(/^\| `(src[^`]*)`\s*\|/gm)].map(([, folder = '']) => folder);
  const folders = sourceFolders('src');
  expect(rows.filter((row) => !folders.some((folder) => folder === row || folder.startsWith(`${row}/`)))).toEqual([]);
  expect(folders.filter((folder) => !rows.some((row) => folder === row || folder.startsWith(`${row}/`)))).toEqual([]);
});
