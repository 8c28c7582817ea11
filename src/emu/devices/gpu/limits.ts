/** What one guest may take of the host through its GPU. */
export interface GpuLimits {
  /** Resources at a time. */
  readonly maxResources: number;
  /** Bytes of the pixels of all resources. */
  readonly maxHostBytes: number;
  /** Backing entries of all resources. */
  readonly maxBackingEntries: number;
  /** Bytes of a command. */
  readonly maxCommandBytes: number;
}

/** The default: three full 8K pictures, or any number of smaller ones. */
export const GPU_LIMITS: GpuLimits = {
  maxResources: 4096,
  maxHostBytes: 512 << 20,
  maxBackingEntries: 1 << 20,
  maxCommandBytes: (4 << 20) + 4096,
};
