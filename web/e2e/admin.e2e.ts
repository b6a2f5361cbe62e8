import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { api, desk, launch, signIn } from './browser'

const url = inject('url')
const passwords = inject('passwords')

describe.skipIf(!inject('chromium'))('an administrator', () => {
  let browser: Browser
  let page: Page
  beforeAll(async () => {
    browser = await launch()
    page = await (await desk(browser, url)).newPage()
    await signIn(page, 'admin@demo', passwords['admin@demo'] ?? '')
  })
  afterAll(() => browser.close())

  const bad = `name: 夜间值班
start: 欢迎
nodes:
  欢迎:
    kind: prompt
    play: welcome
    exits:
      next: 没有的节点
`

  it('is told line and reason of a bad flow, which changes nothing', async () => {
    await page.goto('/settings/flows')
    const before = await api(page, 'GET', '/api/flows')
    await page.getByRole('button', { name: '上传流程' }).click()
    await page.locator('input[type=file]').setInputFiles({
      name: '夜间值班.yaml',
      mimeType: 'application/yaml',
      buffer: Buffer.from(bad),
    })
    await page.locator('.upload-foot').getByRole('button', { name: '上传流程' }).click()
    const problem = page.locator('.problems li').first()
    await problem.waitFor()
    expect(await problem.innerText()).toMatch(/:8:\d+/)
    expect(await problem.innerText()).toContain('没有的节点')
    expect(await page.locator('.source-gutter .bad').innerText()).toBe('8')
    expect(await api(page, 'GET', '/api/flows')).toEqual(before)
  })

  it('mends it, uploads it and puts it in force', async () => {
    const good = bad.replace('没有的节点', '再见').concat('  再见:\n    kind: hangup\n')
    await page.locator('.source textarea').fill(good)
    await page.locator('.upload-foot').getByRole('button', { name: '检查' }).click()
    await page.locator('.problems-none').waitFor()
    await page.locator('.upload-foot').getByRole('button', { name: '上传流程' }).click()
    await page.waitForURL(/\/settings\/flows\/\d+/)
    await page.getByRole('heading', { name: '夜间值班' }).waitFor()
    expect(await page.locator('.editor-state').innerText()).not.toContain('生效中')
    await page.locator('.editor-bar').getByRole('button', { name: '生效' }).click()
    await page.locator('.ant-modal').getByRole('button', { name: '生效' }).click()
    await page.locator('.editor-state', { hasText: '版本 1 · 生效中' }).waitFor()
    const flows = (await api(page, 'GET', '/api/flows')).items as {
      name: string
      active?: number
    }[]
    expect(flows.find((f) => f.name === '夜间值班')?.active).toBe(1)
  })

  it('adds a service number, is told when it is taken, and removes it', async () => {
    await page.goto('/settings/numbers')
    await add('0755 8600 1234')
    await page.locator('tr', { hasText: '0755 8600 1234' }).waitFor()
    await add('075586001234')
    await page.getByText('这个号码已被使用').waitFor()
    await page.locator('.ant-drawer').getByRole('button', { name: '取消' }).click()
    await page.locator('tr', { hasText: '0755 8600 1234' }).click()
    await page.locator('.ant-drawer').getByRole('button', { name: '删除' }).click()
    await page.locator('.ant-modal').getByRole('button', { name: '删除' }).click()
    await page.locator('tr', { hasText: '0755 8600 1234' }).waitFor({ state: 'detached' })
  })

  async function add(number: string) {
    await page.getByRole('button', { name: '新增服务号码' }).first().click()
    await page.locator('#number').fill(number)
    await page.locator('#name').fill('活动专线')
    await page.locator('.ant-drawer').getByRole('button', { name: '保存' }).click()
  }

  it('adds a person, who then signs in and must change the password', async () => {
    await page.goto('/settings/agents')
    await page.getByRole('button', { name: '新增座席' }).click()
    await page.locator('#name').fill('许文静')
    await page.locator('#login').fill('xuwenjing')
    const password = await page.locator('#password').inputValue()
    await page.locator('#role_id').click()
    await page.locator('.ant-select-item-option', { hasText: '座席' }).click()
    await page.locator('#number').fill('8021')
    await page.locator('.ant-drawer').getByRole('button', { name: '保存' }).click()
    await page.locator('tr', { hasText: '许文静' }).waitFor()

    const theirs = await (await desk(browser, url)).newPage()
    await theirs.goto('/sign-in')
    await theirs.locator('input[autocomplete=username]').fill('xuwenjing@demo')
    await theirs.locator('input[autocomplete=current-password]').fill(password)
    await theirs.locator('button[type=submit]').click()
    await theirs.locator('.must-change').waitFor()
    await theirs.locator('#old').fill(password)
    await theirs.locator('#new').fill('duanwu-zongzi-27')
    await theirs.locator('#again').fill('duanwu-zongzi-27')
    await theirs.getByRole('button', { name: '修改密码' }).click()
    await theirs.locator('.rail').waitFor()
    await theirs.context().close()
  })

  it('changes a group: rule, members and their order', async () => {
    await page.goto('/settings/groups')
    await page.locator('tr', { hasText: '售前' }).click()
    const drawer = page.locator('.ant-drawer')
    await drawer.locator('.members li').first().waitFor()
    const first = await drawer.locator('.members li').first().innerText()
    await drawer.locator('.members li').first().locator('.icon-button').nth(1).click()
    expect(await drawer.locator('.members li').nth(1).innerText()).toContain(
      first.split('\n')[1] ?? first,
    )
    await drawer.getByRole('button', { name: '保存' }).click()
    await drawer.waitFor({ state: 'detached' })
    const groups = (await api(page, 'GET', '/api/groups')).items as {
      name: string
      members: { order: number }[]
    }[]
    expect(groups.find((g) => g.name === '售前')?.members.length).toBeGreaterThan(1)
  })

  it('finds all that in the audit log', async () => {
    await page.goto('/settings/audit')
    await page.locator('tbody tr', { hasText: '周明' }).first().waitFor()
  })
})
