/**
 * What is said when a guest asks its GPU for something wrong. The command is refused and leaves no trace; our own mistakes
 * are assertions, and those of the host's OpenGL are HostErrors.
 */

/** Why a command was refused, by code. */
export const GPU_ERRORS = {
  framing: {
    sentence: 'The command does not fit what was submitted.',
    action: 'End the submission; the context is lost.',
  },
  command: { sentence: 'The command is unknown here.', action: 'End the submission; the context is lost.' },
  length: { sentence: 'The command has the wrong length.', action: 'Refuse the command.' },
  context: { sentence: 'The context does not exist, or is lost.', action: 'Refuse the command.' },
  resource: { sentence: 'The resource does not exist here, or is of the wrong kind.', action: 'Refuse the command.' },
  object: { sentence: 'The object does not exist, or is of another kind.', action: 'Refuse the command.' },
  value: { sentence: 'A value is not one of those the field may have.', action: 'Refuse the command.' },
  range: { sentence: 'A box, offset, level, layer or slot lies outside.', action: 'Refuse the command.' },
  format: { sentence: 'The format does not do for that.', action: 'Refuse the command.' },
  state: { sentence: 'The command does not fit the present state.', action: 'Refuse the command.' },
  quota: { sentence: 'More is asked for than one guest may have.', action: 'Refuse the command.' },
  shader: { sentence: 'The shader cannot be used.', action: 'Refuse the command.' },
  program: {
    sentence: 'The shaders that are bound do not make a program on this device.',
    action: 'Draw nothing; the guest cannot know it before.',
  },
  unsupported: { sentence: 'This device does not offer that.', action: 'Refuse the command.' },
} as const satisfies Readonly<Record<string, { readonly sentence: string; readonly action: string }>>;

/** One of the codes above. */
export type GpuErrorCode = keyof typeof GPU_ERRORS;

/** A command of a guest is refused. The message says what was wrong with it. */
export class GpuError extends Error {
  override readonly name = 'GpuError';
  readonly code: GpuErrorCode;
  constructor(code: GpuErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
