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
    await signIn(agent, '8006@demo', passwords['8006@demo'] ?? '')
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
    await sheet.locator('#contact').fill('分机 8006')
    await sheet.locator('input[type=file]').setInputFiles({
      name: '草图.png',
      mimeType: 'image/png',
      buffer: Buffer.from('a sketch'),
    })
    await sheet.getByRole('button', { name: '保存' }).click()
    await agent.locator('tr', { hasText: '周末也想接听' }).getByText('待处理').waitFor()

    await page.locator('.ant-notification', { hasText: '杨帆提交了新的配置申请' }).waitFor()
    await page.locator('.ant-notification').getByRole('button', { name: '查看' }).click()
    await page.waitForURL('**/settings/applications')
    await page.locator('.settings-nav').getByRole('img', { name: '1 个待处理' }).waitFor()
    await page.locator('tr', { hasText: '周末也想接听' }).click()
    expect(await drawer().getByRole('link', { name: '下载草图.png' }).count()).toBe(1)
    await drawer().getByRole('button', { name: '不通过' }).click()
    await page.getByText('请说明不通过的原因').waitFor()
    await drawer().locator('#answer').fill('已按您的说明上线。')
    await drawer().getByRole('button', { name: '完成', exact: true }).click()
    await agent.locator('.ant-notification', { hasText: '您的配置申请：已完成' }).waitFor()
    await agent.locator('tr', { hasText: '已按您的说明上线' }).getByText('已完成').waitFor()
  })
})
