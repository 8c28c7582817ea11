/** The formats that one device can store, by the guest's numbers. */
import { GpuError } from '../core/gpu-error.ts';
import type { DeviceFormat, DeviceFormats } from './device-formats.ts';
import type { GlFormat } from './format-storage.ts';
import type { FormatInfo } from './formats.ts';

/** What a texture holds. */
export type Aspect = 'color' | 'depth' | 'stencil' | 'depthStencil';

/** What shaders get from a texture, or give to a surface. */
export type NumericKind = FormatInfo['numeric'];

/** A format that this device can store. */
export interface TextureFormat {
  readonly number: number;
  readonly name: string;
  readonly layout: FormatInfo;
  readonly numeric: NumericKind;
  readonly aspect: Aspect;
  readonly gl: GlFormat;
  readonly device: DeviceFormat;
}

/**
 * Whether the device draws to a format. Drivers call framebuffers complete that have a view of another format, and then crash:
 * what counts is what was tried when the device was opened.
 */
export function isDrawable({ aspect, device }: TextureFormat): boolean {
  return aspect === 'color' ? device.canRender : device.canDepthStencil;
}

/** The formats of a device by number. */
export class TextureFormats {
  readonly #byNumber: readonly (TextureFormat | undefined)[];

  constructor(formats: DeviceFormats) {
    this.#byNumber = formats.byNumber.map((device): TextureFormat | undefined => {
      if (device === undefined || device.gl === null || !device.canSample) return undefined;
      const { info, gl } = device;
      return {
        number: info.number,
        name: info.name,
        layout: info,
        numeric: info.numeric,
        aspect: aspectOf(info),
        gl,
        device,
      };
    });
  }

  /** The format of a number; null when the device can't store it. */
  find(number: number): TextureFormat | null {
    return this.#byNumber[number] ?? null;
  }

  /** The format of a number. Throws GpuError `format` when the device can't store it. */
  get(number: number): TextureFormat {
    const format = this.find(number);
    if (format === null) throw new GpuError('format', `this device does not store format ${number}`);
    return format;
  }
}

function aspectOf({ name, hasDepth, hasStencil }: FormatInfo): Aspect {
  // Formats that show the stencil of both are stored as both.
  if (hasStencil && name !== 'S8_UINT') return 'depthStencil';
  if (hasStencil) return 'stencil';
  return hasDepth ? 'depth' : 'color';
}
