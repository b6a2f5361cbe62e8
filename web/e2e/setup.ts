import type { TestProject } from 'vitest/node'
import { chromiumPath } from './browser'
import { startDemo } from './demo'

declare module 'vitest' {
  interface ProvidedContext {
    url: string
    passwords: Record<string, string>
    chromium: string
  }
}

/** Starts one demo for all browser tests, and ends it afterwards. */
export default async function setup({ provide }: TestProject) {
  provide('chromium', chromiumPath ?? '')
  if (!chromiumPath) {
    console.log('browser tests skipped: no Chromium found (Debian: apt-get install chromium)')
    provide('url', '')
    provide('passwords', {})
    return
  }
  const demo = await startDemo(process.env.SWITCH === 'freeswitch' ? 'freeswitch' : 'sim')
  provide('url', demo.url)
  provide('passwords', demo.passwords)
  return demo.stop
}
