/** A process that renders, from inside: opens the device while nobody waits, says so, and reports to the one above. */
import { flushCompileCache } from 'node:module';
import process from 'node:process';
import { confine, dieWithParent } from '../../base/native/confine.ts';
import { HostError, messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import { readCapabilities } from '../egl/capabilities.ts';
import { RENDER_LIMITS } from '../core/limits.ts';
import type { RenderLimits } from '../core/limits.ts';
import type { Budget } from '../core/quota.ts';
import type { GlCapabilities } from '../egl/capabilities.ts';
import { GlDisplay } from '../egl/display.ts';
import { probeDeviceFormats } from '../virgl/device-formats.ts';
import type { DeviceFormats } from '../virgl/device-formats.ts';
import { writeCapset } from '../virgl/capset.ts';
import { capsetValues } from '../virgl/capset-values.ts';
import { PROMISES } from '../virgl/promises.ts';
import { Rehearsal } from '../virgl/rehearsal.ts';
import type { PlayedGuest } from '../virgl/rehearsal.ts';
import { VirglRenderer } from '../virgl/renderer.ts';
import { FILES_KEPT } from './render-messages.ts';
import { moveShadersToMemory } from './shader-files.ts';
import type { LogLevelName, RenderMessage, StartSettings } from './render-messages.ts';

const SHADER_FOLDER = process.env['MESA_SHADER_CACHE_DIR'] ?? '';
/** Guest RAM, pictures and what drivers open; more can only be a leak. */
const MAX_FILES = 16384;

/** The device, open. */
export interface RenderDevice {
  readonly display: GlDisplay;
  /** A new renderer on it, with the limits that this process was started with. */
  readonly createRenderer: (onProgress?: () => void, budget?: Budget) => VirglRenderer;
  readonly limits: RenderLimits;
  readonly log: Logger;
}

/** Someone who is served. */
export interface Service {
  /** Whether there is a guest, or was one. */
  readonly isTaken: boolean;
}

/** What a program serves its guests with. */
export interface RenderProgram {
  /** Gets ready; what is asked for comes later. */
  readonly serve: (device: RenderDevice) => Service;
  /** Plays a guest before there is one, where more than commands comes from guests. */
  readonly play?: (renderer: VirglRenderer, log: Logger) => PlayedGuest;
}

/** Says something to the process above. */
export function tell(message: RenderMessage, then?: () => void): void {
  process.send?.(message, undefined, undefined, then);
}

/** Ends this process, with its last word said. */
export function end(message: RenderMessage, code: number): void {
  if (process.connected) tell(message, () => process.exit(code));
  else process.exit(code);
}

/**
 * Opens the device, has `serve` get ready, and tells the process above. Until somebody comes it rehearses. Ends this process
 * when the one above is gone, or when something fails.
 */
export function runRenderProgram({ serve, play }: RenderProgram): void {
  dieWithParent();
  process.on('disconnect', () => process.exit(0));
  // A signal for the whole group of processes is the one above's to act on.
  process.on('SIGINT', () => {});
  process.on('uncaughtException', (error) => end({ kind: 'end', reason: error.stack ?? error.message }, 1));
  try {
    const settings = JSON.parse(process.argv[2] ?? '{}') as StartSettings;
    const display = GlDisplay.open({ renderNode: settings.renderNode });
    const first = display.createContext();
    first.makeCurrent();
    const capabilities = readCapabilities(display.gl);
    const formats = probeDeviceFormats(display.gl, capabilities);
    first.close();
    const log = logger(settings.logLevel === 'debug');
    const rehearsal = new Rehearsal(
      { device: display, capabilities, formats },
      play && ((renderer) => play(renderer, log)),
    );
    const { refusal } = rehearsal;
    if (refusal !== null) log.debug('the rehearsal was refused something', { reason: refusal.message });
    const limits = { ...RENDER_LIMITS, ...settings.limits };
    const service = serve({
      display,
      limits,
      log,
      createRenderer: (onProgress, budget) =>
        new VirglRenderer({
          device: display,
          capabilities,
          formats,
          limits,
          log,
          onQuota: (reason, refusals) => tell({ kind: 'quota', reason, refusals }),
          ...(onProgress === undefined ? {} : { onProgress }),
          ...(budget === undefined ? {} : { budget }),
        }),
    });
    // For the processes after this one (code-cache.ts), what was rehearsed with it, while nothing of a guest's is here yet.
    flushCompileCache();
    const hasShaderCache = settings.shaderFds !== null && moveShadersToMemory(SHADER_FOLDER, settings.shaderFds);
    // What the driver opens it has opened; from here on it sees what guests send.
    const freedom = { maxFiles: MAX_FILES, mayOpenDevices: !capabilities.isSoftware };
    const filesKept = process.argv[3] === FILES_KEPT;
    log.debug('the GPU process is confined', { ...confine(freedom), filesKept, hasShaderCache });
    tell({
      kind: 'ready',
      renderer: capabilities.renderer,
      version: capabilities.versionText,
      capsets: capsetsOf(capabilities, formats),
    });
    goOn(rehearsal, service);
  } catch (error) {
    const code = error instanceof HostError ? error.code : 'UNEXPECTED';
    end({ kind: 'failed', code, message: messageOf(error) }, 1);
  }
}

/** Rehearses on, a frame in each turn of the event loop. */
function goOn(rehearsal: Rehearsal, service: Service): void {
  setImmediate(() => {
    if (!service.isTaken && rehearsal.goOn()) goOn(rehearsal, service);
    else rehearsal.close();
  });
}

function capsetsOf(capabilities: GlCapabilities, formats: DeviceFormats): Record<string, string> {
  const values = capsetValues(capabilities, formats, PROMISES);
  return Object.fromEntries(
    ([1, 2] as const).map((id) => [id, Buffer.from(writeCapset(values, id)).toString('base64')]),
  );
}

function logger(isDebug: boolean): Logger {
  const line =
    (level: LogLevelName) =>
    (message: string, fields: Readonly<Record<string, unknown>> = {}): void => {
      if (level !== 'debug' || isDebug) tell({ kind: 'log', level, message, fields });
    };
  const log: Logger = {
    debug: line('debug'),
    info: line('info'),
    warn: line('warn'),
    error: line('error'),
    child: () => log,
  };
  return log;
}
