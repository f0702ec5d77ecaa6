// The console's pages: one script and one style sheet under fixed names, which the program has built in.
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

export default defineConfig({
  root: "src/console",
  base: "/",
  esbuild: { jsx: "automatic", jsxImportSource: "preact", legalComments: "none" },
  resolve: {
    alias: [
      { find: /^d3-geo$/, replacement: fileURLToPath(new URL("src/charts/without/geo.ts", import.meta.url)) },
      { find: /^d3-scale-chromatic$/, replacement: fileURLToPath(new URL("src/charts/without/schemes.ts", import.meta.url)) },
    ],
  },
  build: {
    outDir: "../../dist/console",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    cssCodeSplit: false,
    rollupOptions: {
      output: {
        entryFileNames: "app.js",
        assetFileNames: "app[extname]",
        inlineDynamicImports: true,
      },
    },
  },
  server: { proxy: { "/api": "http://127.0.0.1:8470" } },
});
