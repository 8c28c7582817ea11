/** Commands about queries. */
import { exchange } from '../core/counted.ts';
import { GpuError } from '../core/gpu-error.ts';
import * as GL from '../egl/gl-constants.ts';
import type { VirglContext } from './context.ts';
import type { Handler } from './decode.ts';
import type { Words } from './words.ts';

function beginQuery({ sub }: VirglContext, words: Words): void {
  sub.startQuery(sub.find('query', words.u32(1)));
}

function endQuery({ sub }: VirglContext, words: Words): void {
  const query = sub.find('query', words.u32(1));
  if (query.target === GL.TIMESTAMP) query.end();
  else if (query.isActive) sub.stopQuery(query);
  else throw new GpuError('state', 'the query was not begun');
}

function getQueryResult(context: VirglContext, words: Words): void {
  const query = context.sub.find('query', words.u32(1));
  if (query.isActive || !query.isEnded) throw new GpuError('state', 'the query was not ended');
  if (!query.answer(words.u32(2) !== 0)) context.answerLater(query);
}

const RESULT_BYTES = [4, 4, 8, 8] as const;

function getQueryResultQbo(context: VirglContext, words: Words): void {
  const { sub, renderer } = context;
  const query = sub.find('query', words.u32(1));
  const buffer = context.buffer(words.u32(2));
  const mayWait = words.u32(3) !== 0;
  const size = RESULT_BYTES[words.u32(4)];
  const offset = words.u32(5);
  const index = words.i32(6);
  if (!renderer.capabilities.features.queryBuffer) throw new GpuError('unsupported', 'query buffers');
  if (size === undefined) throw new GpuError('value', `result type ${words.u32(4)}`);
  if (query.isActive || !query.isEnded) throw new GpuError('state', 'the query was not ended');
  if (offset % size !== 0 || offset + size > buffer.args.width)
    throw new GpuError('range', `an answer at ${offset} of ${buffer.args.width}`);
  const { gl, bindings } = sub.device;
  const wanted = index === -1 ? GL.QUERY_RESULT_AVAILABLE : mayWait ? GL.QUERY_RESULT : GL.QUERY_RESULT_NO_WAIT;
  bindings.bindBuffer(GL.QUERY_BUFFER, buffer.buffer);
  switch (words.u32(4)) {
    case 0:
      gl.getQueryObjectiv(query.name, wanted, offset);
      break;
    case 1:
      gl.getQueryObjectuiv(query.name, wanted, offset);
      break;
    case 2:
      gl.getQueryObjecti64v(query.name, wanted, offset);
      break;
    default:
      gl.getQueryObjectui64v(query.name, wanted, offset);
  }
  // Elsewhere answers go to memory, which is what OpenGL does when nothing is bound.
  bindings.bindBuffer(GL.QUERY_BUFFER, 0);
}

function setRenderCondition({ sub, renderer }: VirglContext, words: Words): void {
  const query = sub.findOrNull('query', words.u32(1));
  const isInverted = words.u32(2) !== 0;
  const mode = words.u32(3);
  if (mode > 3) throw new GpuError('value', `condition mode ${mode}`);
  if (query !== null && (query.isActive || !query.isEnded)) throw new GpuError('state', 'the query was not ended');
  if (query !== null && !CONDITIONS.has(query.target)) throw new GpuError('object', 'the query is no condition');
  const { features } = renderer.capabilities;
  if (query !== null && (!features.conditionalRender || (isInverted && !features.conditionalRenderInverted))) {
    throw new GpuError('unsupported', 'conditional rendering');
  }
  sub.suspendCondition();
  sub.condition = exchange(sub.condition, query);
  sub.conditionMode = (isInverted ? GL.QUERY_WAIT_INVERTED : GL.QUERY_WAIT) + mode;
}

const CONDITIONS: ReadonlySet<number> = new Set([
  GL.SAMPLES_PASSED,
  GL.ANY_SAMPLES_PASSED,
  GL.ANY_SAMPLES_PASSED_CONSERVATIVE,
  GL.TRANSFORM_FEEDBACK_OVERFLOW,
  GL.TRANSFORM_FEEDBACK_STREAM_OVERFLOW,
]);

export const queryHandlers = {
  beginQuery,
  endQuery,
  getQueryResult,
  getQueryResultQbo,
  setRenderCondition,
} satisfies Record<string, Handler>;
