/** A context of a guest: the resources it may name, and its sub-contexts. */
import { GpuError } from '../core/gpu-error.ts';
import { COST } from '../core/guest-quotas.ts';
import { decode } from './decode.ts';
import type { Query } from './query.ts';
import type { VirglRenderer } from './renderer.ts';
import type { Resource } from './resource.ts';
import { SubContext } from './sub-context.ts';
import { Words } from './words.ts';

/** A command that was refused, and why. */
export interface RefusedCommand {
  readonly command: string;
  readonly error: GpuError;
}

/** One context. */
export class VirglContext {
  readonly id: number;
  readonly name: string;
  readonly renderer: VirglRenderer;
  readonly #resources = new Map<number, Resource>();
  readonly #subContexts = new Map<number, SubContext>();
  readonly #words = new Words();
  /** Queries whose answers were asked for before there were any. */
  readonly #waiting = new Set<Query>();
  #current: SubContext | null = null;
  #errors = 0;
  #mistakes = 0;
  #isRestoring = false;
  #lastError: RefusedCommand | null = null;
  #lost: GpuError | null = null;

  constructor(id: number, name: string, renderer: VirglRenderer) {
    this.id = id;
    this.name = name;
    this.renderer = renderer;
    this.createSubContext(0);
    this.setSubContext(0);
  }

  /** Why it does nothing any more, or null. */
  get lost(): GpuError | null {
    return this.#lost;
  }

  get isLost(): boolean {
    return this.#lost !== null;
  }

  /** Commands refused so far. */
  get errorCount(): number {
    return this.#errors;
  }

  /** The last command refused. */
  get lastError(): RefusedCommand | null {
    return this.#lastError;
  }

  /** The sub-context that commands act on. */
  get sub(): SubContext {
    if (this.#current === null) throw new GpuError('context', 'there is no current sub-context');
    return this.#current;
  }

  /** How many sub-contexts there are; each has an order of its own on the GPU. */
  get subContextCount(): number {
    return this.#subContexts.size;
  }

  /** Whether a query waits for the GPU. */
  get isAwaited(): boolean {
    return this.#waiting.size > 0;
  }

  /** Does commands that the context has done in a former process. What was refused there is refused again, and not counted. */
  restore(commands: Uint32Array): void {
    this.#isRestoring = true;
    try {
      this.submit(commands);
    } finally {
      this.#isRestoring = false;
    }
  }

  /** Does the commands of a submission. Throws GpuError `context` when the context is lost, `quota` for one too long. */
  submit(submission: Uint32Array): void {
    if (this.#lost !== null) throw new GpuError('context', `the context is lost: ${this.#lost.message}`);
    if (submission.byteLength > this.renderer.limits.maxSubmitBytes) {
      throw new GpuError('quota', `a submission of ${submission.byteLength} bytes`);
    }
    (this.#current ?? this.renderer).makeCurrent();
    decode(this, submission, this.#words);
    this.answerQueries();
    this.renderer.drainErrors();
  }

  /** Notes a command that was refused; too many, and the context is lost. */
  refuse(command: string, error: GpuError): void {
    if (this.#isRestoring) return;
    this.#lastError = { command, error };
    this.#errors++;
    this.renderer.reportRefusal(this, command, error);
    this.renderer.reportQuota(error);
    if (this.#isMistake(error) && ++this.#mistakes >= this.renderer.limits.maxErrors)
      this.lose(new GpuError('quota', `${this.#mistakes} wrong commands`));
  }

  /** Ends all work of this context. */
  lose(error: GpuError): void {
    if (this.#lost !== null) return;
    this.#lost = error;
    this.renderer.reportRefusal(this, 'submission', error);
  }

  /** Lets the context name a resource. */
  attach(resource: Resource): void {
    if (this.#resources.has(resource.id)) return;
    resource.retain();
    this.#resources.set(resource.id, resource);
  }

  /** Takes a resource away from the context; what uses it goes on to. */
  detach(id: number): void {
    const resource = this.#resources.get(id);
    if (resource === undefined) return;
    this.#resources.delete(id);
    resource.release();
  }

  /** A resource by its number. Throws GpuError `resource`. */
  resource(id: number): Resource {
    const resource = this.#resources.get(id);
    if (resource === undefined) throw new GpuError('resource', `resource ${id} is not there`);
    return resource;
  }

  /** A resource, or null for number 0. Throws GpuError `resource`. */
  resourceOrNull(id: number): Resource | null {
    return id === 0 ? null : this.resource(id);
  }

  /** A buffer by its number. Throws GpuError `resource`. */
  buffer(id: number): Resource {
    const resource = this.resource(id);
    if (resource.storage.kind !== 'buffer') throw new GpuError('resource', `resource ${id} is no buffer`);
    return resource;
  }

  /** Throws GpuError `context` if it is there already, `quota`. */
  createSubContext(id: number): void {
    if (this.#subContexts.has(id)) throw new GpuError('context', `sub-context ${id} is there already`);
    const { renderer } = this;
    renderer.quotas.subContexts.take(COST.subContext);
    try {
      const device = renderer.createDeviceContext();
      renderer.use(device);
      const sub = new SubContext(id, device, renderer.quotas, renderer.glslTarget, (used) => renderer.use(used));
      this.#subContexts.set(id, sub);
    } catch (error) {
      renderer.quotas.subContexts.release(COST.subContext);
      throw error;
    }
    this.#current?.makeCurrent();
  }

  /** Goes to a sub-context. Throws GpuError `context`. */
  setSubContext(id: number): void {
    const sub = this.#subContexts.get(id);
    if (sub === undefined) throw new GpuError('context', `there is no sub-context ${id}`);
    this.#current = sub;
    sub.makeCurrent();
  }

  /** Throws GpuError `context`. The first cannot be destroyed by commands. */
  destroySubContext(id: number): void {
    const sub = this.#subContexts.get(id);
    if (sub === undefined || id === 0) throw new GpuError('context', `sub-context ${id} cannot be destroyed`);
    if (this.#current === sub) this.setSubContext(0);
    this.#subContexts.delete(id);
    this.#close(sub);
    this.#current?.makeCurrent();
  }

  /** Remembers a query to be answered as soon as it can be. */
  answerLater(query: Query): void {
    if (this.#waiting.has(query)) return;
    query.retain();
    this.#waiting.add(query);
  }

  /** Answers queries that can be answered now. Their sub-contexts are made current for it. */
  answerQueries(): void {
    if (this.#waiting.size === 0) return;
    for (const query of this.#waiting) {
      this.renderer.use(query.context);
      if (!query.isEnded || query.answer(false)) {
        this.#waiting.delete(query);
        query.release();
      }
    }
    this.#current?.makeCurrent();
  }

  /** Ends it with all it holds. */
  close(): void {
    for (const query of this.#waiting) {
      this.renderer.use(query.context);
      query.release();
    }
    this.#waiting.clear();
    this.#current = null;
    for (const sub of this.#subContexts.values()) sub.close();
    this.#subContexts.clear();
    for (const resource of this.#resources.values()) resource.release();
    this.#resources.clear();
  }

  /**
   * A program too large for the device is drawn with as often as there are frames, and to want more than there is is no
   * mistake either; nor is to name what was refused for that: a guest does not hear of it.
   */
  #isMistake({ code }: GpuError): boolean {
    if (code === 'program' || code === 'quota') return false;
    return !(this.renderer.wasShort && (code === 'resource' || code === 'object'));
  }

  #close(sub: SubContext): void {
    for (const query of this.#waiting) {
      if (query.context !== sub.device) continue;
      this.#waiting.delete(query);
      sub.makeCurrent();
      query.release();
    }
    sub.close();
  }
}
