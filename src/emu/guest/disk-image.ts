/**
 * Makes a disk image with an ext4 file system from a folder, without mounting anything and without rights: mke2fs(8) reads
 * the folder; where a user other than root built it, debugfs(8) then gives every file to root.
 */
import { globSync, lstatSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { runProgram } from './run-program.ts';

const MIB = 1024 * 1024;
/** Room for the guest's own files. The image is sparse: free room takes none on this machine's disk. */
const FREE_BYTES = 512 * MIB;
const BLOCK_BYTES = 4096;

/** Writes `image`, the file system labelled `label`. Throws HostError. */
export async function makeDiskImage(folder: string, image: string, label: string, signal?: AbortSignal): Promise<void> {
  const paths = globSync('**/*', { cwd: folder });
  let bytes = 0;
  for (const path of paths) bytes += Math.ceil(lstatSync(join(folder, path)).size / BLOCK_BYTES + 1) * BLOCK_BYTES;
  const sizeMib = Math.ceil((bytes * 1.05 + FREE_BYTES) / MIB);
  await runProgram(
    'mke2fs',
    [
      `-q -t ext4 -b ${BLOCK_BYTES} -m 0 -L ${label}`.split(' '),
      // A disk that is thrown away after each run needs neither a journal nor checksums, and boots faster without.
      ['-O', '^has_journal,^metadata_csum,^resize_inode'],
      ['-E', 'root_owner=0:0,lazy_itable_init=1,nodiscard'],
      ['-d', folder, image, `${sizeMib}M`],
    ].flat(),
    { signal },
  );
  if (process.getuid?.() === 0) return;
  const commands = paths.flatMap((path) => ['uid', 'gid'].map((field) => `set_inode_field "/${path}" ${field} 0\n`));
  await runProgram('debugfs', ['-w', '-f', '-', image], { signal, input: commands.join('') });
}
