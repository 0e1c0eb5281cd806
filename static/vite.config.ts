import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

export default defineConfig({
  root: import.meta.dirname,
  base: "/static/",
  plugins: [svelte()],
  build: {
    outDir: "dist",
    emptyOutDir: true,
    manifest: true,
    target: "es2023",
    // The Content-Security-Policy allows no data: scripts, and an inlined asset saves nothing on loopback.
    assetsInlineLimit: 0,
    // The code editor is the one large chunk; it comes with the workspace that has it.
    chunkSizeWarningLimit: 600,
    rollupOptions: { input: "src/main.ts" },
  },
  // Without it vitest would load Svelte's server build and no rune would react.
  resolve: process.env.VITEST ? { conditions: ["browser"] } : undefined,
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
