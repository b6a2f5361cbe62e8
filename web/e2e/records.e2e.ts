import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { api, desk, launch, signIn } from './browser'

const url = inject('url')
const passwords = inject('passwords')
const who = (login: string) => [login, passwords[login] ?? ''] as const

describe.skipIf(!inject('chromium'))('call records', () => {
  let browser: Browser
  let admin: Page
  beforeAll(async () => {
    browser = await launch()
    admin = await (await desk(browser, url)).newPage()
    await signIn(admin, ...who('admin@demo'))
  })
  afterAll(() => browser.close())

  it('has its tags kept as a tree, by mouse and by keys', async () => {
    await admin.goto('/settings/labels')
    const add = async (name: string) => {
      await admin.getByRole('textbox', { name: '名称' }).fill(name)
      await admin.keyboard.press('Enter')
      await admin.locator('.label-name', { hasText: name }).waitFor()
    }
    await add('投诉')
    await add('咨询')
    await add('物流')
    await admin.locator('.label-name', { hasText: '物流' }).focus()
    await admin.keyboard.press('Alt+ArrowUp')
    const order = () => admin.locator('.label-name').allInnerTexts()
    await expect.poll(order).toEqual(['投诉', '物流', '咨询'])
    await admin.locator('.label-name', { hasText: '物流' }).focus()
    await admin.keyboard.press('Alt+ArrowRight')
    await expect
      .poll(async () => {
        const { items } = await api(admin, 'GET', '/api/labels?kind=call')
        const of = (name: string) => items.find((l: { name: string }) => l.name === name)
        return of('物流').parent_id === of('投诉').id
      })
      .toBe(true)
    await admin.getByRole('button', { name: '停用 咨询' }).click()
    await admin.locator('.label-line', { hasText: '咨询' }).getByText('停用').waitFor()
  })

  it('is searched, tagged and noted, and the search is kept under a name', async () => {
    // Somebody has called in by now, or will in a moment.
    const first = await expect
      .poll(async () => (await api(admin, 'GET', '/api/calls?direction=in&limit=1')).items[0]?.id, {
        timeout: 100_000,
        interval: 1000,
      })
      .toBeTruthy()
      .then(async () => (await api(admin, 'GET', '/api/calls?direction=in&limit=1')).items[0])
    await admin.goto(`/records?id=${first.id}`)
    const row = admin.locator('tr[data-row-key]')
    await expect.poll(() => row.count()).toBe(1)
    await admin.getByText('找到 1 通').waitFor()
    await row.click()
    await admin.waitForURL(new RegExp(`/calls/${first.id}`))

    const choose = admin.getByRole('combobox', { name: '添加通话标签' })
    await choose.click()
    expect(await admin.locator('.ant-select-tree').innerText()).not.toContain('咨询')
    await admin.locator('.ant-select-tree-title', { hasText: '物流' }).click()
    await admin.locator('.tag-field .tag', { hasText: '投诉 / 物流' }).waitFor()
    await admin.getByRole('tab', { name: '备注' }).click()
    await admin.getByRole('textbox', { name: '备注' }).fill('客户反映包裹未到')
    await admin.keyboard.press('Control+Enter')
    await admin.locator('.notes li', { hasText: '客户反映包裹未到' }).waitFor()
    await admin.getByRole('button', { name: '标记', exact: true }).click()
    await admin.getByRole('button', { name: '取消标记' }).waitFor()
    await admin.getByRole('tab', { name: '操作日志' }).click()
    const log = admin.locator('.call-log:visible')
    for (const line of ['添加标签', '添加备注', '标记']) {
      await log.locator('tr', { hasText: line }).first().waitFor()
    }

    await admin.goto('/records')
    await admin.getByRole('button', { name: '高级搜索' }).click()
    await admin
      .locator('.advanced')
      .getByRole('combobox', { name: '通话标签', exact: true })
      .click()
    await admin.locator('.ant-select-tree-title', { hasText: '投诉' }).first().click()
    await admin.keyboard.press('Escape')
    await admin.waitForURL(/tag=/)
    await expect.poll(() => row.count()).toBe(1)
    await admin.getByRole('button', { name: '保存搜索' }).click()
    await admin.getByRole('textbox', { name: '搜索名称' }).fill('投诉来电')
    await admin.keyboard.press('Enter')
    await admin.getByText('已保存').waitFor()
    await admin.getByRole('button', { name: '重置' }).click()
    await admin.waitForURL((u) => !u.search.includes('tag'))
    await admin.getByRole('combobox', { name: '已存搜索' }).click()
    await admin.locator('.saved-search', { hasText: '投诉来电' }).click()
    await admin.waitForURL(/tag=/)
    await expect.poll(() => row.count()).toBe(1)
    await admin.goBack()

    // Another part of the number finds it as well.
    await admin.goto('/records')
    const number = first.from as string
    await admin
      .getByRole('textbox', { name: '主叫或被叫号码，输入一部分即可' })
      .fill(number.slice(-6))
    await admin.keyboard.press('Enter')
    await admin.waitForURL(/number=/)
    await row
      .filter({ hasText: number.slice(-4) })
      .first()
      .waitFor()
  })

  it('has its missed calls assigned, and the agent finds them to be called back', async () => {
    await expect
      .poll(
        async () => (await api(admin, 'GET', '/api/calls/count?missed=true&assigned=no')).count,
        {
          timeout: 110_000,
          interval: 1000,
        },
      )
      .toBeGreaterThan(0)
    await admin.goto('/records?missed=true&range=all')
    const row = admin.locator('tr[data-row-key]').first()
    const id = (await row.getAttribute('data-row-key')) as string
    await row.locator('.ant-checkbox').click()
    await admin.locator('.bulk-bar').getByRole('button', { name: '分配未接来电' }).click()
    await admin.locator('.ant-drawer').getByRole('combobox', { name: '选择座席' }).click()
    await admin.locator('.ant-select-item-option', { hasText: '8006' }).click()
    await admin.keyboard.press('Escape')
    await admin.locator('.ant-drawer').getByRole('button', { name: '保存' }).click()
    await admin.getByText(/已分配/).waitFor()

    const page = await (await desk(browser, url)).newPage()
    await signIn(page, ...who('8006@demo'))
    await page.goto('/calls?list=pending')
    const card = page.locator('.call-card-wrap', { has: page.locator(`a[href*="${id}"]`) })
    await card.waitFor()
    await card.hover()
    await card.getByRole('button', { name: '标为已处理' }).click()
    await card.waitFor({ state: 'detached' })
    expect((await api(page, 'GET', `/api/pending`)).items).toEqual([])
  })
})
