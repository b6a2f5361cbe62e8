import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

// SHOTS=1 takes the pictures of the documentation; SWITCH=freeswitch tests the
// web phone with a real FreeSWITCH; BENCH=1 measures pages; otherwise the simulated switch serves.
const kind = process.env.SHOTS
  ? 'shots'
  : process.env.BENCH
    ? 'bench'
    : process.env.SWITCH === 'freeswitch'
      ? 'switch'
      : 'e2e'

export default defineConfig({
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  test: {
    include: [`e2e/**/*.${kind}.ts`],
    environment: 'node',
    globalSetup: 'e2e/setup.ts',
    // One demo for all: its callers and agents are shared, so nothing runs side by side.
    fileParallelism: false,
    expect: { poll: { timeout: 15_000 } },
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
