/** Builds the page and, under a name that stays, the element for other pages: dist/index.html, dist/saffron-screen.js. */
import { defineConfig } from 'vite';

const here = import.meta.dirname;

export default defineConfig({
  root: here,
  // Relative addresses: the page may be served under any path.
  base: './',
  publicDir: 'public',
  worker: { format: 'es' },
  build: {
    outDir: `${here}/dist`,
    emptyOutDir: true,
    target: 'es2022',
    // Small files stay files: a strict policy allows no data: scripts or styles.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      preserveEntrySignatures: 'strict',
      input: { index: `${here}/index.html`, 'saffron-screen': `${here}/src/screen/saffron-screen.ts` },
      output: {
        entryFileNames: (chunk) => (chunk.name === 'saffron-screen' ? 'saffron-screen.js' : 'assets/[name]-[hash].js'),
      },
    },
  },
});
