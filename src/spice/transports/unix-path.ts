/** Unix socket files: made for their owner only, and never taken from a server that still lives. */
import { lstat, unlink } from 'node:fs/promises';
import { connect } from 'node:net';
import { HostError } from '../../base/errors.ts';

/**
 * Removes a socket file that nobody listens on any more. Throws HostError when somebody does, or when the path is something
 * else than a socket. Nothing there is fine.
 */
export async function removeStaleSocket(path: string): Promise<void> {
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
