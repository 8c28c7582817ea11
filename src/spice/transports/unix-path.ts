/** Unix socket files: made for their owner only, and never taken from a server that still lives. */
import { lstat, stat, unlink } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { HostError } from '../../base/errors.ts';

/**
 * Makes the path free: removes a socket file that nobody listens on any more. Throws HostError when somebody does, when the
 * path is something else than a socket, or when its folder is not there.
 */
export async function freeSocketPath(path: string): Promise<void> {
  const folder = dirname(path);
  // The system says of a missing folder only that access is denied.
  if (!(await stat(folder).catch(() => null))?.isDirectory()) {
    throw new HostError('address-unknown', `The folder ${folder} of the socket ${path} does not exist.`);
  }
  const stats = await lstat(path).catch(() => null);
  if (stats === null) return;
  if (!stats.isSocket()) {
    throw new HostError('address-in-use', `The path ${path} exists and is no socket: choose another one or remove it.`);
  }
  if (await isAnswered(path)) {
    throw new HostError(
      'address-in-use',
      `The socket ${path} is in use: choose another path or stop the program there.`,
    );
  }
  await unlink(path).catch((error: unknown) => {
    throw new HostError('address-in-use', `The stale socket ${path} cannot be removed.`, { cause: error });
  });
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      // Only a refusal proves that nobody listens; a full backlog or a lack of rights proves nothing.
      resolve(error.code !== 'ECONNREFUSED' && error.code !== 'ENOENT');
    });
  });
}
