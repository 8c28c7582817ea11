import process from 'node:process';
import { defineConfig } from 'vitest/config';

// What tests our test clients against another server takes minutes and says nothing of Saffron: `npm run test:peers`.
const peers = process.env['SAFFRON_TEST_PEERS'] === '1';

export default defineConfig({
  test: {
    include: peers ? ['tests/**/*.peer.test.ts'] : ['src/**/*.test.ts', 'clients/**/*.test.ts', 'tests/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', ...(peers ? [] : ['**/*.peer.test.ts'])],
    // Tests wait for events: these end what hangs, and are no measure of how fast a machine is.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 60_000 } },
    maxWorkers: 2,
    reporters: ['default', './tests/closing-line.ts'],
  },
});
