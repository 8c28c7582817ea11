/**
 * Compiles src/display/kernels/assembly (AssemblyScript) to src/display/kernels/kernels.gen.ts, which holds the WebAssembly
 * module as base64. With --check nothing is written: the status tells whether the checked-in file is what the sources give.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import * as asc from 'assemblyscript/asc';

const root = fileURLToPath(new URL('..', import.meta.url));
const target = `${root}src/display/kernels/kernels.gen.ts`;

const files = new Map<string, Uint8Array | string>();
let words = '';
const { error } = await asc.main(
  [
    'src/display/kernels/assembly/index.ts',
    '--baseDir',
    root,
    '--outFile',
    'kernels.wasm',
    '--optimizeLevel',
    '3',
    '--shrinkLevel',
    '0',
    '--converge',
    '--noAssert',
    '--runtime',
    'stub',
    '--importMemory',
    '--sharedMemory',
    '--initialMemory',
    '1',
    '--maximumMemory',
    '65536',
    '--enable',
    'simd,threads,bulk-memory',
  ],
  {
    stderr: {
      write: (chunk) => {
        words += String(chunk);
      },
    },
    writeFile: (name, contents) => {
      files.set(name, contents);
    },
  },
);
const wasm = files.get('kernels.wasm');
if (error !== null || !(wasm instanceof Uint8Array)) {
  process.stderr.write(words);
  process.exit(1);
}

const lines =
  Buffer.from(wasm)
    .toString('base64')
    .match(/.{1,112}/g) ?? [];
const text = `// Printed by scripts/gen-kernels.ts from src/display/kernels/assembly. Not to be edited.

/** The kernels' WebAssembly module, base64. */
export const KERNELS_WASM =
${lines.map((line) => `  '${line}'`).join(' +\n')};
`;

if (process.argv.includes('--check')) {
  if ((await readFile(target, 'utf8')) !== text) {
    process.stderr.write('kernels.gen.ts is not what its sources give: run node scripts/gen-kernels.ts\n');
    process.exit(1);
  }
} else {
  await writeFile(target, text);
}
