/** `saffron guest build` and `saffron guest list`, and the image that `saffron run` boots. */
import process from 'node:process';
import { UsageError } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import { buildGuest, GUEST_NAMES, listGuests, type GuestImage, type GuestName } from '../emu/guest/guest.ts';
import type { CommandLine } from './command-line.ts';
import { createLogger } from './log.ts';
import { progressPrinter } from './progress.ts';

/** Makes or lists images. */
export async function guestCommand(line: CommandLine): Promise<number> {
  const [action, image] = line.words;
  if (action === 'list') return list(line);
  if (action !== 'build') throw new UsageError(`"saffron guest ${action}" is not known: build or list.`);
  const name = GUEST_NAMES.find((known) => known === image);
  if (name === undefined)
    throw new UsageError(`Name the image to build: saffron guest build ${GUEST_NAMES.join('|')}.`);
  const stop = new AbortController();
  const onSignal = (): void => stop.abort(new UsageError('Stopped; nothing was kept.'));
  process.once('SIGINT', onSignal);
  process.once('SIGTERM', onSignal);
  try {
    const settings = {
      suite: line.text('suite') ?? '',
      extraPackages: splitPackages(line.text('packages')),
      mirror: line.text('mirror'),
      cacheDir: line.text('cache-dir'),
    };
    const built = await guestImage(name, settings, stop.signal, createLogger('warn'));
    process.stdout.write(
      line.has('json')
        ? `${JSON.stringify(built)}\n`
        : `${name} is ready: ${megabytes(built.bytes)} in ${built.disk}\n`,
    );
    return 0;
  } finally {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}

/** How an image is made; what is not given is as `BuildOptions` says. */
export interface ImageSettings {
  readonly suite: string;
  readonly extraPackages: readonly string[];
  readonly mirror: string | undefined;
  readonly cacheDir: string | undefined;
}

/** The names in the value of --packages. */
export function splitPackages(value: string | undefined): readonly string[] {
  return value === undefined ? [] : value.split(',').map((name) => name.trim());
}

/** The image of that name, made when it is missing; progress goes to stderr. */
export async function guestImage(
  name: GuestName,
  { suite, extraPackages, mirror, cacheDir }: ImageSettings,
  signal: AbortSignal,
  log: Logger,
): Promise<GuestImage> {
  using progress = progressPrinter(`Making the guest ${name}`);
  return await buildGuest({
    name,
    suite,
    extraPackages,
    ...(mirror === undefined ? {} : { mirror }),
    ...(cacheDir === undefined ? {} : { cacheDir }),
    signal,
    log,
    onProgress: (step, fraction) => progress.show(step, fraction),
  });
}

async function list(line: CommandLine): Promise<number> {
  const images = await listGuests(line.text('cache-dir'));
  if (line.has('json')) {
    process.stdout.write(`${JSON.stringify(images)}\n`);
  } else if (images.length === 0) {
    process.stdout.write('No guest image is here yet. "saffron guest build debian-riscv64" makes one.\n');
  } else {
    for (const { name, suite, extraPackages, bytes, createdAt } of images) {
      const extra = extraPackages.length === 0 ? '' : ` with ${extraPackages.join(', ')}`;
      process.stdout.write(`${name}  Debian ${suite}${extra}, ${megabytes(bytes)}, made ${createdAt.slice(0, 10)}\n`);
    }
  }
  return 0;
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}
