/**
 * Prints the typed interface of the OpenGL functions from their table: `node scripts/gen-gl.ts`. With `--check` nothing
 * is written, and a difference ends it with status 1.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { glTable } from '../src/gl/egl/gl.table.ts';
import { printGlApi } from '../src/gl/egl/print-gl-api.ts';

const PATH = 'src/gl/egl/gl-api.gen.ts';

async function main(check: boolean): Promise<void> {
  const file = join(import.meta.dirname, '..', PATH);
  const text = printGlApi(glTable);
  if ((await readFile(file, 'utf8').catch(() => undefined)) === text) return;
  if (check) {
    console.error(`${PATH} is not what the table says: run node scripts/gen-gl.ts`);
    process.exitCode = 1;
    return;
  }
  await writeFile(file, text);
  console.log(`wrote ${PATH}`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main(process.argv.includes('--check'));
