import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { faults } from './axe'
import { api, desk, launch, signIn } from './browser'

const url = inject('url')
const passwords = inject('passwords')

describe.skipIf(!inject('chromium'))('the flow editor', () => {
  let browser: Browser
  let page: Page
  let flow = 0
  beforeAll(async () => {
    browser = await launch()
    page = await (await desk(browser, url)).newPage()
    await signIn(page, 'admin@demo', passwords['admin@demo'] ?? '')
  })
  afterAll(() => browser.close())

  const inspector = () => page.locator('.inspector')
  const card = (name: string) => page.locator(`.card[data-node="${name}"]`)
  const kind = (label: string) =>
    page.locator('.node-palette').getByRole('button', { name: label, exact: true })
  const saved = () => page.locator('.saved-state', { hasText: '已保存' }).waitFor()

  /** Types into a select and takes what is offered first. */
  async function choose(field: Locator, typed: string) {
    await field.click()
    await page.keyboard.type(typed)
    await page
      .locator('.ant-select-dropdown:not(.ant-select-dropdown-hidden) .ant-select-item-option', {
        hasText: typed,
      })
      .first()
      .click()
  }
  async function drag(from: Locator, to: Locator) {
    const a = await from.boundingBox()
    const b = await to.boundingBox()
    if (!a || !b) throw new Error('nothing to drag')
    await page.mouse.move(a.x + a.width / 2, a.y + a.height / 2)
    await page.mouse.down()
    await page.mouse.move(b.x + b.width / 2, b.y + b.height / 2, { steps: 8 })
    await page.mouse.up()
  }
  const exit = (node: string, label: string) =>
    card(node).locator('.card-exit', { hasText: label }).locator('.react-flow__handle')
  const draft = async () =>
    (await api(page, 'GET', `/api/flows/${flow}/draft`)) as {
      document: {
        start: string
        nodes: Record<string, Record<string, unknown>>
        cases?: { name: string }[]
      }
      problems: { warning?: boolean }[]
    }

  it('begins with a blank flow', async () => {
    await page.goto('/settings/flows')
    await page.getByRole('button', { name: '新建流程' }).click()
    await page.locator('#new-flow-name').fill('周末值班')
    await page.locator('.samples label', { hasText: '三' }).first().waitFor()
    await page.getByRole('button', { name: '创建' }).click()
    await page.waitForURL(/\/settings\/flows\/\d+/)
    flow = Number(/flows\/(\d+)/.exec(page.url())?.[1])
    await page.getByText('从左侧添加第一个节点').waitFor()
    expect(await faults(page)).toEqual([])
  })

  it('draws a menu with two branches, a group and a voicemail', async () => {
    await kind('按键菜单').click()
    await card('按键菜单').waitFor()
    await inspector().getByRole('button', { name: '添加播放内容' }).first().click()
    await choose(inspector().getByLabel('第 1 项', { exact: true }).first(), 'menu_main')
    await inspector().getByRole('button', { name: '添加按键' }).click()
    await choose(inspector().getByLabel('按键 1 转到'), '转技能组')
    await inspector().getByRole('button', { name: '添加按键' }).click()
    await choose(inspector().getByLabel('按键 2 转到'), '语音留言')
    await card('转技能组').waitFor()
    await page.getByRole('button', { name: '自动排列' }).click()
    await drag(exit('转技能组', '无座席在线'), card('语音留言'))
    await expect
      .poll(async () => (await draft()).document.nodes.转技能组?.exits)
      .toEqual({ no_agent: '语音留言' })
    const { nodes, start } = (await draft()).document
    expect(start).toBe('按键菜单')
    expect(nodes.按键菜单?.keys).toEqual({ '1': '转技能组', '2': '语音留言' })
  })

  it('drags a node from the palette onto the drawing, and undoes it', async () => {
    await kind('挂断').dragTo(page.locator('.flow-canvas'), { targetPosition: { x: 120, y: 500 } })
    await card('挂断').waitFor()
    await page.locator('.flow-canvas .react-flow__pane').click({ position: { x: 20, y: 20 } })
    await page.keyboard.press('Control+z')
    await card('挂断').waitFor({ state: 'detached' })
    await page.keyboard.press('Control+Shift+z')
    await card('挂断').waitFor()
    await card('挂断').click()
    await page.locator('.react-flow__node[data-id="挂断"]').focus()
    await page.keyboard.press('Delete')
    await card('挂断').waitFor({ state: 'detached' })
  })

  it('copies and puts in by keys, and renames with all that leads there', async () => {
    await card('语音留言').click()
    await page.locator('.card.selected[data-node="语音留言"]').waitFor()
    await page.locator('.react-flow__node[data-id="语音留言"]').focus()
    await page.keyboard.press('Control+c')
    await page.keyboard.press('Control+v')
    await card('语音留言 2').waitFor()
    await page.keyboard.press('Control+z')
    await card('语音留言 2').waitFor({ state: 'detached' })
    await card('语音留言').click()
    await page.locator('#node-name').fill('留言')
    await page.keyboard.press('Enter')
    await card('留言').waitFor()
    await expect
      .poll(async () => (await draft()).document.nodes.按键菜单?.keys)
      .toEqual({ '1': '转技能组', '2': '留言' })
  })

  it('shows what is wrong, and where', async () => {
    await saved()
    const problem = page.locator('.problem-dock li', { hasText: '转技能组' }).first()
    await problem.waitFor()
    await problem.getByRole('button').click()
    await page.locator('[data-field="group"].at').waitFor()
    await page.keyboard.type('售前')
    await page.keyboard.press('Escape')
    await page.locator('.problem-dock .good').waitFor()
    expect((await draft()).problems.filter((p) => !p.warning)).toEqual([])
    expect(await faults(page)).toEqual([])
  })

  it('plays a caller, who lights the path, and saves that as a case', async () => {
    await page.locator('.editor-bar').getByRole('button', { name: '试运行' }).click()
    const phone = page.locator('.try-panel')
    await phone.getByRole('button', { name: '模拟拨打' }).click()
    await phone.locator('.keypad').getByRole('button', { name: '按键 1' }).click()
    await phone.getByRole('button', { name: '无座席在线' }).click()
    await phone.locator('.heard-end', { hasText: '已留言' }).waitFor()
    for (const name of ['按键菜单', '转技能组'])
      await page.locator(`.card.mark-lit[data-node="${name}"]`).waitFor()
    await page.locator('.card.mark-now[data-node="留言"]').waitFor()
    expect(await faults(page)).toEqual([])
    await phone.getByRole('button', { name: '退一步' }).click()
    await phone.getByRole('button', { name: '无座席在线' }).waitFor()
    await phone.getByRole('button', { name: '存为用例' }).click()
    await page.getByLabel('用例名称').fill('按 1 找售前')
    await page.locator('.ant-modal').getByRole('button', { name: '保存' }).click()
    await phone.getByRole('button', { name: '全部运行' }).click()
    await phone.getByText('1 / 1 通过').waitFor()
    await phone.getByRole('button', { name: '关闭' }).click()
    await saved()
    expect((await draft()).document.cases?.[0]?.name).toBe('按 1 找售前')
  })

  it('shows the same as text, and draws what is typed', async () => {
    await page.locator('.editor-bar').getByText('并排').click()
    const text = page.locator('.text-pane textarea')
    await expect.poll(() => text.inputValue()).toContain('按键菜单:')
    const before = await text.inputValue()
    await text.fill(
      `# 周末的值班流程\n${before}  再见:\n    kind: hangup\n`.replace(
        /cases:[\s\S]*?(?= {2}再见)/,
        '',
      ),
    )
    await card('再见').waitFor()
    await page.locator('.problem-dock li', { hasText: '再见' }).waitFor()
    await text.fill('name: [')
    await page.getByText('文本有语法错误').waitFor()
    await text.fill(before)
    await card('再见').waitFor({ state: 'detached' })
    await page.locator('.editor-bar').getByText('图', { exact: true }).click()
    await saved()
  })

  it('puts it in force, and a call walks it', async () => {
    await page.locator('.editor-bar').getByRole('button', { name: '生效' }).click()
    await page.locator('.ant-modal').getByRole('button', { name: '生效' }).click()
    await page.locator('.editor-state', { hasText: '版本 1 · 生效中' }).waitFor()
    const numbers = (await api(page, 'GET', '/api/numbers')).items as Record<string, unknown>[]
    const before = numbers.filter((n) => n.flow_id)
    const lead = (n: Record<string, unknown>, to: unknown) =>
      api(page, 'PUT', `/api/numbers/${n.id}`, {
        number: n.number,
        name: n.name,
        enabled: n.enabled,
        entries: n.entries,
        flow_id: to,
      })
    for (const n of before) await lead(n, flow)
    try {
      const passed = async () => {
        const { nodes } = (await api(page, 'GET', `/api/flows/${flow}/figures?version=1`)) as {
          nodes: { node: string; left: number; exits: { passed: number }[] }[]
        }
        const menu = nodes.find((n) => n.node === '按键菜单')
        return menu?.exits.some((x) => x.passed > 0) ?? false
      }
      await expect.poll(passed, { timeout: 220_000, interval: 1000 }).toBe(true)
    } finally {
      for (const n of before) await lead(n, n.flow_id)
    }
  }, 240_000)

  it('counts callers on the drawing, and leads to their calls', async () => {
    await page.locator('.editor-bar').getByRole('button', { name: '通过人数' }).click()
    const count = card('按键菜单').locator('button.card-count').first()
    await count.waitFor()
    expect(await faults(page)).toEqual([])
    await count.click()
    await page.waitForURL(/\/records\?.*flow=/)
    const chip = page.locator('.figure-chip')
    await chip.getByText('周末值班 · v1 · 节点 按键菜单').waitFor()
    await page.locator('.data-table tbody tr.ant-table-row').first().waitFor()
    await chip.getByRole('button', { name: '去掉流程条件' }).click()
    await chip.waitFor({ state: 'detached' })
    expect(page.url()).not.toContain('flow=')
    await page.goto(`/settings/flows/${flow}`)
    await card('按键菜单').waitFor()
  })

  it('asks whose work stays when somebody else saved meanwhile', async () => {
    const other = async (title: string) => {
      const { revision, document } = await api(page, 'GET', `/api/flows/${flow}/draft`)
      document.nodes.转技能组.title = title
      await api(page, 'PUT', `/api/flows/${flow}/draft`, { revision, document })
    }
    const rename = async (title: string) => {
      await card('转技能组').click()
      await inspector().locator('#node-title').fill(title)
      await inspector().locator('#node-title').blur()
    }
    const titled = (title: string) => card('转技能组').locator('strong', { hasText: title })
    const dialog = page.locator('.ant-modal', { hasText: '刚保存了这份草稿' })
    await other('同事的售前')
    await rename('我的售前')
    await dialog.waitFor()
    await dialog.getByRole('button', { name: '放弃我的改动' }).click()
    await titled('同事的售前').waitFor()
    await other('同事又改了')
    await rename('我的售前')
    await dialog.getByRole('button', { name: '用我的覆盖' }).click()
    await dialog.waitFor({ state: 'hidden' })
    await saved()
    expect((await draft()).document.nodes.转技能组?.title).toBe('我的售前')
  })

  it('shows a flow to those who may only read it', async () => {
    const role = await api(page, 'POST', '/api/roles', {
      name: '流程查看',
      rights: ['flows.read'],
      scope: 'all',
    })
    const password = 'Xunjian-2026-ok'
    await api(page, 'POST', '/api/agents', {
      login: 'reader',
      name: '巡检员',
      role_id: role.id,
      password,
    })
    const reader = await (await desk(browser, url)).newPage()
    await reader.goto('/sign-in')
    await api(reader, 'POST', '/api/session', { login: 'reader@demo', password })
    await api(reader, 'PUT', '/api/me/password', { old: password, new: `${password}-2` })
    await reader.goto(`/settings/flows/${flow}`)
    await reader.locator('.card[data-node="按键菜单"]').click()
    await reader.locator('.inspector').waitFor()
    expect(await reader.locator('.node-palette').count()).toBe(0)
    expect(await reader.locator('.inspector input:enabled').count()).toBe(0)
    expect(await reader.getByRole('button', { name: '生效', exact: true }).count()).toBe(0)
    await reader.keyboard.press('Delete')
    expect(await reader.locator('.card[data-node="按键菜单"]').count()).toBe(1)
    expect(await faults(reader)).toEqual([])
    await reader.context().close()
  })

  it('refuses a version whose case fails, unless it is forced with a reason', async () => {
    await card('转技能组').click()
    await inspector().locator('#field-group').fill('售后')
    await page.keyboard.press('Escape')
    await page.locator('.saved-state', { hasText: '已保存' }).waitFor()
    await page.locator('.editor-bar').getByRole('button', { name: '生效' }).click()
    const modal = page.locator('.ant-modal')
    await modal.getByPlaceholder('版本说明').fill('周末改由售后接听')
    await modal.getByRole('button', { name: '生效' }).click()
    await modal.getByText('按 1 找售前').waitFor()
    expect(await modal.getByRole('button', { name: '强制生效' }).isDisabled()).toBe(true)
    await modal.locator('#force-reason').fill('售前周末放假')
    await modal.getByRole('button', { name: '强制生效' }).click()
    await page.locator('.editor-state', { hasText: '版本 2 · 生效中' }).waitFor()
    const log = JSON.stringify(await api(page, 'GET', '/api/audit?limit=20'))
    expect(log).toContain('售前周末放假')
  })

  it('compares two versions side by side, and goes back to the older one', async () => {
    await page.getByRole('button', { name: '版本', exact: true }).click()
    const panel = page.locator('.versions-panel')
    await panel.getByRole('button', { name: '对比' }).first().click()
    await page.locator('.diff-canvases .card.mark-changed').first().waitFor()
    expect(await page.locator('.card.mark-changed[data-node="转技能组"]').count()).toBe(2)
    expect(await page.locator('.diff-list li').first().innerText()).toContain('改动')
    expect(await faults(page)).toEqual([])
    await page.getByRole('button', { name: '返回编辑' }).click()
    await page.getByRole('button', { name: '版本', exact: true }).click()
    await panel.getByRole('button', { name: '退回到版本 1' }).click()
    await page.locator('.ant-modal').getByRole('button', { name: '退回' }).click()
    await page.locator('.editor-state', { hasText: '版本 1 · 生效中' }).waitFor()
  })
})
