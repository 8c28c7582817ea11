/**
 * Compiles AssemblyScript to WebAssembly modules, held as base64 by the *.gen.ts files named below. With --check nothing is
 * written: the status tells whether the checked-in files are what the sources give.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import * as asc from 'assemblyscript/asc';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Sources, where the module goes, and by what name and description. */
const KERNELS = [
  {
    sources: 'src/display/kernels/assembly',
    target: 'src/display/kernels/kernels.gen.ts',
    constant: 'KERNELS_WASM',
    description: "The kernels' WebAssembly module, base64.",
  },
  {
    sources: 'src/emu/riscv/assembly',
    target: 'src/emu/riscv/kernel.gen.ts',
    constant: 'KERNEL_WASM',
    description: "The WebAssembly module of the processor's kernel, base64.",
  },
];

for (const { sources, target, constant, description } of KERNELS) {
  const wasm = await compile(`${sources}/index.ts`);
  const lines =
    Buffer.from(wasm)
      .toString('base64')
      .match(/.{1,112}/g) ?? [];
  const text = `// Printed by scripts/gen-kernels.ts from ${sources}. Not to be edited.

/** ${description} */
export const ${constant} =
${lines.map((line) => `  '${line}'`).join(' +\n')};
`;
  if (!process.argv.includes('--check')) await writeFile(root + target, text);
  else if ((await readFile(root + target, 'utf8')) !== text) {
    process.stderr.write(`${target} is not what its sources give: run node scripts/gen-kernels.ts\n`);
    process.exit(1);
  }
}

async function compile(entry: string): Promise<Uint8Array> {
  const files = new Map<string, Uint8Array | string>();
  let words = '';
  const { error } = await asc.main(
    [
      entry,
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
  return wasm;
}
