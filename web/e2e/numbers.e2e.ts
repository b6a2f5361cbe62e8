import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { api, desk, launch, signIn } from './browser'

describe.skipIf(!inject('chromium'))('an administrator of numbers', () => {
  let browser: Browser
  let page: Page
  let agent: Page
  const url = inject('url')
  const passwords = inject('passwords')

  beforeAll(async () => {
    browser = await launch()
    page = await (await desk(browser, url)).newPage()
    await signIn(page, 'admin@demo', passwords['admin@demo'] ?? '')
    agent = await (await desk(browser, url)).newPage()
    await signIn(agent, '8001@demo', passwords['8001@demo'] ?? '')
  })
  afterAll(() => browser.close())

  const drawer = () => page.locator('.ant-drawer-open')
  const pick = async (label: string, option: string) => {
    await drawer().getByRole('combobox', { name: label }).last().click()
    await page
      .locator('.ant-select-dropdown:visible .ant-select-item-option', { hasText: option })
      .click()
  }

  it('writes down opening hours and takes over the public holidays', async () => {
    await page.goto('/settings/calendars')
    await page.getByRole('button', { name: '新增日历' }).first().click()
    await drawer().locator('#name').fill('客服工作时间')
    await drawer().getByRole('textbox', { name: '第 1 段开始' }).fill('08:30')
    await drawer().getByRole('button', { name: '添加时间段' }).click()
    // Over the first one: the page says so before anything is sent.
    await drawer().getByRole('checkbox', { name: '周一' }).nth(1).check()
    await drawer().getByText('时间段重叠').waitFor()
    await drawer().getByRole('button', { name: '删除第 2 段' }).click()
    await drawer().getByRole('button', { name: '法定节假日' }).click()
    await page.getByRole('menuitem', { name: /2026/ }).click()
    await page.locator('.ant-modal').getByRole('button', { name: '采用' }).click()
    const golden = drawer().getByRole('button', { name: '2026-10-01 · 节假日 · 国庆节' })
    await golden.waitFor()
    // A day of it is worked after all.
    await drawer().getByRole('button', { name: '2026-10-07 · 节假日 · 国庆节' }).click()
    await page.getByRole('menuitem', { name: '设为调休上班' }).click()
    await drawer().getByRole('button', { name: '2026-10-07 · 调休上班' }).waitFor()
    await drawer().getByRole('button', { name: '保存' }).click()
    await page.locator('tr', { hasText: '客服工作时间' }).waitFor()
    const saved = (await api(page, 'GET', '/api/calendars')).items[0]
    expect(saved.weekly).toEqual([{ days: [1, 2, 3, 4, 5], from: '08:30', to: '18:00' }])
    expect(saved.days).toContainEqual({
      from: '2026-10-07',
      to: '2026-10-07',
      kind: 'workday',
      as: 1,
    })
  })

  it('lets another flow answer out of hours, and is told of a rule that never holds', async () => {
    await page.goto('/settings/numbers')
    await page.locator('tr', { hasText: '售前专线' }).click()
    for (const [name, state] of [
      ['下班', '非工作时间'],
      ['节假日', '节假日'],
    ] as const) {
      await drawer().getByRole('button', { name: '添加规则' }).click()
      await drawer().getByRole('textbox', { name: '规则名称，如夜间' }).last().fill(name)
      await pick('作息日历', '客服工作时间')
      await pick('日历状态', state)
      await pick('IVR 流程', '客服主流程')
    }
    await drawer().locator('.preview-doubts', { hasText: '“节假日”' }).waitFor()
    // The holiday rule first: then it says who answers on the first of October.
    await drawer().getByRole('button', { name: '上移节假日' }).click()
    await drawer().locator('.preview-ask input').fill('2026-10-01T10:00')
    await drawer().locator('.schedule-answer', { hasText: '节假日' }).waitFor()
    await drawer().locator('.preview-ask input').fill('2026-11-24T10:00')
    await drawer().locator('.schedule-answer', { hasText: '号码的默认流程' }).waitFor()
    expect(await drawer().locator('.preview-week .week-line').count()).toBe(7)
    await drawer().getByRole('button', { name: '保存' }).click()
    await drawer().waitFor({ state: 'detached' })
    await page.locator('tr', { hasText: '售前专线' }).getByText('2 条规则').waitFor()

    await page.goto('/settings/calendars')
    await page.locator('tr', { hasText: '客服工作时间' }).click()
    await drawer().locator('.side-sheet-foot').getByRole('button', { name: '删除' }).click()
    await page.locator('.ant-modal').getByRole('button', { name: '删除' }).click()
    await page.getByText('有号码的排班在使用这个日历').waitFor()
  })

  it('takes a list of numbers, and changes many at once', async () => {
    await page.goto('/settings/numbers')
    const list = (rows: string) => ({
      name: 'numbers.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(`号码,名称,流程,状态\n${rows}`),
    })
    await page.getByRole('button', { name: '导入' }).click()
    const modal = page.locator('.ant-modal:visible')
    await modal
      .locator('input[type=file]')
      .setInputFiles(list('02155550001,上海一线,没有这个,启用\n'))
    await modal.getByText('没有这个流程').waitFor()
    expect(await modal.getByRole('button', { name: '导入' }).isDisabled()).toBe(true)
    const rows = Array.from(
      { length: 12 },
      (_, i) => `0215555${String(1000 + i)},上海 ${i + 1} 线,,停用\n`,
    )
    await modal.locator('input[type=file]').setInputFiles(list(rows.join('')))
    await modal.getByText('将新增 12 个').waitFor()
    await modal.getByRole('button', { name: '导入' }).click()
    await page.locator('tr', { hasText: '上海 12 线' }).waitFor()

    await page.getByRole('searchbox', { name: '号码、名称或流程' }).fill('上海')
    await page.locator('thead input[type=checkbox]').check()
    await page.locator('.bulk-bar', { hasText: '已选 12 个号码' }).waitFor()
    await page.locator('.bulk-bar').getByRole('button', { name: '启用' }).click()
    await page.getByText('已修改 12 个号码').waitFor()
    const numbers = (await api(page, 'GET', '/api/numbers')).items as {
      name: string
      enabled: boolean
    }[]
    expect(numbers.filter((n) => n.name.startsWith('上海') && n.enabled)).toHaveLength(12)
  })

  it('is told of an application, settles it, and the agent hears of it', async () => {
    await agent.goto('/applications')
    await agent.getByRole('button', { name: '申请配置' }).first().click()
    const sheet = agent.locator('.ant-drawer-open')
    await sheet.locator('#description').fill('周末也想接听，按 3 转给值班。')
    await sheet.locator('#contact').fill('分机 8001')
    await sheet.locator('input[type=file]').setInputFiles({
      name: '草图.png',
      mimeType: 'image/png',
      buffer: Buffer.from('a sketch'),
    })
    await sheet.getByRole('button', { name: '保存' }).click()
    await agent.locator('tr', { hasText: '周末也想接听' }).getByText('待处理').waitFor()

    await page.locator('.ant-notification', { hasText: '李静提交了新的配置申请' }).waitFor()
    await page.locator('.ant-notification').getByRole('button', { name: '查看' }).click()
    await page.waitForURL('**/settings/applications')
    await page.locator('.settings-nav').getByRole('img', { name: '1 个待处理' }).waitFor()
    await page.locator('tr', { hasText: '周末也想接听' }).click()
    expect(await drawer().getByRole('link', { name: '下载草图.png' }).count()).toBe(1)
    await drawer().getByRole('button', { name: '不通过' }).click()
    await page.getByText('请说明不通过的原因').waitFor()
    await drawer().locator('#answer').fill('已按您的说明上线。')
    await drawer().getByRole('button', { name: /完成$/ }).click()
    await agent.locator('.ant-notification', { hasText: '您的配置申请：已完成' }).waitFor()
    await agent.locator('tr', { hasText: '已按您的说明上线' }).getByText('已完成').waitFor()
  })
})

describe.skipIf(!inject('chromium'))('an agent with a customer in the hand', () => {
  const url = inject('url')
  const passwords = inject('passwords')
  let browser: Browser
  let admin: Page
  let before: { number: string; name: string; id: number; flow_id: number }[]
  const flow = `name: 可转菜单
start: 售后组
nodes:
  售后组:
    kind: group
    group: 售后
    exits: {no_agent: 再见, timeout: 再见, full: 再见}
  订单菜单:
    kind: menu
    title: 订单查询菜单
    transferable: true
    play: menu_main
    timeout: 5s
    tries: 1
    keys: {1: 再见}
    exits: {timeout: 再见, invalid: 再见}
  再见: {kind: hangup, play: [goodbye]}
`

  beforeAll(async () => {
    browser = await launch()
    admin = await (await desk(browser, url)).newPage()
    await signIn(admin, 'admin@demo', passwords['admin@demo'] ?? '')
    const made = await api(admin, 'POST', '/api/flows', { source: flow, file: 'menu.yaml' })
    await api(admin, 'POST', `/api/flows/${made.id}/versions/${made.number}/activate`)
    before = (await api(admin, 'GET', '/api/numbers')).items
    for (const n of before.filter((x) => x.number.startsWith('400')))
      await api(admin, 'PUT', `/api/numbers/${n.id}`, {
        number: n.number,
        name: n.name,
        enabled: true,
        flow_id: made.id,
      })
    const wall = await api(admin, 'GET', '/api/wall')
    for (const a of wall.agents.filter((x: { number: string }) => x.number >= '8003'))
      await api(admin, 'POST', `/api/wall/agents/${a.id}/state`, { state: 'busy' })
  })
  afterAll(async () => {
    for (const n of before.filter((x) => x.number.startsWith('400')))
      await api(admin, 'PUT', `/api/numbers/${n.id}`, {
        number: n.number,
        name: n.name,
        enabled: true,
        flow_id: n.flow_id,
      })
    const wall = await api(admin, 'GET', '/api/wall')
    for (const a of wall.agents.filter((x: { state: string }) => x.state === 'busy'))
      await api(admin, 'POST', `/api/wall/agents/${a.id}/state`, { state: 'idle' })
    await browser.close()
  })

  async function talk(page: Page): Promise<string> {
    const pop = page.locator('.incoming-pop')
    await pop.waitFor({ timeout: 120_000 })
    await page.keyboard.press('F2')
    await pop.waitFor({ state: 'detached' })
    await page.locator('.call-in-hand', { hasText: '通话中' }).waitFor()
    await page.waitForURL(/\/calls\/[0-9a-f-]{36}/)
    return page.url().match(/[0-9a-f-]{36}/)?.[0] ?? ''
  }
  const steps = async (id: string) => {
    const res = await admin.request.fetch(`/api/calls/${id}`)
    return res.ok() ? await res.json() : undefined
  }

  it('sends one to a menu, and asks the next for a rating', async () => {
    const page = await (await desk(browser, url)).newPage()
    await signIn(page, '8002@demo', passwords['8002@demo'] ?? '')
    await page.locator('.state-menu').click()
    await page.getByRole('menuitem', { name: '空闲', exact: true }).click()

    const first = await talk(page)
    await page.getByRole('button', { name: '转菜单' }).click()
    await page.locator('.bar-menus button', { hasText: '订单查询菜单' }).click()
    await page.locator('.state-menu-word', { hasText: '后处理' }).waitFor()
    await expect
      .poll(
        async () =>
          (await steps(first))?.trail.some((s: { node: string }) => s.node === '订单菜单'),
        { timeout: 60_000 },
      )
      .toBe(true)
    await page.getByRole('button', { name: '完成' }).click()

    const second = await talk(page)
    await page.getByRole('button', { name: '送评价' }).click()
    await page.locator('.state-menu-word', { hasText: '后处理' }).waitFor()
    await expect
      .poll(async () => (await steps(second))?.rating_asked, { timeout: 90_000 })
      .toBe('agent')
    await page.context().close()
  })
})
