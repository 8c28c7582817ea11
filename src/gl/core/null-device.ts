/**
 * A device that draws nothing and writes down every call, for tests of what reaches OpenGL. It answers as a driver that is
 * pleased with everything: programs link, framebuffers are complete, names count up from 1.
 */
import { Bindings } from '../egl/bindings.ts';
import * as GL from '../egl/gl-constants.ts';
import type { GlApi, GlFunctionName, GlVersion } from '../egl/gl-loader.ts';
import { glTable } from '../egl/gl.table.ts';
import { RasterState } from '../egl/raster-state.ts';
import type { DeviceContext, GlDevice } from './gl-device.ts';

/** One call, as it was made; byte arrays are copied. */
export interface NullCall {
  readonly name: GlFunctionName;
  readonly args: readonly unknown[];
}

type Answer = (...args: never[]) => unknown;

/** What the null device says it offers: OpenGL 4.5. */
export const NULL_VERSION: GlVersion = { flavour: 'gl', version: 45, extensions: new Set() };

/** A device for tests. */
export class NullDevice implements GlDevice {
  readonly gl: GlApi;
  /** Every call so far; empty it at will. */
  readonly calls: NullCall[] = [];
  #names = 0;
  #syncs = 0;

  /** `answers` replace what single functions return. */
  constructor(offered: GlVersion = NULL_VERSION, answers: Readonly<Record<string, Answer>> = {}) {
    const available = new Set<GlFunctionName>();
    const functions: Record<string, unknown> = {};
    const own = this.#answers();
    for (const group of glTable) {
      for (const name of Object.keys(group.functions) as GlFunctionName[]) {
        const answer = answers[name] ?? own[name] ?? own[nameFamily(name)] ?? (() => 0);
        available.add(name);
        functions[name] = (...args: never[]) => {
          this.calls.push({ name, args: args.map(copied) });
          return answer(...args);
        };
      }
    }
    this.gl = { ...(functions as unknown as GlApi), offered, available };
  }

  createContext(): DeviceContext {
    const bindings = new Bindings(this.gl);
    return {
      gl: this.gl,
      bindings,
      state: new RasterState(this.gl),
      makeCurrent: () => {},
      checkReset: () => {},
      forgetTexture: (name) => bindings.forgetTexture(name),
      forgetBuffer: (name) => bindings.forgetBuffer(name),
      forgetSampler: (name) => bindings.forgetSampler(name),
      forgetProgram: (name) => bindings.forgetProgram(name),
      close: () => {},
    };
  }

  /** Names of the calls since the last `take`. */
  take(): GlFunctionName[] {
    return this.calls.splice(0).map(({ name }) => name);
  }

  #answers(): Readonly<Record<string, Answer>> {
    const fill = (n: number, into: Uint32Array): void => {
      for (let i = 0; i < n; i++) into[i] = ++this.#names;
    };
    const set = (value: number) => (_object: number, _name: number, into: Int32Array) => void (into[0] = value);
    return {
      gen: fill,
      create: () => ++this.#names,
      createMemoryObjects: fill,
      fenceSync: () => ++this.#syncs,
      clientWaitSync: () => GL.ALREADY_SIGNALED,
      checkFramebufferStatus: () => GL.FRAMEBUFFER_COMPLETE,
      getShaderiv: (_shader: number, name: number, into: Int32Array) =>
        void (into[0] = Number(name !== GL.INFO_LOG_LENGTH)),
      getProgramiv: (_program: number, name: number, into: Int32Array) =>
        void (into[0] = Number(name !== GL.INFO_LOG_LENGTH)),
      getUniformLocation: () => ++this.#names,
      getQueryObjectuiv: set(1),
      getQueryObjectui64v: (_query: number, _name: number, into: BigUint64Array) => void (into[0] = 1n),
      getIntegerv: (name: number, into: Int32Array) => void (into[0] = INTEGERS.get(name) ?? 16),
      getFloatv: (_name: number, into: Float32Array) => void (into[0] = 16),
      unmapBuffer: () => true,
    };
  }
}

const INTEGERS: ReadonlyMap<number, number> = new Map<number, number>([
  [GL.MAX_TEXTURE_SIZE, 16384],
  [GL.MAX_3D_TEXTURE_SIZE, 2048],
  [GL.MAX_CUBE_MAP_TEXTURE_SIZE, 16384],
  [GL.MAX_RECTANGLE_TEXTURE_SIZE, 16384],
  [GL.MAX_ARRAY_TEXTURE_LAYERS, 2048],
  [GL.MAX_COMBINED_TEXTURE_IMAGE_UNITS, 160],
  [GL.MAX_TEXTURE_BUFFER_SIZE, 1 << 27],
  [GL.MAX_SAMPLES, 4],
  [GL.MAX_UNIFORM_BUFFER_BINDINGS, 90],
]);

function nameFamily(name: string): string {
  if (/^gen[A-Z]/.test(name) && !name.includes('Mipmap')) return 'gen';
  return /^create(Shader|Program)$/.test(name) ? 'create' : '';
}

function copied(value: unknown): unknown {
  if (!ArrayBuffer.isView(value) || value instanceof DataView) return value;
  return (value as Uint8Array).slice();
}
