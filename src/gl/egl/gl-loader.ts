/**
 * Binds the functions of gl.table.ts for one kind of context. Drivers give an address for any name, so what is there is
 * told by the version and the extensions, never by the address.
 *
 * The functions act on the context that is current in this thread, and serve all contexts of the same kind.
 */
import koffi from 'koffi';
import { GpuError } from '../core/gpu-error.ts';
import type { GlFunctions } from './gl-api.gen.ts';
import { parseGlSignature } from './gl-signature.ts';
import type { GlTypeName } from './gl-signature.ts';
import { GL_TYPES, glTable } from './gl.table.ts';
import type { GlFunctionGroup } from './gl.table.ts';

/** OpenGL, or OpenGL ES. */
export type GlFlavour = 'gl' | 'es';

/** What a context offers. */
export interface GlVersion {
  readonly flavour: GlFlavour;
  /** Major × 10 + minor. */
  readonly version: number;
  readonly extensions: ReadonlySet<string>;
}

/** The name of a function, without `gl`. */
export type GlFunctionName = keyof GlFunctions;

/** The functions, bound. */
export interface GlApi extends GlFunctions {
  readonly offered: GlVersion;
  /** The names of the functions that may be called. */
  readonly available: ReadonlySet<GlFunctionName>;
}

type NativeFunction = (...values: unknown[]) => unknown;

const prototypes = new Map<string, ReturnType<typeof koffi.proto>>();

/** Binds what `offered` says is there. `addressOf` gives the address of a C function, or null. */
export function loadGl(offered: GlVersion, addressOf: (name: string) => bigint | null): GlApi {
  const available = new Set<GlFunctionName>();
  const functions: Record<string, NativeFunction> = {};
  for (const group of glTable as readonly GlFunctionGroup[]) {
    const suffix = suffixFor(group, offered);
    for (const [name, signature] of Object.entries(group.functions)) {
      const address = suffix === undefined ? null : addressOf(cName(name, suffix));
      if (address === null) {
        functions[name] = missing(name);
        continue;
      }
      functions[name] = koffi.decode(address, prototypeOf(signature)) as NativeFunction;
      available.add(name as GlFunctionName);
    }
  }
  return { ...(functions as unknown as GlFunctions), offered, available };
}

/** How the functions of a group are spelled on a device; undefined when it lacks them. */
export function suffixFor(group: GlFunctionGroup, offered: GlVersion): string | undefined {
  const since = offered.flavour === 'gl' ? group.gl : group.es;
  if (since !== undefined && offered.version >= since) return '';
  for (const text of group.extensions ?? []) {
    const [extension, suffix = ''] = text.split(' ');
    // KHR_debug has no suffix on OpenGL and one on OpenGL ES; others that offer both ways mean the same.
    const isSpelledSo = !isKhronosPair(extension) || (suffix === '') === (offered.flavour === 'gl');
    if (extension !== undefined && isSpelledSo && offered.extensions.has(extension)) return suffix;
  }
  return undefined;
}

function isKhronosPair(extension: string | undefined): boolean {
  return extension === 'GL_KHR_debug' || extension === 'GL_KHR_robustness';
}

function cName(name: string, suffix: string): string {
  const rest = name.startsWith('egl') ? `EGL${name.slice(3)}` : `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  return `gl${rest}${suffix}`;
}

function prototypeOf(signature: string): ReturnType<typeof koffi.proto> {
  const { result, parameters } = parseGlSignature(signature);
  const types = parameters.map((p) => cType(p.type));
  const key = [cType(result), ...types].join(',');
  let prototype = prototypes.get(key);
  if (prototype === undefined) {
    prototype = koffi.proto(cType(result), types);
    prototypes.set(key, prototype);
  }
  return prototype;
}

function cType(name: GlTypeName): string {
  return GL_TYPES[name].c;
}

function missing(name: string): NativeFunction {
  return () => {
    throw new GpuError('unsupported', `${cName(name, '')} was called, which this device lacks`);
  };
}
