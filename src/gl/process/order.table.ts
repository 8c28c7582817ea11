/**
 * The orders that go to a guest's GPU process, and their answers: words in rings of shared memory (order-channel.ts).
 *
 *     order    +----------+------------------+--------+-------------+
 *              |  number  | words of payload | serial | payload ... |
 *              +----------+------------------+--------+-------------+
 *     answer   +---------------------+--------+
 *              |  kind | code << 8   | serial |
 *              +---------------------+--------+
 *
 * Serial 0 wants no answer. A payload too long for one order comes in `part`s before it. Numbers of a guest go through
 * unchecked; who wrote them into the ring is trusted, who reads them there checks what they ask for.
 */
import { GPU_ERRORS } from '../core/gpu-error.ts';
import type { GpuAnswer } from '../core/guest-gpu.ts';
import type { GpuErrorCode } from '../core/gpu-error.ts';

/** An order: its number, and its payload's words by name. */
interface OrderRow {
  readonly id: number;
  readonly doc: string;
  readonly words: readonly string[];
  /** What follows them, if something does. */
  readonly rest?: string;
}

const transfer = ['context', 'resource', 'level', 'stride', 'layerStride', 'x', 'y', 'z', 'width', 'height', 'depth'];

export const orderTable = {
  part: { id: 1, doc: 'The beginning of the payload of the next order.', words: [], rest: 'words' },
  refuse: { id: 2, doc: 'Only wants this answer.', words: ['code'] },
  setMemory: {
    id: 3,
    doc: 'Guest RAM from now on; a descriptor for each region lies in the control socket.',
    words: [],
    rest: 'offset (2 words), size (2 words) of each region',
  },
  createContext: { id: 4, doc: 'Makes a context.', words: ['context', 'nameBytes'], rest: 'name' },
  destroyContext: { id: 5, doc: 'Ends a context.', words: ['context'] },
  createResource: {
    id: 6,
    doc: 'Makes a resource.',
    words: [
      'resource',
      'target',
      'format',
      'bind',
      'width',
      'height',
      'depth',
      'arraySize',
      'lastLevel',
      'samples',
      'flags',
    ],
  },
  destroyResource: { id: 7, doc: 'Destroys a resource.', words: ['resource'] },
  attachBacking: {
    id: 8,
    doc: 'Puts guest RAM behind a resource.',
    words: ['resource'],
    rest: 'region, offset (2 words), length of each piece',
  },
  detachBacking: { id: 9, doc: 'Takes it away.', words: ['resource'] },
  attachResource: { id: 10, doc: 'Lets a context name a resource.', words: ['context', 'resource'] },
  detachResource: { id: 11, doc: 'Takes it from the context.', words: ['context', 'resource'] },
  submit: { id: 12, doc: 'Does commands of the virgl protocol.', words: ['context'], rest: 'commands' },
  transferToHost: { id: 13, doc: 'Copies from backing to resource.', words: [...transfer, 'offset'] },
  transferFromHost: { id: 14, doc: 'Copies from resource to backing.', words: [...transfer, 'offset'] },
  fence: { id: 15, doc: 'Wants an answer when all is done.', words: [] },
  openPicture: {
    id: 16,
    doc: 'Memory for pictures; its descriptor lies in the control socket.',
    words: ['picture', 'width', 'height'],
  },
  closePicture: { id: 17, doc: 'Forgets it.', words: ['picture'] },
  readPicture: {
    id: 18,
    doc: 'Copies a rectangle of a resource into a picture.',
    words: ['resource', 'picture', 'x', 'y', 'width', 'height'],
  },
  reset: { id: 19, doc: 'Forgets contexts, resources and backings.', words: [] },
  restore: {
    id: 20,
    doc: 'Does commands that a context has done in a former process; refusals do not count.',
    words: ['context'],
    rest: 'commands',
  },
  restoreTexels: {
    id: 21,
    doc: 'Writes texels that a resource had in a former process, tightly packed.',
    words: ['resource', 'level', 'x', 'y', 'z', 'width', 'height', 'depth', 'bytes'],
    rest: 'texels',
  },
} as const satisfies Readonly<Record<string, OrderRow>>;

/** The name of an order. */
export type OrderName = keyof typeof orderTable;

/** Names by number. */
export const orderNames: ReadonlyMap<number, OrderName> = new Map(
  Object.entries(orderTable).map(([name, { id }]) => [id, name as OrderName]),
);

/** Words before the payload of an order. */
export const ORDER_HEADER_WORDS = 3;

/** What an answer is to. Those of one kind come in the order they were asked for. */
export const ANSWER = { order: 0, fence: 1, picture: 2 } as const;

/** The number of kinds of answers. */
export const ANSWER_KINDS = 3;

const codes: readonly GpuAnswer[] = [null, ...(Object.keys(GPU_ERRORS) as GpuErrorCode[])];
const numbers: ReadonlyMap<GpuAnswer, number> = new Map(codes.map((code, number) => [code, number]));

/** The number of an answer in the rings; 0 is none. */
export function numberOfAnswer(answer: GpuAnswer): number {
  return numbers.get(answer) ?? 0;
}

/** The answer of a number; undefined when there is none. */
export function answerOfNumber(number: number): GpuAnswer | undefined {
  return codes[number];
}
