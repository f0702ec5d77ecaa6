// The script of the HTML report: one file without modules, which the program writes into each report.
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

export default defineConfig({
  define: { "process.env.NODE_ENV": JSON.stringify("production") },
  esbuild: { jsx: "automatic", jsxImportSource: "preact", legalComments: "none" },
  resolve: {
    alias: [
      { find: /^d3-geo$/, replacement: fileURLToPath(new URL("src/charts/without/geo.ts", import.meta.url)) },
      { find: /^d3-scale-chromatic$/, replacement: fileURLToPath(new URL("src/charts/without/schemes.ts", import.meta.url)) },
    ],
  },
  build: {
    outDir: "dist/report",
    emptyOutDir: true,
    target: "es2022",
    cssCodeSplit: false,
    lib: { entry: "src/report/main.tsx", formats: ["iife"], name: "mogura", fileName: () => "report.js" },
    rollupOptions: { output: { assetFileNames: "report[extname]" } },
  },
});
