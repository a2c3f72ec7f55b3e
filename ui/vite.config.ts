import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// Names without hashes: the server answers with an ETag, and a rebuild changes no file but those whose text changed.
export default defineConfig({
  base: "/assets/",
  plugins: [react()],
  build: {
    outDir: "../src/podium/server/assets",
    emptyOutDir: true,
    target: "es2023",
    cssCodeSplit: false,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        entryFileNames: "app.js",
        chunkFileNames: "[name].js",
        assetFileNames: "app[extname]",
      },
    },
  },
  server: { proxy: { "/api": "http://127.0.0.1:8800" } },
});
