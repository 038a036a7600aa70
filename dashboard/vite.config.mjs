import { defineConfig } from 'vite';

/** The page loads its files from beside itself, wherever that is, and all that it loads is a file: nothing inline. */
export default defineConfig({
  root: 'dashboard',
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    target: 'es2022',
    assetsDir: '',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
});
