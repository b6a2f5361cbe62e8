import { readdirSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** Empties dist before a build, but keeps the tracked placeholder page. */
function cleanDist(): Plugin {
  return {
    name: 'clean-dist',
    apply: 'build',
    buildStart() {
      for (const name of readdirSync(here('./dist'))) {
        if (name !== 'placeholder.html') rmSync(here(`./dist/${name}`), { recursive: true })
      }
    },
  }
}

const server = process.env.SWITCHDESK_URL ?? 'http://127.0.0.1:8080'

export default defineConfig({
  plugins: [react(), cleanDist()],
  resolve: { alias: { '@': here('./src') } },
  build: {
    emptyOutDir: false,
    target: 'es2022',
    // The page's policy forbids data: scripts and inline styles from assets.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1500,
  },
  server: {
    host: '127.0.0.1',
    proxy: {
      '/api': server,
      '/connection': { target: server, ws: true },
      '/openapi.json': server,
      '/docs': server,
    },
  },
  test: {
    include: ['src/**/*.test.{ts,tsx}'],
    environment: 'node',
    testTimeout: 20_000,
  },
})
