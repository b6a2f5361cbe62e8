import { mkdirSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { expect, inject, it } from 'vitest'
import { api, desk, launch, signIn } from './browser'

const folder = fileURLToPath(new URL('../../docs/images/', import.meta.url))
const largest = 300 << 10 // bytes; pictures are part of the repository

/** Takes the pictures of the README from a demo that has run for a while. */
it.skipIf(!inject('chromium'))(
  'takes the pictures of the README',
  async () => {
    mkdirSync(folder, { recursive: true })
    const passwords = inject('passwords')
    const browser = await launch()
    const take = async (page: Page, name: string) => {
      await page.waitForLoadState('networkidle')
      await page.screenshot({ path: `${folder}${name}.png`, animations: 'disabled' })
      expect(statSync(`${folder}${name}.png`).size, name).toBeLessThan(largest)
    }

    const boss = await (await desk(browser, inject('url'))).newPage()
    await signIn(boss, 'admin@demo', passwords['admin@demo'] ?? '')
    const answered = async () =>
      (await api(boss, 'GET', '/api/calls?outcome=answered')).items as {
        id: string
        recording: string
        talk_seconds: number
      }[]
    await expect
      .poll(async () => (await answered()).filter((c) => c.recording === 'stored').length, {
        timeout: 420_000,
        interval: 3000,
      })
      .toBeGreaterThan(5)

    await boss.goto('/wall')
    await boss.locator('.agent-card').first().waitFor()
    await take(boss, 'wall')
    const long = (await answered())
      .filter((c) => c.recording === 'stored')
      .sort((a, b) => b.talk_seconds - a.talk_seconds)[0]
    await boss.goto(`/calls/${long?.id}?list=history`)
    await boss.locator('.player button:enabled').first().waitFor()
    await boss.getByRole('tab', { name: 'IVR 轨迹' }).click()
    await boss.locator('.trail-step').first().waitFor()
    await boss.locator('.player-box').click({ position: { x: 160, y: 20 } })
    await take(boss, 'call')
    await boss.goto('/settings/flows/1')
    await boss.locator('.card').first().waitFor()
    await take(boss, 'flow')

    const agent = await (await desk(browser, inject('url'))).newPage()
    await signIn(agent, '8001@demo', passwords['8001@demo'] ?? '')
    // A first call leaves its record on the page; the picture has the next one ringing above it.
    const pop = agent.locator('.incoming-pop')
    await pop.waitFor({ timeout: 180_000 })
    await agent.keyboard.press('F2')
    await agent.locator('.call-in-hand', { hasText: '通话中' }).waitFor()
    await agent.waitForTimeout(12_000)
    await agent.keyboard.press('F4')
    await agent.locator('.player button:enabled').first().waitFor({ timeout: 60_000 })
    await agent.getByRole('button', { name: '完成' }).click()
    await agent.getByText('记录', { exact: true }).click()
    await pop.waitFor({ timeout: 180_000 })
    await take(agent, 'workbench')
    await browser.close()
  },
  600_000,
)
