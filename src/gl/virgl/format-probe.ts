/** Tries formats on a device: small textures, framebuffers and reads, whose errors are the answer. */
import type { GlCapabilities } from '../egl/capabilities.ts';
import * as GL from '../egl/gl-constants.ts';
import { drainErrors } from '../egl/gl-errors.ts';
import type { GlApi } from '../egl/gl-loader.ts';
import type { GlFormat } from './format-storage.ts';
import type { FormatInfo } from './formats.ts';

/** What was found out about a format. */
export interface ProbeResult {
  readonly hasStorage: boolean;
  readonly canSample: boolean;
  /** A framebuffer with it is complete. */
  readonly canAttach: boolean;
  readonly canReadBack: boolean;
  /**
   * The most samples of a texture, with which a framebuffer is complete if one is with a single sample; 0 for none. Samples
   * can't be uploaded, so textures that cannot be drawn to have them only where the device clears them without.
   */
  readonly maxSamples: number;
}

// Both sides are multiples of 5, 6, 8, 10 and 12: whole blocks of every compressed format.
const SIDE = 120;
const SAMPLE_COUNTS = [2, 4, 8, 16] as const;

/** Tries formats in the current context. */
export class FormatProbe implements Disposable {
  readonly #gl: GlApi;
  readonly #capabilities: GlCapabilities;
  readonly #framebuffer: number;
  readonly #names = new Uint32Array(1);
  readonly #pixel = new Uint32Array(16);
  readonly #value = new Int32Array(1);
  readonly #results = new Map<string, ProbeResult>();

  constructor(gl: GlApi, capabilities: GlCapabilities) {
    this.#gl = gl;
    this.#capabilities = capabilities;
    drainErrors(gl);
    gl.genFramebuffers(1, this.#names);
    this.#framebuffer = this.#names[0] ?? 0;
    gl.bindFramebuffer(GL.FRAMEBUFFER, this.#framebuffer);
  }

  /** Tries a format. Formats that are stored alike are tried once. */
  probe(info: FormatInfo, format: GlFormat): ProbeResult {
    const key = `${format.internalFormat} ${format.format} ${format.type}`;
    let result = this.#results.get(key);
    if (result === undefined) {
      result = this.#try(info, format);
      this.#results.set(key, result);
    }
    return result;
  }

  /** Where samples lie, for each number of them that a colour buffer can have, and the greatest such number. */
  sampleLocations(): { sampleLocations: ReadonlyMap<number, readonly number[]>; maxSamples: number } {
    const gl = this.#gl;
    const sampleLocations = new Map<number, readonly number[]>();
    let maxSamples = 1;
    if (!this.#capabilities.features.textureMultisample) return { sampleLocations, maxSamples };
    for (const samples of SAMPLE_COUNTS) {
      if (samples > this.#capabilities.limits.maxColorTextureSamples) continue;
      this.#withMultisample(GL.RGBA32F, samples, GL.COLOR_ATTACHMENT0, () => {
        maxSamples = samples;
        const position = new Float32Array(2);
        const positions: number[] = [];
        for (let i = 0; i < samples; i++) {
          gl.getMultisamplefv(GL.SAMPLE_POSITION, i, position);
          positions.push(...position);
        }
        sampleLocations.set(samples, positions);
      });
    }
    return { sampleLocations, maxSamples };
  }

  /** Whether colour buffers of different formats make a complete framebuffer. */
  canMixColors(): boolean {
    const gl = this.#gl;
    const target = GL.TEXTURE_2D;
    let isComplete = false;
    this.#withTexture((first) => {
      gl.texImage2D(target, 0, GL.RGBA8, SIDE, SIDE, 0, GL.RGBA, GL.UNSIGNED_BYTE, null);
      gl.framebufferTexture2D(GL.FRAMEBUFFER, GL.COLOR_ATTACHMENT0, target, first, 0);
      this.#withTexture((second) => {
        gl.texImage2D(target, 0, GL.R8, SIDE, SIDE, 0, GL.RED, GL.UNSIGNED_BYTE, null);
        gl.framebufferTexture2D(GL.FRAMEBUFFER, GL.COLOR_ATTACHMENT0 + 1, target, second, 0);
        isComplete = gl.checkFramebufferStatus(GL.FRAMEBUFFER) === GL.FRAMEBUFFER_COMPLETE;
        gl.framebufferTexture2D(GL.FRAMEBUFFER, GL.COLOR_ATTACHMENT0 + 1, target, 0, 0);
      });
      gl.framebufferTexture2D(GL.FRAMEBUFFER, GL.COLOR_ATTACHMENT0, target, 0, 0);
    });
    return isComplete;
  }

  /** Deletes what was made for trying. */
  close(): void {
    const gl = this.#gl;
    gl.bindFramebuffer(GL.FRAMEBUFFER, 0);
    this.#names[0] = this.#framebuffer;
    gl.deleteFramebuffers(1, this.#names);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #try(info: FormatInfo, format: GlFormat): ProbeResult {
    const gl = this.#gl;
    const attachment = attachmentOf(info);
    let hasStorage = false;
    let canSample = false;
    let canAttach = false;
    let canReadBack = this.#capabilities.flavour === 'gl';
    this.#withTexture((texture) => {
      if (this.#capabilities.features.textureStorage) {
        gl.texStorage2D(GL.TEXTURE_2D, 1, format.internalFormat, SIDE, SIDE);
        hasStorage = this.#succeeded();
      }
      if (!hasStorage && info.kind !== 'compressed') {
        gl.texImage2D(GL.TEXTURE_2D, 0, format.internalFormat, SIDE, SIDE, 0, format.format, format.type, null);
      }
      canSample = hasStorage || this.#succeeded();
      if (!canSample || info.kind === 'compressed') return;
      gl.framebufferTexture2D(GL.FRAMEBUFFER, attachment, GL.TEXTURE_2D, texture, 0);
      canAttach = gl.checkFramebufferStatus(GL.FRAMEBUFFER) === GL.FRAMEBUFFER_COMPLETE;
      // OpenGL ES reads what it can draw to, in few formats: reading one pixel tells.
      if (!canReadBack && canAttach) {
        gl.readPixels(0, 0, 1, 1, format.format, format.type, this.#pixel);
        canReadBack = this.#succeeded();
      }
      gl.framebufferTexture2D(GL.FRAMEBUFFER, attachment, GL.TEXTURE_2D, 0, 0);
    });
    return {
      hasStorage,
      canSample,
      canAttach,
      canReadBack: canReadBack && canSample,
      maxSamples: canSample ? this.#maxSamples(info, format.internalFormat, canAttach ? attachment : null) : 0,
    };
  }

  #maxSamples({ kind }: FormatInfo, internalFormat: number, attachment: number | null): number {
    const { features, limits } = this.#capabilities;
    if (!features.textureMultisample) return 0;
    if (attachment === null && (kind === 'compressed' || !this.#gl.available.has('clearTexImage'))) return 0;
    let most = limits.maxSamples;
    if (features.internalFormatQuery) {
      this.#value[0] = 0;
      this.#gl.getInternalformativ(GL.TEXTURE_2D_MULTISAMPLE, internalFormat, GL.SAMPLES, 1, this.#value);
      if (this.#succeeded()) most = this.#value[0];
    }
    for (let samples = most; samples > 1; samples >>= 1) {
      let isComplete = false;
      this.#withMultisample(internalFormat, samples, attachment, () => {
        isComplete = true;
      });
      if (isComplete) return samples;
    }
    return 0;
  }

  #withMultisample(internalFormat: number, samples: number, attachment: number | null, use: () => void): void {
    const gl = this.#gl;
    const target = GL.TEXTURE_2D_MULTISAMPLE;
    this.#withTexture((texture) => {
      if (this.#capabilities.features.textureStorageMultisample) {
        gl.texStorage2DMultisample(target, samples, internalFormat, SIDE, SIDE, true);
      } else {
        gl.texImage2DMultisample(target, samples, internalFormat, SIDE, SIDE, true);
      }
      if (!this.#succeeded()) return;
      if (attachment === null) {
        use();
        return;
      }
      gl.framebufferTexture2D(GL.FRAMEBUFFER, attachment, target, texture, 0);
      if (gl.checkFramebufferStatus(GL.FRAMEBUFFER) === GL.FRAMEBUFFER_COMPLETE) use();
      gl.framebufferTexture2D(GL.FRAMEBUFFER, attachment, target, 0, 0);
    }, target);
  }

  #withTexture(use: (texture: number) => void, target: number = GL.TEXTURE_2D): void {
    const gl = this.#gl;
    gl.genTextures(1, this.#names);
    const texture = this.#names[0] ?? 0;
    gl.bindTexture(target, texture);
    use(texture);
    gl.bindTexture(target, 0);
    this.#names[0] = texture;
    gl.deleteTextures(1, this.#names);
  }

  #succeeded(): boolean {
    return drainErrors(this.#gl) === GL.NO_ERROR;
  }
}

function attachmentOf(info: FormatInfo): number {
  if (info.hasDepth) return info.hasStencil ? GL.DEPTH_STENCIL_ATTACHMENT : GL.DEPTH_ATTACHMENT;
  if (!info.hasStencil) return GL.COLOR_ATTACHMENT0;
  // A name that hides the depth is stored with it.
  return info.blockBytes > 1 ? GL.DEPTH_STENCIL_ATTACHMENT : GL.STENCIL_ATTACHMENT;
}
