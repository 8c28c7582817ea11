/** What is measured of a server that draws frames. */
import type { CpuTime } from '../cpu-time.ts';
import type { Measures, MeasureTable } from '../report.ts';

export const FRAME_MEASURES: MeasureTable = {
  fps: { unit: '1/s', better: 'more' },
  cpuMsPerFrame: { unit: 'ms', better: 'less' },
  rasterMsPerFrame: { unit: 'ms', better: 'none' },
};

/** The measures of so many frames in so many milliseconds. */
export function frameMeasures(frames: number, ms: number, cpu: CpuTime): Measures {
  return {
    fps: (1000 * frames) / ms,
    cpuMsPerFrame: cpu.serverMs / frames,
    rasterMsPerFrame: cpu.apartMs / frames,
  };
}
