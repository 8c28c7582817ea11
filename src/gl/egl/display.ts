/**
 * A connection to a device that renders without a window: an EGL display on the device platform, or on the surfaceless
 * platform, which picks a device itself. It opens only where a context can really be made.
 *
 * All of it belongs to the thread that opened it. Closing ends its contexts.
 */
import { HostError } from '../../base/errors.ts';
import { contextAttributes, contextKinds } from './context-attributes.ts';
import type { ContextKind } from './context-attributes.ts';
import { forgetCurrentContext, GlContext } from './context.ts';
import { candidatesFor } from './devices.ts';
import type { DeviceCandidate, DeviceChoice } from './devices.ts';
import { eglErrorName, extensionSet, loadEgl } from './egl-api.ts';
import type { EglApi } from './egl-api.ts';
import * as EGL from './egl-constants.ts';
import { readGlVersion } from './gl-version.ts';
import { loadGl } from './gl-loader.ts';
import type { GlApi, GlFlavour } from './gl-loader.ts';

/** What a display is opened with. */
export interface DisplayOptions {
  /** Default: `auto`. */
  readonly renderNode?: DeviceChoice;
  /** Accept only this kind of OpenGL; default: OpenGL where there is any, else OpenGL ES. */
  readonly flavour?: GlFlavour;
  /** Ask for contexts that check more and tell more. */
  readonly isDebug?: boolean;
}

/** The resources of contexts: which of them share theirs. */
export interface ContextOptions {
  /** A context whose textures, buffers, shaders and samplers the new one sees too. */
  readonly share?: GlContext;
}

const REQUIRED_EXTENSION = 'EGL_KHR_surfaceless_context';

/** A device that is open. */
export class GlDisplay implements Disposable {
  /** EGLDisplay. */
  readonly handle: number;
  readonly egl: EglApi;
  readonly extensions: ReadonlySet<string>;
  readonly candidate: DeviceCandidate;
  /** What all contexts of this display are. */
  readonly kind: ContextKind;
  /** The functions of OpenGL, for any context of this display. */
  readonly gl: GlApi;
  readonly #isDebug: boolean;
  readonly #config: number;
  readonly #contexts = new Set<GlContext>();
  #isOpen = true;

  private constructor(egl: EglApi, candidate: DeviceCandidate, options: DisplayOptions) {
    this.egl = egl;
    this.candidate = candidate;
    this.#isDebug = options.isDebug === true;
    this.handle = openHandle(egl, candidate);
    try {
      this.extensions = extensionSet(egl.queryString(this.handle, EGL.EXTENSIONS));
      if (!this.extensions.has(REQUIRED_EXTENSION))
        throw new HostError('NO_GL', `the driver lacks ${REQUIRED_EXTENSION}`);
      const first = this.#firstContext(options.flavour);
      this.kind = first.kind;
      this.#config = first.config;
      this.gl = this.#bindFunctions(first.handle, first.kind);
    } catch (error) {
      terminate(egl, this.handle);
      throw error;
    }
  }

  /**
   * Opens the best device that the choice allows. Throws HostError: `NO_EGL` without the library, `NO_RENDER_NODE` for a
   * path that is no device, `NO_GL` when no device makes a context of OpenGL 3.3 or OpenGL ES 3.0.
   */
  static open(options: DisplayOptions = {}): GlDisplay {
    const egl = loadEgl();
    const choice = options.renderNode ?? 'auto';
    const refusals: string[] = [];
    for (const candidate of candidatesFor(choice, egl)) {
      try {
        return new GlDisplay(egl, candidate, options);
      } catch (error) {
        if (!(error instanceof HostError)) throw error;
        refusals.push(`${describe(candidate)}: ${error.message}`);
      }
    }
    const reasons = refusals.length === 0 ? 'EGL offers no device and no surfaceless platform' : refusals.join('; ');
    throw new HostError(
      'NO_GL',
      `no device renders OpenGL without a window (${reasons}): install Mesa's drivers (Debian, Ubuntu: libgl1-mesa-dri)`,
    );
  }

  /** A new context; it is not made current. Throws HostError `NO_GL` (out of memory, or the device is gone). */
  createContext(options: ContextOptions = {}): GlContext {
    const share = options.share;
    const handle = this.#tryContext(this.kind, this.#config, share?.handle ?? 0);
    if (handle === 0) throw new HostError('NO_GL', `eglCreateContext failed: ${eglErrorName(this.egl.getError())}`);
    const context = new GlContext(this, handle, share?.group, (closed) => void this.#contexts.delete(closed));
    this.#contexts.add(context);
    return context;
  }

  /** Ends all contexts, then the connection. Twice is once. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    for (const context of this.#contexts) context.close();
    terminate(this.egl, this.handle);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #firstContext(flavour: GlFlavour | undefined): { kind: ContextKind; config: number; handle: number } {
    const refusals = new Set<string>();
    for (const kind of contextKinds(flavour)) {
      const config = this.#configFor(kind.flavour);
      const handle = config === null ? 0 : this.#tryContext(kind, config, 0);
      if (handle !== 0 && config !== null) return { kind, config, handle };
      refusals.add(eglErrorName(this.egl.getError()));
    }
    throw new HostError('NO_GL', `no context of OpenGL 3.3 or OpenGL ES 3.0: ${[...refusals].join(', ')}`);
  }

  #tryContext(kind: ContextKind, config: number, share: number): number {
    if (this.egl.bindApi(kind.flavour === 'gl' ? EGL.OPENGL_API : EGL.OPENGL_ES_API) === 0) return 0;
    return this.egl.createContext(this.handle, config, share, contextAttributes(kind, this.#isDebug));
  }

  #configFor(flavour: GlFlavour): number | null {
    if (this.extensions.has('EGL_KHR_no_config_context') || this.extensions.has('EGL_MESA_configless_context'))
      return 0;
    const renderable = flavour === 'gl' ? EGL.OPENGL_BIT : EGL.OPENGL_ES3_BIT;
    const wanted = Int32Array.of(EGL.SURFACE_TYPE, 0, EGL.RENDERABLE_TYPE, renderable, EGL.NONE);
    const configs = new BigUint64Array(1);
    const count = new Int32Array(1);
    const isFound = this.egl.chooseConfig(this.handle, wanted, configs, 1, count) !== 0 && count[0] === 1;
    return isFound ? Number(configs[0]) : null;
  }

  /** What the driver offers is known only with a context current; that first one serves for nothing else. */
  #bindFunctions(context: number, kind: ContextKind): GlApi {
    try {
      if (this.egl.makeCurrent(this.handle, 0, 0, context) === 0) {
        throw new HostError('NO_GL', `eglMakeCurrent failed: ${eglErrorName(this.egl.getError())}`);
      }
      return loadGl(readGlVersion(this.egl, kind.flavour), this.egl.addressOf);
    } finally {
      this.egl.makeCurrent(this.handle, 0, 0, 0);
      forgetCurrentContext();
      this.egl.destroyContext(this.handle, context);
    }
  }
}

function openHandle(egl: EglApi, candidate: DeviceCandidate): number {
  // Mesa reads this when the display is initialised; elsewhere it means nothing.
  if (candidate.device === 0 && candidate.isSoftware) process.env['LIBGL_ALWAYS_SOFTWARE'] = '1';
  const platform = candidate.device === 0 ? EGL.PLATFORM_SURFACELESS_MESA : EGL.PLATFORM_DEVICE_EXT;
  const handle = egl.getPlatformDisplay(platform, candidate.device, null);
  if (handle === 0) throw new HostError('NO_GL', `eglGetPlatformDisplay failed: ${eglErrorName(egl.getError())}`);
  const version = new Int32Array(2);
  if (egl.initialize(handle, version, version.subarray(1)) === 0) {
    throw new HostError('NO_GL', `eglInitialize failed: ${eglErrorName(egl.getError())}`);
  }
  openCounts.set(handle, (openCounts.get(handle) ?? 0) + 1);
  return handle;
}

// EGL gives the same display for the same device, and ends it for all at once.
const openCounts = new Map<number, number>();

function terminate(egl: EglApi, handle: number): void {
  const others = (openCounts.get(handle) ?? 1) - 1;
  openCounts.set(handle, others);
  if (others > 0) return;
  openCounts.delete(handle);
  egl.terminate(handle);
  egl.releaseThread();
  forgetCurrentContext();
}

function describe(candidate: DeviceCandidate): string {
  if (candidate.path !== null) return candidate.path;
  return candidate.device === 0 ? 'surfaceless platform' : 'software device';
}
