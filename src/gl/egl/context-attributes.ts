/** The kinds of context worth asking a driver for, best first, and how EGL is asked for each. */
import * as EGL from './egl-constants.ts';
import type { GlFlavour } from './gl-loader.ts';

/** A kind of context. */
export interface ContextKind {
  readonly flavour: GlFlavour;
  /** Major × 10 + minor: the least that is accepted. */
  readonly version: number;
  /** Out-of-range access is harmless, and a reset of the GPU is told. */
  readonly isRobust: boolean;
}

const GL_VERSIONS = [46, 45, 44, 43, 42, 41, 40, 33];
const ES_VERSIONS = [32, 31, 30];

/**
 * The kinds to try: OpenGL core from 4.6 down to 3.3, then OpenGL ES from 3.2 down to 3.0, robust ones first. `flavour`
 * leaves one of the two out.
 */
export function contextKinds(flavour?: GlFlavour): ContextKind[] {
  return (['gl', 'es'] as const)
    .filter((each) => flavour === undefined || each === flavour)
    .flatMap((each) =>
      (each === 'gl' ? GL_VERSIONS : ES_VERSIONS).flatMap((version) =>
        [true, false].map((isRobust) => ({ flavour: each, version, isRobust })),
      ),
    );
}

/** The attribute list for eglCreateContext. */
export function contextAttributes(kind: ContextKind, isDebug: boolean): Int32Array {
  const { flavour, version, isRobust } = kind;
  const pairs = [
    [EGL.CONTEXT_MAJOR_VERSION, Math.floor(version / 10)],
    [EGL.CONTEXT_MINOR_VERSION, version % 10],
  ];
  if (flavour === 'gl') pairs.push([EGL.CONTEXT_OPENGL_PROFILE_MASK, EGL.CONTEXT_OPENGL_CORE_PROFILE_BIT]);
  if (isRobust) {
    pairs.push([EGL.CONTEXT_OPENGL_ROBUST_ACCESS, 1]);
    pairs.push([EGL.CONTEXT_OPENGL_RESET_NOTIFICATION_STRATEGY, EGL.LOSE_CONTEXT_ON_RESET]);
  }
  if (isDebug) pairs.push([EGL.CONTEXT_OPENGL_DEBUG, 1]);
  return Int32Array.from([...pairs.flat(), EGL.NONE]);
}
