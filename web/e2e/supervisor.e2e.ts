import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { api, desk, launch, signIn } from './browser'

const url = inject('url')
const passwords = inject('passwords')
const who = (login: string) => [login, passwords[login] ?? ''] as const

describe.skipIf(!inject('chromium'))('the supervisor’s wall', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launch()
  })
  afterAll(() => browser.close())

  it('changes live, filters, and sets an agent’s state', async () => {
    const boss = await (await desk(browser, url)).newPage()
    await signIn(boss, ...who('banzhang@demo'))
    await boss.goto('/wall')
    const agent = await (await desk(browser, url)).newPage()
    await signIn(agent, ...who('8002@demo'))
    const card = boss.locator('.agent-card', { hasText: '8002' })

    await choose(agent, '小休')
    // A caller may have come first: then the break follows the refused call.
    const pop = agent.locator('.incoming-pop')
    await Promise.race([pop.waitFor(), card.filter({ hasText: '小休' }).waitFor()])
    if (await pop.isVisible()) await agent.keyboard.press('F4')
    await card.filter({ hasText: '小休' }).waitFor()
    await choose(agent, '会议')
    await card.filter({ hasText: '会议' }).waitFor()

    await card.getByRole('button').click()
    await boss.getByRole('menuitem', { name: '忙碌' }).click()
    await card.filter({ hasText: '忙碌' }).waitFor()
    await agent.locator('.state-menu-word', { hasText: '忙碌' }).waitFor()

    await boss.getByRole('textbox', { name: '姓名或工号' }).fill('8002')
    await expect.poll(() => boss.locator('.agent-card').count()).toBe(1)
    await boss.locator('.group-card').first().click()
    expect(await boss.locator('.group-card').first().getAttribute('aria-pressed')).toBe('true')

    // The parts of the day add up to its total, on the page as in the API.
    const { today } = await api(boss, 'GET', '/api/wall')
    const sum =
      today.ivr +
      today.answered +
      today.voicemail +
      today.ring_no_answer +
      today.queue_abandoned +
      today.blacklist +
      today.limit
    expect(sum).toBe(today.total)
  })

  it('is not for agents, and an unknown address says so', async () => {
    const page = await (await desk(browser, url)).newPage()
    await signIn(page, ...who('8002@demo'))
    expect(await page.locator('.rail').innerText()).not.toContain('监控')
    for (const path of ['/wall', '/settings/roles', '/settings/flows', '/settings']) {
      await page.goto(path)
      await page.getByRole('heading', { name: '没有权限查看此页' }).waitFor()
    }
    await page.goto('/nowhere')
    await page.getByRole('heading', { name: '没有这个页面' }).waitFor()
  })

  it('asks a stranger to sign in, and goes on where they wanted to be', async () => {
    const page = await (await desk(browser, url)).newPage()
    await page.goto('/settings/groups')
    await page.waitForURL(/\/sign-in/)
    await page.locator('input[autocomplete=username]').fill('admin@demo')
    await page.locator('input[autocomplete=current-password]').fill('not the password')
    await page.locator('button[type=submit]').click()
    await page.getByRole('alert').filter({ hasText: '账号或密码不正确' }).waitFor()
    await page.locator('input[autocomplete=current-password]').fill(passwords['admin@demo'] ?? '')
    await page.locator('button[type=submit]').click()
    await page.waitForURL(/\/settings\/groups/)
    await page.locator('.data-table', { hasText: '售前' }).waitFor()
  })
})

async function choose(page: Page, state: string) {
  await page.locator('.state-menu').click()
  await page.getByRole('menuitem', { name: state, exact: true }).click()
}
