import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { api, desk, launch, signIn } from './browser'

describe.skipIf(!inject('chromium'))('passing a call on', () => {
  let browser: Browser
  let admin: Page
  const url = inject('url')
  const passwords = inject('passwords')

  /** Sets the agents that the demo plays, so that callers come to ours. */
  async function settle(state: 'busy' | 'idle') {
    const wall = await api(admin, 'GET', '/api/wall')
    for (const a of wall.agents.filter(
      (x: { number: string; state: string }) => x.number >= '8003' && x.state !== 'offline',
    ))
      await api(admin, 'POST', `/api/wall/agents/${a.id}/state`, { state })
  }
  async function agent(login: string, state: string) {
    const page = await (await desk(browser, url)).newPage()
    await signIn(page, login, passwords[login] ?? '')
    await page.locator('.state-menu').click()
    await page.getByRole('menuitem', { name: state, exact: true }).click()
    return page
  }

  beforeAll(async () => {
    browser = await launch()
    admin = await (await desk(browser, url)).newPage()
    await signIn(admin, 'admin@demo', passwords['admin@demo'] ?? '')
    await settle('busy')
  })
  afterAll(async () => {
    await settle('idle')
    await browser.close()
  })

  it('hands the customer to a colleague, who answers and has the record', async () => {
    const second = await agent('8002@demo', '忙碌')
    const first = await agent('8001@demo', '空闲')
    await first.locator('.incoming-pop').waitFor({ timeout: 120_000 })
    await first.keyboard.press('F2')
    await first.locator('.call-in-hand', { hasText: '通话中' }).waitFor()
    await first.waitForURL(/\/calls\/[0-9a-f-]{36}/)
    const id = first.url().match(/[0-9a-f-]{36}/)?.[0] ?? ''

    await first.getByRole('button', { name: '转接' }).click()
    const menu = first.locator('.ant-popover .bar-menus')
    await menu.locator('li button', { hasText: '8003' }).waitFor()
    await menu.getByRole('textbox').fill('13800138000')
    await menu.getByText('转到号码 13800138000').waitFor()
    await menu.getByRole('textbox').fill('8002')
    await menu.locator('li button', { hasText: '8002' }).last().click()
    await first.locator('.state-menu-word', { hasText: '后处理' }).waitFor()

    await second.locator('.incoming-pop').waitFor({ timeout: 30_000 })
    await second.keyboard.press('F2')
    await second.locator('.call-in-hand', { hasText: '通话中' }).waitFor()
    await second.getByRole('button', { name: '挂断' }).click()
    await expect
      .poll(
        async () => {
          const res = await admin.request.fetch(`/api/calls/${id}`)
          return res.ok() ? (await res.json()).rings.length : 0
        },
        { timeout: 60_000 },
      )
      .toBeGreaterThanOrEqual(2)
  })
})
