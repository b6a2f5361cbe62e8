import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  test: {
    // SHOTS=1 takes the pictures of the documentation instead of testing.
    include: process.env.SHOTS ? ['e2e/**/*.shots.ts'] : ['e2e/**/*.e2e.ts'],
    environment: 'node',
    globalSetup: 'e2e/setup.ts',
    // One demo for all: its callers and agents are shared, so nothing runs side by side.
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
