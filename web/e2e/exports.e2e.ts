import { readFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { api, desk, launch, signIn } from './browser'
import { sheetRows, unzip } from './zip'

const url = inject('url')
const passwords = inject('passwords')

describe.skipIf(!inject('chromium'))('what leaves the house and what stays', () => {
  let browser: Browser
  let admin: Page
  let call: { id: string; from: string }
  beforeAll(async () => {
    browser = await launch()
    admin = await (await desk(browser, url)).newPage()
    await signIn(admin, 'admin@demo', passwords['admin@demo'] ?? '')
    // Somebody has talked by now, or will in a moment.
    call = await vi.waitFor(
      async () => {
        const query = '/api/calls?direction=in&recording=stored&limit=1'
        const first = (await api(admin, 'GET', query)).items[0]
        if (!first) throw new Error('no call has a recording yet')
        return first
      },
      { timeout: 110_000, interval: 1000 },
    )
  })
  afterAll(() => browser.close())

  /** Clicks, and gives the file that the browser then saves. */
  const saved = async (click: () => Promise<void>) => {
    const coming = admin.waitForEvent('download')
    await click()
    const file = await coming
    return { name: file.suggestedFilename(), data: readFileSync(await file.path()) }
  }
  const exportAs = async (what: string) => {
    await admin.getByRole('button', { name: '导出' }).click()
    await admin.getByRole('menuitem', { name: what }).click()
  }

  it('gives the calls that were found and chosen as a workbook, and their recordings as a zip', async () => {
    await admin.goto('/records?range=all')
    await admin
      .getByRole('textbox', { name: '主叫或被叫号码，输入一部分即可' })
      .fill(call.from.slice(-8))
    await admin.keyboard.press('Enter')
    await admin.waitForURL(/number=/)
    const row = admin.locator(`tr[data-row-key="${call.id}"]`)
    await row.waitFor()
    await row.locator('.ant-checkbox').click()
    await admin.getByText('已选 1 通').waitFor()

    const book = await saved(() => exportAs('导出通话记录（Excel）'))
    expect(book.name).toMatch(/\.xlsx$/)
    const rows = sheetRows(book.data)
    expect(rows).toHaveLength(2)
    expect(rows[0]).toContain('主叫号码')
    expect(rows[1]).toContain(call.id)
    expect(rows[1]).toContain(call.from)

    await exportAs('批量导出录音（zip）')
    await admin.getByRole('button', { name: '查看任务' }).click()
    await admin.waitForURL(/\/tasks$/)
    const task = admin.locator('tr[data-row-key]', { hasText: '批量导出录音' }).first()
    await task.getByText('已完成').waitFor({ timeout: 60_000 })
    await task.getByText('1 条').waitFor()
    const zip = await saved(() => task.getByRole('link', { name: '下载' }).click())
    expect(zip.name).toMatch(/\.zip$/)
    const entries = unzip(zip.data)
    const names = [...entries.keys()]
    expect(names).toHaveLength(2)
    const audio = names.find((n) => n.includes(call.id)) ?? ''
    expect(entries.get(audio)?.toString('latin1', 0, 4)).toBe('RIFF')
    const list = sheetRows(entries.get('录音清单.xlsx') as Buffer)
    expect(list).toHaveLength(2)
    expect(list[1]).toContain('已包含')
  })

  it('gives everything that a search finds, when nothing is chosen', async () => {
    await admin.goto(`/records?range=all&caller=${call.from}&direction=in`)
    await admin.locator(`tr[data-row-key="${call.id}"]`).waitFor()
    const found = async () =>
      (await api(admin, 'GET', `/api/calls/count?caller=${call.from}&direction=in`)).count
    const before = await found()
    const book = await saved(() => exportAs('导出通话记录（含 IVR 轨迹）'))
    const rows = sheetRows(book.data)
    expect(rows[0]).toContain('IVR轨迹')
    // The same caller may have called again meanwhile.
    expect(rows.length - 1).toBeGreaterThanOrEqual(before)
    expect(rows.length - 1).toBeLessThanOrEqual(await found())
  })

  it('keeps a call under legal hold, for a reason that the audit log has', async () => {
    await admin.goto(`/calls/${call.id}?list=history&range=all`)
    await admin.getByRole('button', { name: '法律保留', exact: true }).click()
    const pop = admin.locator('.hold-pop')
    const go = (name: string) => pop.getByRole('button', { name })
    expect(await go('法律保留').isDisabled()).toBe(true)
    await pop.getByRole('textbox').fill('客户诉讼，案号 118')
    await go('法律保留').click()
    const held = admin.getByRole('button', { name: '已法律保留' })
    await held.waitFor()
    await admin.goto('/settings/account')
    await admin.getByText('目前有 1 通法律保留的通话。').waitFor()
    await admin.goto('/settings/audit')
    await admin.getByText('客户诉讼，案号 118').first().waitFor()

    await admin.goto(`/calls/${call.id}?list=history&range=all`)
    await held.click()
    await pop.getByRole('textbox').fill('已结案')
    await go('解除法律保留').click()
    await admin.getByRole('button', { name: '法律保留', exact: true }).waitFor()
    expect((await api(admin, 'GET', '/api/retention')).held).toBe(0)
  })

  it('has how long calls are kept changed, and asks before less is kept', async () => {
    const days = (name: string) => admin.getByRole('spinbutton', { name })
    const keep = async (recordings: string, records: string) => {
      await days('录音保存天数').fill(recordings)
      await days('通话记录保存天数').fill(records)
      await admin
        .getByRole('region', { name: '保存期限' })
        .getByRole('button', { name: '保存' })
        .click()
    }
    await admin.goto('/settings/account')
    await keep('365', '730')
    await admin.getByRole('button', { name: '缩短并删除' }).click()
    await admin.getByText('已保存').waitFor()
    await admin.reload()
    await expect.poll(() => days('录音保存天数').inputValue()).toBe('365')
    expect(await days('通话记录保存天数').inputValue()).toBe('730')
    await keep('0', '0') // for ever: nothing is lost, nothing is asked
    await admin.getByText('已保存').waitFor()
    const rules = await api(admin, 'GET', '/api/retention')
    expect([rules.recording_days, rules.record_days]).toEqual([0, 0])
  })

  it('says that calls behind a figure of a flow are listed, until that is taken away', async () => {
    await admin.goto('/records?range=all&flow=1&node=nowhere&exit=@left')
    const chip = admin.locator('.figure-chip')
    await chip.getByText('节点 nowhere · 出口 在此挂断').waitFor()
    await chip.getByRole('button', { name: '去掉流程条件' }).click()
    await admin.waitForURL((u) => !/flow=|node=|exit=/.test(u.search))
    await chip.waitFor({ state: 'detached' })
    await admin.locator('tr[data-row-key]').first().waitFor()
  })
})
