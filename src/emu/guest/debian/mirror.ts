/**
 * A Debian mirror over HTTP or HTTPS. Requests that fail for a reason that may pass are made again; a download that broke
 * off goes on where it stopped. Proxies are taken from the environment (`HTTP_PROXY`, `HTTPS_PROXY`, `NO_PROXY`).
 */
import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import * as http from 'node:http';
import * as https from 'node:https';
import process from 'node:process';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { HostError, messageOf, UsageError } from '../../../base/errors.ts';

/** Packages that are fetched at a time. */
export const CONNECTIONS = 6;
const TRIES = 4;
const FIRST_PAUSE_MS = 300;
const SILENCE_MS = 30_000;
const MAX_REDIRECTS = 5;

/** Checks an address that a user gave. Throws UsageError. */
export function checkMirror(uri: string): string {
  const url = URL.canParse(uri) ? new URL(uri) : null;
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new UsageError(`"${uri}" is not the address of a mirror: write it like https://mirror.example/debian.`);
  return uri;
}

/** One mirror. */
export class Mirror {
  readonly #base: URL;
  readonly #signal: AbortSignal | undefined;
  readonly #agents: { readonly 'http:': http.Agent; readonly 'https:': https.Agent };

  /** Throws UsageError when the address is none. */
  constructor(uri: string, signal?: AbortSignal) {
    const base = checkMirror(uri);
    this.#base = new URL(base.endsWith('/') ? base : `${base}/`);
    this.#signal = signal;
    const options = { keepAlive: true, maxSockets: CONNECTIONS, proxyEnv: process.env };
    this.#agents = { 'http:': new http.Agent(options), 'https:': new https.Agent(options) };
  }

  [Symbol.dispose](): void {
    for (const agent of Object.values(this.#agents)) agent.destroy();
  }

  /** The mirror's address as it may be shown. */
  get address(): string {
    return `${this.#base.origin}${this.#base.pathname}`.replace(/\/$/, '');
  }

  /**
   * Reads a file of at most `maxBytes`; null when the mirror has none. Throws HostError `mirror` when the mirror does not
   * answer as it should.
   */
  async read(path: string, maxBytes: number): Promise<Buffer | null> {
    return this.#again(async () => {
      const response = await this.#get(path, {});
      if (response.statusCode === 404) {
        response.resume();
        return null;
      }
      if (response.statusCode !== 200) throw discard(response, this.#refused(path, response));
      const pieces: Buffer[] = [];
      let bytes = 0;
      for await (const piece of response as AsyncIterable<Buffer>) {
        bytes += piece.length;
        if (bytes > maxBytes) throw this.#error(`${path} is larger than it may be`);
        pieces.push(piece);
      }
      return Buffer.concat(pieces);
    });
  }

  /**
   * Fetches a file of known size into `file`, going on with what is there of it. `onBytes` gets how much of it is there.
   * Throws HostError `mirror`, and the error of the file system when the file cannot be written.
   */
  async save(path: string, file: string, bytes: number, onBytes: (bytes: number) => void): Promise<void> {
    await this.#again(async (): Promise<void> => {
      let start = (await stat(file).catch(() => null))?.size ?? 0;
      if (start >= bytes) start = 0;
      const response = await this.#get(path, start > 0 ? { range: `bytes=${start}-` } : {});
      if (response.statusCode === 404) throw discard(response, this.#error(`it lacks ${path}`));
      const isPart = response.statusCode === 206;
      if (isPart && !response.headers['content-range']?.startsWith(`bytes ${start}-`))
        throw discard(response, this.#error(`it answers a request for the rest of ${path} with another part`));
      // Not to be had in parts: from the beginning.
      if (response.statusCode === 200) start = 0;
      else if (!isPart) throw discard(response, this.#refused(path, response));
      let got = start;
      const error = this.#error(`${path} is larger than the package list says`);
      await pipeline(
        response,
        async function* (pieces: AsyncIterable<Buffer>) {
          for await (const piece of pieces) {
            got += piece.length;
            if (got > bytes) throw error;
            onBytes(got);
            yield piece;
          }
        },
        createWriteStream(file, { flags: start > 0 ? 'a' : 'w' }),
        ...(this.#signal === undefined ? [] : [{ signal: this.#signal }]),
      );
      if (got < bytes) throw new Interrupted(`${path} broke off`);
    });
  }

  /** Makes a request until it is answered, a few times at most. */
  async #again<T>(request: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await request();
      } catch (error) {
        this.#signal?.throwIfAborted();
        const isPassing = error instanceof Interrupted || isNetworkError(error);
        if (!isPassing) throw error;
        if (tries === TRIES) throw this.#error(messageOf(error), error);
        await delay(
          FIRST_PAUSE_MS * 2 ** (tries - 1),
          undefined,
          this.#signal === undefined ? {} : { signal: this.#signal },
        );
      }
    }
  }

  async #get(path: string, headers: http.OutgoingHttpHeaders): Promise<http.IncomingMessage> {
    let url = new URL(path, this.#base);
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      const response = await this.#request(url, headers);
      const { location } = response.headers;
      if (location === undefined || ![301, 302, 303, 307, 308].includes(response.statusCode ?? 0)) return response;
      response.resume();
      url = new URL(location, url);
      if (url.protocol !== 'https:' && (url.protocol !== 'http:' || this.#base.protocol === 'https:'))
        throw this.#error(`it leads to an address without TLS or without HTTP, ${url.origin}`);
    }
    throw this.#error('it leads from one address to the next without end');
  }

  async #request(url: URL, headers: http.OutgoingHttpHeaders): Promise<http.IncomingMessage> {
    const protocol = url.protocol === 'https:' ? 'https:' : 'http:';
    const { request } = protocol === 'https:' ? https : http;
    return new Promise((resolve, reject) => {
      const asked = request(url, {
        agent: this.#agents[protocol],
        headers: { 'user-agent': 'saffron', 'cache-control': 'max-age=0', ...headers },
        ...(this.#signal === undefined ? {} : { signal: this.#signal }),
      });
      asked.setTimeout(SILENCE_MS, () => asked.destroy(new Interrupted('it says nothing any more')));
      asked.once('response', resolve);
      // Not once: a connection can break again after its answer has begun, which the reader of the answer is told.
      asked.on('error', reject);
      asked.end();
    });
  }

  #refused(path: string, response: http.IncomingMessage): Error {
    const words = `it answers ${response.statusCode} ${response.statusMessage ?? ''}`.trim();
    const mayPass = response.statusCode === 429 || (response.statusCode ?? 0) >= 500;
    return mayPass ? new Interrupted(words) : this.#error(`${words} to a request for ${path}`);
  }

  #error(what: string, cause?: unknown): HostError {
    return new HostError(
      'mirror',
      `The mirror ${this.address} cannot be used: ${what}. Try again, or name another one with --mirror.`,
      cause === undefined ? undefined : { cause },
    );
  }
}

/** Something that may be better at the next try. */
class Interrupted extends Error {}

function isNetworkError(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false;
  const code = String(error.code);
  const isOurDisk = 'path' in error;
  return (
    !isOurDisk &&
    (/^(?:E(?:CONN|HOST|NET|PIPE|TIMEDOUT|ADDRNOT|AI_)|HPE_)/.test(code) ||
      /^(?:ENOTFOUND|ERR_STREAM_PREMATURE_CLOSE)$/.test(code))
  );
}

/** Passes over the rest of an answer that is of no use, so that its connection can be used again; gives the error. */
function discard(response: http.IncomingMessage, error: Error): Error {
  response.resume();
  return error;
}
