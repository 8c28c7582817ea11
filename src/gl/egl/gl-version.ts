/** Asks the current context what it is. Only here functions are bound before their table can say that they are there. */
import koffi from 'koffi';
import { HostError } from '../../base/errors.ts';
import type { EglApi } from './egl-api.ts';
import * as GL from './gl-constants.ts';
import type { GlApi, GlFlavour, GlVersion } from './gl-loader.ts';

/** The version and extensions of the current context. Throws HostError `NO_GL` when it does not tell. */
export function readGlVersion(egl: EglApi, flavour: GlFlavour): GlVersion {
  const getIntegerv = bind(egl, 'glGetIntegerv', 'void', ['uint32_t', 'void *']) as GlApi['getIntegerv'];
  const getStringi = bind(egl, 'glGetStringi', 'const char *', ['uint32_t', 'uint32_t']) as GlApi['getStringi'];
  const value = new Int32Array(1);
  const read = (name: number): number => {
    getIntegerv(name, value);
    return value[0] ?? 0;
  };
  const extensions = new Set<string>();
  const count = read(GL.NUM_EXTENSIONS);
  for (let i = 0; i < count; i++) {
    const name = getStringi(GL.EXTENSIONS, i);
    if (name !== null) extensions.add(name);
  }
  return { flavour, version: read(GL.MAJOR_VERSION) * 10 + read(GL.MINOR_VERSION), extensions };
}

function bind(egl: EglApi, name: string, result: string, parameters: string[]): unknown {
  const address = egl.addressOf(name);
  if (address === null) throw new HostError('NO_GL', `the driver has no ${name}`);
  return koffi.decode(address, koffi.proto(result, parameters));
}
