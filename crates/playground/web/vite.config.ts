import { defineConfig } from "vite";

// The folder is served from anywhere, also from a file tree below another page.
export default defineConfig({
  base: "./",
  build: { target: "es2022", assetsInlineLimit: 0 },
});
