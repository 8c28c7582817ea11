/**
 * Does what streams at random say, on the software device, and looks whether anything broke. One renderer serves many
 * streams; another guest of it draws after each.
 */
import { assert } from '../../src/base/assert.ts';
import type { Logger } from '../../src/base/log.ts';
import { silentLogger } from '../../src/base/log.ts';
import { SegmentBacking } from '../../src/gl/core/backing.ts';
import { GpuError } from '../../src/gl/core/gpu-error.ts';
import type { VirglContext } from '../../src/gl/virgl/context.ts';
import { levelSize } from '../../src/gl/virgl/resource.ts';
import { createShader, f32, TestGuest, Witness } from '../../src/gl/virgl/test-guest.ts';
import { Random } from './random.ts';
import type { VirglStep } from './virgl-steps.ts';

const CONTEXT = 2;
const STREAMS_A_RENDERER = 40;
const LIMITS = { maxResourceBytes: 64 << 20, maxResources: 256, maxSubContexts: 4, maxErrors: 500 };

/** A renderer that streams are done on. */
export class VirglWorld {
  #guest: TestGuest | null = null;
  #witness: Witness | null = null;
  #streams = 0;
  /** Calls that OpenGL refused, which our checks should have: what it said, how often, by the command. */
  readonly remarks = new Map<string, number>();
  #command = '';

  /** Does the steps. Throws when something is broken. */
  run(steps: readonly VirglStep[]): void {
    const { renderer } = (this.#guest ??= this.#open());
    const before = used(renderer);
    const context = renderer.createContext(CONTEXT, 'fuzz');
    const ids = new Set<number>();
    try {
      for (const step of steps) {
        this.#command = step.do === 'submit' ? `command ${(step.words[0] ?? 0) & 0xff}` : step.do;
        refusable(() => this.#do(context, ids, step));
      }
      renderer.finish();
    } finally {
      this.#command = 'the end';
      for (const id of ids) refusable(() => renderer.destroyResource(id));
      renderer.destroyContext(CONTEXT);
    }
    assert(renderer.context.gl.getError() === 0, 'no error of OpenGL is left standing');
    assert(this.#witness?.isRight === true, 'another guest draws as before');
    assert(used(renderer) === before, `all was given back: ${before} became ${used(renderer)}`);
    if (++this.#streams % STREAMS_A_RENDERER === 0) this.close();
  }

  /** Ends the renderer. */
  close(): void {
    this.#witness?.[Symbol.dispose]();
    this.#guest?.[Symbol.dispose]();
    this.#witness = null;
    this.#guest = null;
  }

  #open(): TestGuest {
    const log: Logger = {
      ...silentLogger,
      debug: (message, fields) => {
        if (message !== 'OpenGL refused a call') return;
        const key = `${this.#command}: ${String(fields?.['error'])}`;
        this.remarks.set(key, (this.remarks.get(key) ?? 0) + 1);
      },
    };
    const guest = new TestGuest({ limits: LIMITS, log });
    this.#witness = new Witness(guest.renderer);
    return guest;
  }

  #do(context: VirglContext, ids: Set<number>, step: VirglStep): void {
    const { renderer } = context;
    switch (step.do) {
      case 'create': {
        const [target, format, bind, width, height, depth, arraySize, lastLevel, samples, flags] = step.args;
        const args = { target, format, bind, width, height, depth, arraySize, lastLevel, samples, flags };
        context.attach(renderer.createResource(step.id, args as Parameters<typeof renderer.createResource>[1]));
        ids.add(step.id);
        break;
      }
      case 'destroy':
        if (!ids.has(step.id)) throw new GpuError('resource', 'it belongs to the witness, or to nobody');
        renderer.destroyResource(step.id);
        ids.delete(step.id);
        break;
      case 'attach':
        if (ids.has(step.id)) context.attach(renderer.resource(step.id));
        break;
      case 'detach':
        context.detach(step.id);
        break;
      case 'backing':
        renderer.attachBacking(
          step.id,
          step.pieces.length === 0 ? null : new SegmentBacking(step.pieces.map((size) => new Uint8Array(size))),
        );
        break;
      case 'fill':
        fill(context, step.id, step.seed);
        break;
      case 'toHost':
      case 'fromHost': {
        const [
          level = 0,
          stride = 0,
          layerStride = 0,
          x = 0,
          y = 0,
          z = 0,
          width = 0,
          height = 0,
          depth = 0,
          offset = 0,
        ] = step.words;
        const box = { x, y, z, width, height, depth };
        renderer.transfer(step.do, { resource: step.id, level, stride, layerStride, box, offset });
        break;
      }
      case 'submit':
        context.submit(Uint32Array.from(step.words));
        break;
      case 'shader':
        context.submit(Uint32Array.from(createShader(step.handle, step.stage, step.text, [0])));
        break;
      case 'poll':
        renderer.poll();
        break;
      case 'finish':
        renderer.finish();
        break;
    }
  }
}

/** Of large textures a part is filled: the time is for commands. */
const FILLED_TEXELS = 1 << 20;
const USUAL_WORDS = [...f32(1, -1, 2, 0.5, 1000), 255, 300, 0xffffffff];

/** Words that make sense as indices and floats; those of odd seeds also as counts, which must stay small to be done in time. */
function fill(context: VirglContext, id: number, seed: number): void {
  const random = new Random(seed);
  const isSmall = seed % 2 === 1;
  const resource = context.resource(id);
  const { width, height, layers } = levelSize(resource, 0);
  const rows = Math.min(height, Math.ceil(FILLED_TEXELS / width));
  const depth = Math.min(layers, Math.ceil(FILLED_TEXELS / (width * rows)));
  const isBuffer = resource.storage.kind !== 'texture';
  const box = isBuffer
    ? { x: 0, y: 0, z: 0, width: resource.args.width, height: 1, depth: 1 }
    : { x: 0, y: 0, z: 0, width, height: rows, depth };
  const words = new Uint32Array(isBuffer ? Math.ceil(resource.args.width / 4) : width * rows * depth * 4);
  for (let i = 0; i < words.length; i++)
    words[i] = isSmall || random.percent(50) ? random.below(16) : random.pick(USUAL_WORDS);
  context.renderer.transferWith('toHost', new SegmentBacking([new Uint8Array(words.buffer)]), {
    resource: id,
    level: 0,
    stride: 0,
    layerStride: 0,
    box,
    offset: 0,
  });
}

/** All that is counted. */
function used({ quotas }: VirglContext['renderer']): string {
  const { bytes, resources, subContexts, objects, shaders, shaderText, programs } = quotas;
  return [bytes, resources, subContexts, objects, shaders, shaderText, programs].map((each) => each.used).join(' ');
}

/** A refusal is an answer like any other. */
function refusable(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof GpuError)) throw error;
  }
}
