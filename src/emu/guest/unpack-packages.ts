/**
 * Unpacks Debian packages (deb(5)) into one folder: files only, no maintainer script is run and nothing of the package is
 * executed. Signatures were checked by apt when the files were fetched.
 */
import { mkdir, symlink } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { runProgram } from './run-program.ts';

const UNWANTED = [
  './usr/share/doc/*',
  './usr/share/man/*',
  './usr/share/locale/*',
  './usr/share/info/*',
  './usr/share/iso-codes/*',
  './usr/share/icons/*',
  './usr/lib/udev/hwdb.d/*',
  './lib/udev/hwdb.d/*',
  '*/kernel/drivers/net/wireless/*',
  '*/kernel/drivers/net/ethernet/mellanox/*',
  '*/kernel/drivers/media/*',
  '*/kernel/drivers/gpu/drm/amd/*',
  '*/kernel/drivers/gpu/drm/i915/*',
  '*/kernel/drivers/gpu/drm/xe/*',
  '*/kernel/drivers/gpu/drm/nouveau/*',
  '*/kernel/drivers/infiniband/*',
  '*/kernel/drivers/iio/*',
  '*/kernel/drivers/staging/*',
  '*/kernel/sound/soc/*',
  '*/kernel/fs/xfs/*',
  '*/kernel/fs/btrfs/*',
  '*/kernel/fs/ocfs2/*',
];
const UNPACK = `dpkg-deb --fsys-tarfile "$1" | tar -x --keep-directory-symlink --no-same-owner -C "$2" ${UNWANTED.map((pattern) => `--exclude '${pattern}'`).join(' ')}`;
/** Folders that are links into /usr on every Debian system of today; older packages still carry files in them. */
export const MERGED_FOLDERS = ['bin', 'sbin', 'lib', 'lib64'] as const;

/** Makes the folders of a merged /usr below `root`, which must exist; those that are there stay. */
export async function makeMergedUsr(root: string): Promise<void> {
  for (const name of MERGED_FOLDERS) {
    await mkdir(join(root, 'usr', name), { recursive: true });
    await symlink(`usr/${name}`, join(root, name)).catch(acceptExisting);
  }
}

/** Unpacks package files into `tree`, largest first, several at a time. `onDone` is told how many are done. */
export async function unpackPackages(
  files: readonly { readonly path: string; readonly bytes: number }[],
  tree: string,
  onDone: (count: number) => void,
  signal?: AbortSignal,
): Promise<void> {
  await mkdir(tree, { recursive: true });
  await makeMergedUsr(tree);
  const queue = files.toSorted((a, b) => b.bytes - a.bytes).values();
  const failed = new AbortController();
  const stop = signal === undefined ? failed.signal : AbortSignal.any([signal, failed.signal]);
  let done = 0;
  const worker = async (): Promise<void> => {
    for (const { path } of queue) {
      await runProgram('bash', ['-o', 'pipefail', '-c', UNPACK, 'unpack', path, tree], { signal: stop });
      onDone(++done);
    }
  };
  const workers = Array.from({ length: Math.min(4, availableParallelism()) }, () =>
    worker().catch((error: unknown) => {
      failed.abort(error);
      throw error;
    }),
  );
  const results = await Promise.allSettled(workers);
  if (results.some(({ status }) => status === 'rejected')) throw stop.reason;
}

function acceptExisting(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
}
