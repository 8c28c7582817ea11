export * from './float';
export { mulhu } from './soft-float';
export {
  atomicPlace,
  doubtCode,
  fetchPlace,
  flushAll,
  flushJumps,
  flushTranslations,
  loadPlace,
  storeSlow,
} from './mmu';
export { illegal, readMip, takeInterrupt, time, trap, writeStatus } from './trap';
export { csr, ebreak, ecall, fence_i, mret, prepareFloat, sfence_vma, sret, wfi } from './system';
export { findPage, lookUp } from './code-cache';
export * from './atomics';
