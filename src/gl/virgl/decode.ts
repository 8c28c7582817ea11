/**
 * Walks through a submission: frames commands, checks their lengths by the table, calls their handlers. A command that is
 * refused leaves no trace and the next goes on; a submission whose framing is broken ends there, and the context is lost.
 */
import { GpuError } from '../core/gpu-error.ts';
import { commandNames, commandTable } from './command.table.ts';
import type { CommandName } from './command.table.ts';
import type { VirglContext } from './context.ts';
import { drawBatch } from './draw-batch.ts';
import { clearHandlers } from './handle-clear.ts';
import { contextHandlers } from './handle-context.ts';
import { copyHandlers } from './handle-copy.ts';
import { drawHandlers } from './handle-draw.ts';
import { objectHandlers } from './handle-object.ts';
import { queryHandlers } from './handle-query.ts';
import { resourceHandlers } from './handle-resource.ts';
import { stateHandlers } from './handle-state.ts';
import { transferHandlers } from './handle-transfer.ts';
import { fits } from './word-table.ts';
import type { Words } from './words.ts';

/** Does a command. `type` is the kind of object in the header. Throws GpuError before anything has changed. */
export type Handler = (context: VirglContext, words: Words, type: number) => void;

function refuseVideo(): never {
  throw new GpuError('unsupported', 'video is not offered');
}

/** A handler for every command: forgetting one does not compile. */
const handlers: { readonly [K in CommandName]: Handler } = {
  nop: () => {},
  ...objectHandlers,
  ...stateHandlers,
  ...resourceHandlers,
  ...drawHandlers,
  ...clearHandlers,
  ...transferHandlers,
  ...copyHandlers,
  ...queryHandlers,
  ...contextHandlers,
  createVideoCodec: refuseVideo,
  destroyVideoCodec: refuseVideo,
  createVideoBuffer: refuseVideo,
  destroyVideoBuffer: refuseVideo,
  beginFrame: refuseVideo,
  decodeMacroblock: refuseVideo,
  decodeBitstream: refuseVideo,
  encodeBitstream: refuseVideo,
  endFrame: refuseVideo,
};

/** Commands between which draws may wait for more of their kind: they change nothing that OpenGL draws with. */
const LEAVES_BATCH: ReadonlySet<CommandName> = new Set(['drawVbo', 'setIndexBuffer', 'nop']);

/** The words of the table and the handler, by command number. */
const rows = commandNames.map((name) =>
  name === null
    ? null
    : { name, words: commandTable[name].words, handle: handlers[name], endsBatch: !LEAVES_BATCH.has(name) },
);

/** Does the commands of a submission, which must lie in memory that nobody changes meanwhile. */
export function decode(context: VirglContext, submission: Uint32Array, words: Words): void {
  words.load(submission);
  drawBatch.clear();
  let at = 0;
  while (at < submission.length) {
    const header = submission[at]!;
    const length = header >>> 16;
    const row = rows[header & 0xff] ?? null;
    if (row === null) {
      context.lose(new GpuError('command', `command ${header & 0xff} at word ${at}`));
      break;
    }
    if (length > submission.length - at - 1) {
      context.lose(new GpuError('framing', `${row.name} of ${length} words at word ${at} of ${submission.length}`));
      break;
    }
    words.seek(at, length);
    at += 1 + length;
    context.renderer.onProgress();
    if (row.endsBatch && drawBatch.isPending) drawBatch.flush();
    try {
      if (!fits(row.words, length)) throw new GpuError('length', `${length} words`);
      row.handle(context, words, (header >>> 8) & 0xff);
    } catch (error) {
      if (!(error instanceof GpuError)) throw error;
      context.refuse(row.name, error);
      if (context.isLost) break;
    }
  }
  drawBatch.flush();
}
