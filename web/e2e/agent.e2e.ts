import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { api, desk, launch, signIn } from './browser'

const url = inject('url')
const passwords = inject('passwords')
const who = (login: string) => [login, passwords[login] ?? ''] as const

describe.skipIf(!inject('chromium'))('an agent at the softphone bar', () => {
  let browser: Browser
  let admin: Page
  const others = ['8003', '8004', '8005', '8006']

  beforeAll(async () => {
    browser = await launch()
    admin = await (await desk(browser, url)).newPage()
    await signIn(admin, ...who('admin@demo'))
    await settle('busy')
  })
  afterEach(async () => {
    for (const c of browser.contexts()) {
      if (c !== admin.context()) await c.close()
    }
  })
  afterAll(async () => {
    await settle('idle')
    await browser.close()
  })

  /** Sets the agents that the demo plays, so that callers come to ours. */
  async function settle(state: 'busy' | 'idle') {
    const wall = await api(admin, 'GET', '/api/wall')
    for (const a of wall.agents.filter((x: { number: string }) => others.includes(x.number))) {
      await api(admin, 'POST', `/api/wall/agents/${a.id}/state`, { state })
    }
  }

  const stateIs = (page: Page, word: string) =>
    page.locator('.state-menu-word', { hasText: word }).waitFor({ timeout: 30_000 })

  async function choose(page: Page, state: string) {
    await page.locator('.state-menu').click()
    await page.getByRole('menuitem', { name: state, exact: true }).click()
  }

  it('takes a call, holds it over a reload, hangs up, wraps up, and finds the record', async () => {
    const page = await (await desk(browser, url)).newPage()
    await signIn(page, ...who('8001@demo'))
    await choose(page, '空闲')

    const pop = page.locator('.incoming-pop')
    await pop.waitFor({ timeout: 90_000 })
    const number = (await pop.locator('.phone-number').innerText()).replaceAll(' ', '')
    expect(number).toMatch(/^\d{7,}$/)
    expect(await pop.innerText()).toContain('已等待')
    await page.keyboard.press('F2')
    await pop.waitFor({ state: 'detached' })
    await stateIs(page, '通话中')
    await page.waitForURL(/\/calls\/[0-9a-f-]{36}/)
    const id = page.url().match(/[0-9a-f-]{36}/)?.[0]

    await page.getByRole('button', { name: '保持' }).click()
    await page.getByRole('button', { name: '恢复' }).waitFor()
    expect(await page.locator('.call-in-hand').innerText()).toContain('保持中')

    await page.reload()
    await stateIs(page, '通话中')
    expect((await page.locator('.call-in-hand').innerText()).replaceAll(' ', '')).toContain(number)
    expect(await page.locator('.call-head').innerText()).toContain('保持中')
    await page.getByRole('button', { name: '恢复' }).click()
    await page.getByRole('button', { name: '保持' }).waitFor()

    await page.getByRole('button', { name: '挂断' }).click()
    await stateIs(page, '后处理')
    const left = async () => {
      const [m = 0, s = 0] = (await page.locator('.call-in-hand-clock').innerText())
        .split(':')
        .map(Number)
      return m * 60 + s
    }
    const before = await left()
    await page.getByRole('button', { name: '延长 30 秒' }).click()
    await expect.poll(left).toBeGreaterThan(before + 15)
    await choose(page, '小休')
    await page.getByRole('button', { name: '完成' }).click()
    await stateIs(page, '小休')

    // The same page now shows the record.
    await page.locator('.call-head .tag', { hasText: '已接听' }).waitFor()
    await page.getByRole('tab', { name: 'IVR 轨迹' }).click()
    // Which flow answers depends on the number that was called and on the hour.
    await page.locator('.trail-step', { hasText: /技能组|座席/ }).waitFor()

    await page.getByRole('tab', { name: '备注' }).click()
    await page.locator('.note textarea').fill('客户询问发票进度，已答复。')
    await page.keyboard.press('Control+Enter')
    await page.getByText('已保存').waitFor()
    expect((await api(page, 'GET', `/api/calls/${id}`)).note).toBe('客户询问发票进度，已答复。')

    const position = page.getByRole('slider', { name: '播放位置' })
    await page
      .getByRole('button', { name: '播放', exact: true })
      .and(page.locator(':enabled'))
      .waitFor({ timeout: 30_000 })
    await position.focus()
    await page.keyboard.press('End')
    const length = Number(await position.getAttribute('aria-valuemax'))
    expect(length).toBeGreaterThan(0)
    await expect.poll(async () => Number(await position.getAttribute('aria-valuenow'))).toBe(length)
    await page.keyboard.press('Home')
    await expect.poll(async () => Number(await position.getAttribute('aria-valuenow'))).toBe(0)
    await page.getByRole('button', { name: '播放', exact: true }).click()
    await expect
      .poll(async () => Number(await position.getAttribute('aria-valuenow')))
      .toBeGreaterThan(0)

    await page.getByText('记录', { exact: true }).click()
    await page.locator(`.call-card[href*="${id}"]`).waitFor()
    await page.getByText('来电', { exact: true }).click()
    await page.locator(`.call-card[href*="${id}"]`).waitFor()
  })

  it('calls a number from the bar, and two tabs show the same call', async () => {
    const context = await desk(browser, url)
    const page = await context.newPage()
    await signIn(page, ...who('8001@demo'))
    await choose(page, '忙碌')
    await stateIs(page, '忙碌')
    const second = await context.newPage()
    await second.goto('/calls')
    await stateIs(second, '忙碌')

    await page.locator('.dial-field input').fill('138 0013-8000')
    await page.keyboard.press('Enter')
    for (const tab of [page, second]) {
      await tab.locator('.call-in-hand', { hasText: '138 0013 8000' }).waitFor()
    }
    await second.getByRole('button', { name: '挂断' }).click()
    await page.locator('.call-in-hand', { hasText: '138 0013 8000' }).waitFor({ state: 'detached' })
  })

  it('says so when the connection is lost, and is right again by itself', async () => {
    const context = await desk(browser, url)
    const page = await context.newPage()
    await signIn(page, ...who('8001@demo'))
    await choose(page, '忙碌')
    await stateIs(page, '忙碌')
    await context.setOffline(true)
    await page.locator('.stale').waitFor({ timeout: 60_000 })
    const wall = await api(admin, 'GET', '/api/wall')
    const me = wall.agents.find((a: { number: string }) => a.number === '8001')
    await api(admin, 'POST', `/api/wall/agents/${me.id}/state`, { state: 'break' })
    await context.setOffline(false)
    await page.locator('.stale').waitFor({ state: 'detached', timeout: 60_000 })
    await stateIs(page, '小休')
  })
})
