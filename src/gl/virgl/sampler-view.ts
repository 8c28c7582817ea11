/** A sampler view of a guest: a texture of OpenGL with its levels, format and swizzle, or a buffer's bytes as texels. */
import { assert } from '../../base/assert.ts';
import { Counted } from '../core/counted.ts';
import type { DeviceContext } from '../core/gl-device.ts';
import { GpuError } from '../core/gpu-error.ts';
import type { GlCapabilities } from '../egl/capabilities.ts';
import * as GL from '../egl/gl-constants.ts';
import { compose, IDENTITY, isIdentity } from './format-swizzle.ts';
import type { Swizzle } from './format-swizzle.ts';
import type { NumericKind } from './texture-format.ts';
import type { Resource } from './resource.ts';
import type { TextureFormat } from './texture-format.ts';
import { glTargetOf, scratchUnit } from './texture-storage.ts';
import { createTextureView, deleteTexture } from './texture-view.ts';
import { TARGET } from './virgl-limits.ts';

/** What the words of a sampler view say. */
export interface SamplerViewFields {
  readonly format: TextureFormat;
  /** Kind of texture, with the resource's samples. */
  readonly target: number;
  /** Layers, or elements of a buffer. */
  readonly first: number;
  readonly last: number;
  readonly firstLevel: number;
  readonly lastLevel: number;
  readonly swizzle: Swizzle;
}

/** OpenGL's names of components by gallium's numbers. */
const SWIZZLES = [GL.RED, GL.GREEN, GL.BLUE, GL.ALPHA, GL.ZERO, GL.ONE] as const;
const name = new Uint32Array(1);

/** A sampler view that exists. */
export class SamplerView extends Counted {
  readonly kind = 'samplerView';
  readonly resource: Resource;
  readonly glTarget: number;
  readonly texture: number;
  readonly numeric: NumericKind;
  /** What the shader must do itself: OpenGL moves no components of buffers, nor of what a comparison gives. Null for nothing. */
  readonly shaderSwizzle: Swizzle | null;
  readonly isDepth: boolean;
  /** Where the texture, as it is stored, has the components of the format. */
  readonly sample: Swizzle;
  readonly #context: DeviceContext;
  readonly #ownsTexture: boolean;
  readonly #swizzle: number;
  readonly #fields: SamplerViewFields;

  /** Throws GpuError. The resource is a buffer or a texture. */
  constructor(context: DeviceContext, capabilities: GlCapabilities, resource: Resource, fields: SamplerViewFields) {
    super();
    this.#context = context;
    this.#fields = fields;
    this.resource = resource;
    const { format } = fields;
    const swizzle = compose(fields.swizzle, format.gl.sample);
    this.sample = format.gl.sample;
    this.numeric = format.gl.readsStencil ? 'uint' : format.numeric;
    this.isDepth = format.aspect !== 'color' && !format.gl.readsStencil;
    // A shadow comparison takes no notice of the texture's swizzle (OpenGL 4.6, 8.23.1): the shader moves its answer.
    const isShaders = this.isDepth || resource.storage.kind === 'buffer';
    this.#swizzle = pack(isShaders ? IDENTITY : swizzle);
    this.shaderSwizzle = isShaders && !isIdentity(swizzle) ? swizzle : null;
    if (resource.storage.kind === 'buffer') {
      this.glTarget = GL.TEXTURE_BUFFER;
      this.texture = createBufferTexture(context, capabilities, resource, format, fields.first, fields.last);
      this.#ownsTexture = true;
    } else {
      const { glTarget, texture, isOwn } = this.#seeTexture(capabilities);
      this.glTarget = glTarget;
      this.texture = texture;
      this.#ownsTexture = isOwn;
      if (isOwn) {
        context.bindings.activateTexture(scratchUnit(capabilities), glTarget, texture);
        this.#setParameters();
      }
    }
    resource.retain();
  }

  /** Sets what the view wants of a texture that it shares with others. The texture is bound to the unit. */
  apply(unit: number): void {
    if (this.#ownsTexture) return;
    const { parameters, args } = this.resource;
    const { firstLevel, lastLevel, format } = this.#fields;
    const isMultisample = args.samples > 1;
    const stencilMode = Number(format.gl.readsStencil);
    const isSame =
      parameters.swizzle === this.#swizzle &&
      (isMultisample || (parameters.baseLevel === firstLevel && parameters.maxLevel === lastLevel)) &&
      parameters.stencilMode === stencilMode;
    if (isSame) return;
    this.#context.bindings.activateTexture(unit, this.glTarget, this.texture);
    this.#setParameters();
    parameters.swizzle = this.#swizzle;
    parameters.baseLevel = firstLevel;
    parameters.maxLevel = lastLevel;
    parameters.stencilMode = stencilMode;
  }

  protected override destroy(): void {
    if (this.#ownsTexture) deleteTexture(this.#context, this.texture);
    this.resource.release();
  }

  #setParameters(): void {
    const { gl } = this.#context;
    const { firstLevel, lastLevel, format } = this.#fields;
    const target = this.glTarget;
    if (this.resource.args.samples <= 1 && target !== GL.TEXTURE_RECTANGLE) {
      gl.texParameteri(target, GL.TEXTURE_BASE_LEVEL, firstLevel);
      gl.texParameteri(target, GL.TEXTURE_MAX_LEVEL, lastLevel);
    }
    for (let i = 0; i < 4; i++) {
      gl.texParameteri(target, GL.TEXTURE_SWIZZLE_R + i, SWIZZLES[(this.#swizzle >>> (3 * i)) & 7] ?? GL.ZERO);
    }
    if (format.aspect === 'depthStencil' && gl.offered.version >= 43) {
      const mode = format.gl.readsStencil ? GL.STENCIL_INDEX : GL.DEPTH_COMPONENT;
      gl.texParameteri(target, GL.DEPTH_STENCIL_TEXTURE_MODE, mode);
    }
  }

  #seeTexture(capabilities: GlCapabilities): { glTarget: number; texture: number; isOwn: boolean } {
    const { resource } = this;
    const { storage, args, format: own } = resource;
    const { format, target, first, last, firstLevel, lastLevel } = this.#fields;
    assert(storage.kind === 'texture' && own !== null, 'a texture is viewed');
    if (firstLevel > lastLevel || lastLevel > args.lastLevel)
      throw new GpuError('range', `levels ${firstLevel} to ${lastLevel}`);
    const glTarget = glTargetOf({ target, samples: args.samples });
    const layers = layersOf(resource);
    const isArray = target !== TARGET.texture3d && layers > 1;
    if (isArray && (first > last || last >= layers))
      throw new GpuError('range', `layers ${first} to ${last} of ${layers}`);
    const isWhole = !isArray || (first === 0 && last === layers - 1);
    // Stencil is told from depth by a parameter of the texture, and guests sample both of one texture in one draw.
    const isAlone = format.gl.readsStencil && capabilities.features.textureView;
    if (!isAlone && glTarget === storage.glTarget && isWhole && own.gl.internalFormat === format.gl.internalFormat) {
      return { glTarget, texture: storage.name, isOwn: false };
    }
    const texture = createTextureView(this.#context, resource, {
      glTarget,
      format,
      firstLevel: 0,
      levels: args.lastLevel + 1,
      firstLayer: isArray ? first : 0,
      layers: isArray ? layersFor(target, last - first + 1) : layersFor(target, 1),
    });
    return { glTarget, texture, isOwn: true };
  }
}

/** How many layers a view of a target has, where the guest names so many. */
function layersFor(target: number, layers: number): number {
  if (target === TARGET.textureCube) return 6;
  const isArray =
    target === TARGET.texture1dArray || target === TARGET.texture2dArray || target === TARGET.textureCubeArray;
  return isArray ? layers : 1;
}

function layersOf({ args }: Resource): number {
  return args.target === TARGET.texture3d ? 1 : Math.max(1, args.arraySize);
}

function pack(swizzle: Swizzle): number {
  return swizzle[0] | (swizzle[1] << 3) | (swizzle[2] << 6) | (swizzle[3] << 9);
}

/** A texture over elements `first` to `last` of a buffer; the caller deletes it. Throws GpuError. */
export function createBufferTexture(
  context: DeviceContext,
  capabilities: GlCapabilities,
  resource: Resource,
  format: TextureFormat,
  first: number,
  last: number,
): number {
  const { blockBytes } = format.layout;
  if (!format.device.canBufferTexture) throw new GpuError('format', `a buffer of ${format.name}`);
  const most = capabilities.limits.maxTextureBufferSize;
  // Guests may see more than there is; what lies behind the end is nothing.
  const end = Math.min((last + 1) * blockBytes, resource.args.width);
  const offset = first * blockBytes;
  const elements = Math.min(Math.floor((end - offset) / blockBytes), most);
  if (last < first || elements <= 0)
    throw new GpuError('range', `elements ${first} to ${last} of ${resource.args.width} bytes`);
  const { gl, bindings } = context;
  const isPart = gl.available.has('texBufferRange');
  if (isPart && offset % Math.max(1, capabilities.limits.textureBufferOffsetAlignment) !== 0) {
    throw new GpuError('range', `a texture buffer at ${offset}`);
  }
  if (!isPart && offset !== 0) throw new GpuError('unsupported', 'this device has no texture buffers of a part');
  gl.genTextures(1, name);
  const texture = name[0]!;
  bindings.activateTexture(scratchUnit(capabilities), GL.TEXTURE_BUFFER, texture);
  const { internalFormat } = format.gl;
  if (isPart) gl.texBufferRange(GL.TEXTURE_BUFFER, internalFormat, resource.buffer, offset, elements * blockBytes);
  else gl.texBuffer(GL.TEXTURE_BUFFER, internalFormat, resource.buffer);
  return texture;
}
