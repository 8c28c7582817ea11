/**
 * EGL 1.5 and the extensions that rendering without a window needs, bound when first asked for. Handles are numbers:
 * addresses of user space fit a double, and 0 is none.
 */
import koffi from 'koffi';
import { HostError, messageOf } from '../../base/errors.ts';
import * as EGL from './egl-constants.ts';

type Memory = ArrayBufferView | null;

/** The functions of EGL in use, and the address of any other. */
export interface EglApi {
  readonly getError: () => number;
  readonly queryString: (display: number, name: number) => string | null;
  readonly getPlatformDisplay: (platform: number, native: number, attributes: Memory) => number;
  readonly initialize: (display: number, major: Memory, minor: Memory) => number;
  readonly terminate: (display: number) => number;
  readonly bindApi: (api: number) => number;
  readonly chooseConfig: (display: number, attributes: Memory, configs: Memory, size: number, count: Memory) => number;
  readonly createContext: (display: number, config: number, share: number, attributes: Memory) => number;
  readonly destroyContext: (display: number, context: number) => number;
  readonly makeCurrent: (display: number, draw: number, read: number, context: number) => number;
  readonly releaseThread: () => number;
  /** null where devices cannot be listed. */
  readonly devices: EglDeviceApi | null;
  /** The address of a function of OpenGL or of an EGL extension; null when the library knows none of that name. */
  readonly addressOf: (name: string) => bigint | null;
  readonly clientExtensions: ReadonlySet<string>;
}

/** EGL_EXT_device_enumeration and EGL_EXT_device_query. */
interface EglDeviceApi {
  readonly queryDevices: (size: number, devices: Memory, count: Memory) => number;
  readonly queryDeviceString: (device: number, name: number) => string | null;
}

const loaded = new Map<string, EglApi>();

/**
 * Loads EGL, once a thread. Throws HostError `NO_EGL` when the machine has none, or one older than EGL 1.5; the message
 * says what to install.
 */
export function loadEgl(file = 'libEGL.so.1'): EglApi {
  let api = loaded.get(file);
  if (api === undefined) {
    api = bind(file);
    loaded.set(file, api);
  }
  return api;
}

function bind(file: string): EglApi {
  try {
    const library = koffi.load(file);
    const getProcAddress = library.func('uintptr_t eglGetProcAddress(const char *)') as unknown as (
      name: string,
    ) => number;
    const addressOf = (name: string): bigint | null => {
      const address = getProcAddress(name);
      return address === 0 ? null : BigInt(address);
    };
    const queryString = library.func(
      'const char *eglQueryString(uintptr_t, int32_t)',
    ) as unknown as EglApi['queryString'];
    const clientExtensions = extensionSet(queryString(0, EGL.EXTENSIONS));
    return {
      getError: library.func('int32_t eglGetError()') as unknown as EglApi['getError'],
      queryString,
      getPlatformDisplay: library.func(
        'uintptr_t eglGetPlatformDisplay(uint32_t, uintptr_t, void *)',
      ) as unknown as EglApi['getPlatformDisplay'],
      initialize: library.func('uint32_t eglInitialize(uintptr_t, void *, void *)') as unknown as EglApi['initialize'],
      terminate: library.func('uint32_t eglTerminate(uintptr_t)') as unknown as EglApi['terminate'],
      bindApi: library.func('uint32_t eglBindAPI(uint32_t)') as unknown as EglApi['bindApi'],
      chooseConfig: library.func(
        'uint32_t eglChooseConfig(uintptr_t, void *, void *, int32_t, void *)',
      ) as unknown as EglApi['chooseConfig'],
      createContext: library.func(
        'uintptr_t eglCreateContext(uintptr_t, uintptr_t, uintptr_t, void *)',
      ) as unknown as EglApi['createContext'],
      destroyContext: library.func(
        'uint32_t eglDestroyContext(uintptr_t, uintptr_t)',
      ) as unknown as EglApi['destroyContext'],
      makeCurrent: library.func(
        'uint32_t eglMakeCurrent(uintptr_t, uintptr_t, uintptr_t, uintptr_t)',
      ) as unknown as EglApi['makeCurrent'],
      releaseThread: library.func('uint32_t eglReleaseThread()') as unknown as EglApi['releaseThread'],
      devices: deviceApi(clientExtensions, addressOf),
      addressOf,
      clientExtensions,
    };
  } catch (error) {
    throw new HostError(
      'NO_EGL',
      `OpenGL needs ${file} (EGL 1.5) and a driver for it: install libegl1 and libgl1-mesa-dri (Debian, Ubuntu), ` +
        `mesa-libEGL and mesa-dri-drivers (Fedora), or mesa (Arch, Alpine: mesa-egl mesa-dri-gallium) — ${messageOf(error)}`,
      { cause: error },
    );
  }
}

function deviceApi(extensions: ReadonlySet<string>, addressOf: (name: string) => bigint | null): EglDeviceApi | null {
  const isOffered =
    extensions.has('EGL_EXT_device_base') ||
    (extensions.has('EGL_EXT_device_enumeration') && extensions.has('EGL_EXT_device_query'));
  const list = addressOf('eglQueryDevicesEXT');
  const text = addressOf('eglQueryDeviceStringEXT');
  if (!isOffered || list === null || text === null) return null;
  return {
    queryDevices: koffi.decode(
      list,
      koffi.proto('uint32_t', ['int32_t', 'void *', 'void *']),
    ) as EglDeviceApi['queryDevices'],
    queryDeviceString: koffi.decode(
      text,
      koffi.proto('const char *', ['uintptr_t', 'int32_t']),
    ) as EglDeviceApi['queryDeviceString'],
  };
}

/** The names in a list of extensions, which are parted by blanks. */
export function extensionSet(text: string | null): ReadonlySet<string> {
  return new Set((text ?? '').split(' ').filter((name) => name !== ''));
}

/** The name of an EGL error, for messages. */
export function eglErrorName(code: number): string {
  return EGL_ERRORS.get(code) ?? `EGL error 0x${code.toString(16)}`;
}

const EGL_ERRORS: ReadonlyMap<number, string> = new Map([
  [0x3000, 'EGL_SUCCESS'],
  [0x3001, 'EGL_NOT_INITIALIZED'],
  [0x3002, 'EGL_BAD_ACCESS'],
  [0x3003, 'EGL_BAD_ALLOC'],
  [0x3004, 'EGL_BAD_ATTRIBUTE'],
  [0x3005, 'EGL_BAD_CONFIG'],
  [0x3006, 'EGL_BAD_CONTEXT'],
  [0x3008, 'EGL_BAD_DISPLAY'],
  [0x3009, 'EGL_BAD_MATCH'],
  [0x300c, 'EGL_BAD_PARAMETER'],
  [EGL.CONTEXT_LOST, 'EGL_CONTEXT_LOST'],
]);
