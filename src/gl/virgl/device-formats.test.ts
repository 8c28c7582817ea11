import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCapabilities } from '../egl/capabilities.ts';
import type { GlContext } from '../egl/context.ts';
import { GlDisplay } from '../egl/display.ts';
import * as GL from '../egl/gl-constants.ts';
import { drainErrors } from '../egl/gl-errors.ts';
import { COVERING_VERTEX_SHADER, createProgram, hasEgl } from '../egl/test-device.ts';
import { probeDeviceFormats } from './device-formats.ts';
import type { DeviceFormat, DeviceFormats } from './device-formats.ts';
import { fixForGl, fixForGuest, wordsOf } from './format-fix.ts';
import { glFormatOf } from './format-gl.ts';
import type { Channel } from './format-layout.ts';
import { formatNamed, formats } from './formats.ts';

const SIDE = 4;
const PIXELS = SIDE * SIDE;

/** The number in the bits of a component, as shaders see it. */
function numberOf(channel: Channel, pixel: bigint): number {
  const raw = BigInt.asUintN(channel.bits, pixel >> BigInt(channel.shift));
  const signed = Number(BigInt.asIntN(channel.bits, raw));
  const unsigned = Number(raw);
  switch (channel.type) {
    case 'unorm':
      return unsigned / (2 ** channel.bits - 1);
    case 'snorm':
      return Math.max(-1, signed / (2 ** (channel.bits - 1) - 1));
    case 'sint':
      return signed;
    case 'float':
      return floatOf(channel.bits, unsigned);
    default:
      return unsigned;
  }
}

function floatOf(bits: number, raw: number): number {
  const view = new DataView(new ArrayBuffer(4));
  if (bits === 32) {
    view.setUint32(0, raw);
    return view.getFloat32(0);
  }
  const mantissaBits = bits === 16 ? 10 : bits - 5;
  const sign = bits === 16 && raw >>> 15 === 1 ? -1 : 1;
  const exponent = (raw >>> mantissaBits) & 0x1f;
  const mantissa = (raw & (2 ** mantissaBits - 1)) / 2 ** mantissaBits;
  return sign * (exponent === 0 ? mantissa * 2 ** -14 : (1 + mantissa) * 2 ** (exponent - 15));
}

function linearOf(encoded: number): number {
  return encoded <= 0.04045 ? encoded / 12.92 : ((encoded + 0.055) / 1.055) ** 2.4;
}

/** What a shader must see of a pixel: red, green, blue and alpha. */
function colorOf({ info }: DeviceFormat, pixel: bigint): number[] {
  const find = (...names: string[]): Channel | undefined => info.channels.find(({ name }) => names.includes(name));
  const color = (name: string): number => {
    const channel = find(name, 'L', 'I', ...(name === 'R' ? ['Z'] : []));
    if (channel === undefined) return 0;
    const value = numberOf(channel, pixel);
    return info.isSrgb ? linearOf(value) : value;
  };
  const alpha = find('A', 'I');
  return [color('R'), color('G'), color('B'), alpha === undefined ? 1 : numberOf(alpha, pixel)];
}

/** Bytes of pixels that are different, and no float that is infinite or none. */
function pixelBytes(format: DeviceFormat): Uint8Array<ArrayBuffer> {
  const size = format.info.blockBytes;
  const bytes = new Uint8Array(PIXELS * size);
  for (let i = 0; i < bytes.length; i++) bytes[i] = (i * 37 + 11) & 0xff;
  const isFloat = format.info.channels.some((channel) => channel.type === 'float');
  for (let i = 0; isFloat && i < bytes.length; i++) {
    // Below the greatest exponent of halves, floats and packed floats alike.
    bytes[i] = (bytes[i] ?? 0) & (i % 4 === 3 ? 0x3b : i % 4 === 1 && size % 4 !== 0 ? 0x3b : 0x3f);
    if (i % 2 === 1) bytes[i] = (bytes[i] ?? 0) & 0x3b;
  }
  return bytes;
}

function pixelOf(bytes: Uint8Array, index: number, size: number): bigint {
  let pixel = 0n;
  for (let i = size - 1; i >= 0; i--) pixel = (pixel << 8n) | BigInt(bytes[index * size + i] ?? 0);
  return pixel;
}

describe.skipIf(!hasEgl).each(['gl', 'es'] as const)('formats on %s', (flavour) => {
  let display: GlDisplay;
  let context: GlContext;
  let device: DeviceFormats;
  let probeMs = 0;
  const names = new Uint32Array(1);

  beforeAll(() => {
    display = GlDisplay.open({ renderNode: 'software', flavour });
    context = display.createContext();
    context.makeCurrent();
    const capabilities = readCapabilities(display.gl);
    const start = performance.now();
    device = probeDeviceFormats(display.gl, capabilities);
    probeMs = performance.now() - start;
    context.state.pixelStore(GL.UNPACK_ALIGNMENT, 1);
    context.state.pixelStore(GL.PACK_ALIGNMENT, 1);
  });

  afterAll(() => display.close());

  function createTexture({ gl: format }: DeviceFormat): void {
    const { gl, bindings } = context;
    gl.genTextures(1, names);
    bindings.activateTexture(0, GL.TEXTURE_2D, names[0]!);
    gl.texStorage2D(GL.TEXTURE_2D, 1, format!.internalFormat, SIDE, SIDE);
    gl.texParameteri(GL.TEXTURE_2D, GL.TEXTURE_MIN_FILTER, GL.NEAREST);
    gl.texParameteri(GL.TEXTURE_2D, GL.TEXTURE_MAG_FILTER, GL.NEAREST);
    const sources = [GL.RED, GL.GREEN, GL.BLUE, GL.ALPHA, GL.ZERO, GL.ONE];
    for (const [i, source] of format!.sample.entries()) {
      gl.texParameteri(GL.TEXTURE_2D, GL.TEXTURE_SWIZZLE_R + i, sources[source]!);
    }
  }

  function upload({ gl: format }: DeviceFormat, bytes: Uint8Array<ArrayBuffer>): void {
    const copy = bytes.slice();
    if (format!.fix !== 'none') fixForGl(format!.fix, wordsOf(copy));
    context.gl.texSubImage2D(GL.TEXTURE_2D, 0, 0, 0, SIDE, SIDE, format!.format, format!.type, copy);
  }

  function deleteTexture(): void {
    context.gl.deleteTextures(1, names);
    context.forgetTexture(names[0]!);
  }

  const stored = (): DeviceFormat[] =>
    device.byNumber.filter((each) => each !== undefined).filter((each) => each.gl !== null && each.canSample);

  test('are tried soon, and leave no error behind', () => {
    expect(probeMs).toBeLessThan(1500);
    expect(drainErrors(display.gl)).toBe(GL.NO_ERROR);
    expect(device.sampler.has(formatNamed('B8G8R8A8_UNORM')!.number)).toBe(true);
    expect(device.render.has(formatNamed('B8G8R8X8_UNORM')!.number)).toBe(true);
    expect(device.scanout.has(formatNamed('B8G8R8X8_UNORM')!.number)).toBe(true);
    expect(device.render.has(formatNamed('Z32_FLOAT')!.number)).toBe(false);
    expect(device.depthStencil.has(formatNamed('Z32_FLOAT')!.number)).toBe(true);
    expect(device.sampler.has(formatNamed('Y8_U8V8_420_UNORM')!.number)).toBe(false);
    expect(device.sampler.has(0)).toBe(false);
    for (const number of device.render.numbers()) expect(device.sampler.has(number), `format ${number}`).toBe(true);
  });

  test('of fewer components than four can be images too, those that a swizzle makes cannot', () => {
    const canImage = (name: string): boolean => device.byNumber[formatNamed(name)?.number ?? 0]?.canImage === true;
    expect(['R32_SINT', 'R32_UINT', 'R32_FLOAT', 'R32G32B32A32_FLOAT'].filter((name) => !canImage(name))).toEqual([]);
    expect(['L8_UNORM', 'A8_UNORM', 'Z32_FLOAT'].filter(canImage)).toEqual([]);
  });

  test('of luminance can be drawn to where guests hear of them', () => {
    for (const { number, name, channels } of formats) {
      if (!channels.some((channel) => channel.name === 'L') || !device.sampler.has(number)) continue;
      expect([name, device.render.has(number)]).toEqual([name, true]);
    }
    expect(device.sampler.has(formatNamed('L8_UNORM')!.number)).toBe(true);
  });

  test('that are sampled and not drawn to have samples too, where such textures can be cleared', () => {
    const shared = formatNamed('R9G9B9E5_FLOAT')!.number;
    expect([device.render.has(shared), device.multisample.has(shared)]).toEqual([false, flavour === 'gl']);
  });

  test('come back from OpenGL byte for byte', () => {
    if (flavour === 'es') return;
    const { gl } = context;
    const differing: string[] = [];
    for (const format of stored()) {
      if (format.info.kind !== 'plain') continue;
      const bytes = pixelBytes(format);
      createTexture(format);
      upload(format, bytes);
      const back = new Uint8Array(bytes.length);
      gl.getTexImage(GL.TEXTURE_2D, 0, format.gl!.format, format.gl!.type, back);
      if (format.gl!.fix !== 'none') fixForGuest(format.gl!.fix, wordsOf(back));
      if (!sameBytes(format, bytes, back)) differing.push(format.info.name);
      deleteTexture();
    }
    expect(differing).toEqual([]);
    expect(drainErrors(gl)).toBe(GL.NO_ERROR);
  });

  test('look to shaders as their name says', () => {
    const { gl, bindings, state } = context;
    const version = flavour === 'gl' ? '#version 330' : '#version 310 es\nprecision highp float; precision highp int;';
    const programs = Object.fromEntries(
      (
        [
          ['float', '', GL.RGBA32F],
          ['sint', 'i', GL.RGBA32I],
          ['uint', 'u', GL.RGBA32UI],
        ] as const
      ).map(([numeric, letter]) => [
        numeric,
        createProgram(
          gl,
          COVERING_VERTEX_SHADER.replace('#version 330', version),
          `${version}
          uniform highp ${letter}sampler2D source; out highp ${letter}vec4 color;
          void main() { color = texelFetch(source, ivec2(gl_FragCoord.xy), 0); }`,
        ),
      ]),
    );
    const targets = { float: 'R32G32B32A32_FLOAT', sint: 'R32G32B32A32_SINT', uint: 'R32G32B32A32_UINT' } as const;
    gl.genVertexArrays(1, names);
    bindings.bindVertexArray(names[0]!);
    state.viewport(0, 0, 0, SIDE, SIDE);
    const wrong: string[] = [];
    for (const [numeric, targetName] of Object.entries(targets)) {
      const target = device.byNumber[formatNamed(targetName)!.number]!;
      createTexture(target);
      const targetTexture = names[0]!;
      gl.genFramebuffers(1, names);
      const framebuffer = names[0]!;
      bindings.bindFramebuffer(GL.FRAMEBUFFER, framebuffer);
      gl.framebufferTexture2D(GL.FRAMEBUFFER, GL.COLOR_ATTACHMENT0, GL.TEXTURE_2D, targetTexture, 0);
      bindings.useProgram(programs[numeric]!);
      for (const format of stored()) {
        const { info } = format;
        if (info.kind !== 'plain' || info.numeric !== numeric || format.gl!.readsStencil) continue;
        // What both kinds of OpenGL store alike is looked at once: each takes a shader of its own in the driver.
        if (flavour === 'es' && isDeepStrictEqual(format.gl, glFormatOf(info.name, info, 'gl'))) continue;
        if (info.hasStencil || info.name === 'R9G9B9E5_FLOAT') continue;
        const bytes = pixelBytes(format);
        createTexture(format);
        upload(format, bytes);
        gl.drawArrays(GL.TRIANGLES, 0, 3);
        const seen = numeric === 'float' ? new Float32Array(4 * PIXELS) : numberArray(numeric, 4 * PIXELS);
        gl.readPixels(0, 0, SIDE, SIDE, target.gl!.format, target.gl!.type, seen);
        deleteTexture();
        for (let i = 0; i < PIXELS; i++) {
          const expected = colorOf(format, pixelOf(bytes, i, info.blockBytes));
          const got = [...seen.subarray(4 * i, 4 * i + 4)];
          if (expected.every((value, c) => isNear(value, got[c] ?? Number.NaN, format))) continue;
          wrong.push(`${info.name}: ${expected.join(' ')} is seen as ${got.join(' ')}`);
          break;
        }
      }
      gl.deleteFramebuffers(1, Uint32Array.of(framebuffer));
      bindings.forgetFramebuffer(framebuffer);
      names[0] = targetTexture;
      deleteTexture();
    }
    expect(wrong).toEqual([]);
    expect(drainErrors(gl)).toBe(GL.NO_ERROR);
  });
});

function numberArray(numeric: string, length: number): Int32Array | Uint32Array {
  return numeric === 'sint' ? new Int32Array(length) : new Uint32Array(length);
}

function isNear(expected: number, got: number, { info }: DeviceFormat): boolean {
  if (info.numeric !== 'float') return expected === got;
  return Math.abs(expected - got) <= (info.isSrgb ? 0.002 : 1e-6) + Math.abs(expected) * 1e-5;
}

/** Whether all bits that mean something are the same. */
function sameBytes({ info }: DeviceFormat, a: Uint8Array, b: Uint8Array): boolean {
  const bits = info.channels
    .filter((channel) => channel.type !== 'void')
    .reduce((mask, channel) => mask | (((1n << BigInt(channel.bits)) - 1n) << BigInt(channel.shift)), 0n);
  for (let i = 0; i < PIXELS; i++) {
    if ((pixelOf(a, i, info.blockBytes) & bits) !== (pixelOf(b, i, info.blockBytes) & bits)) return false;
  }
  return true;
}
