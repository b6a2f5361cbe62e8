import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { api, desk, launch, signIn } from './browser'

const url = inject('url')
const passwords = inject('passwords')

/** A WAV file with a tone: 16 bits, 8 kHz, mono. */
function tone(hz: number, seconds: number): Buffer {
  const n = seconds * 8000
  const b = Buffer.alloc(44 + 2 * n)
  b.write('RIFF\0\0\0\0WAVEfmt ', 0, 'latin1')
  b.writeUInt32LE(16, 16)
  b.writeUInt16LE(1, 20)
  b.writeUInt16LE(1, 22)
  b.writeUInt32LE(8000, 24)
  b.writeUInt32LE(16000, 28)
  b.writeUInt16LE(2, 32)
  b.writeUInt16LE(16, 34)
  b.write('data', 36, 'latin1')
  b.writeUInt32LE(2 * n, 40)
  for (let i = 0; i < n; i++) {
    b.writeInt16LE(Math.round(8000 * Math.sin((2 * Math.PI * hz * i) / 8000)), 44 + 2 * i)
  }
  return b
}

interface Prompt {
  id?: number
  name: string
  milliseconds?: number
  source?: string
  text?: string
}

describe.skipIf(!inject('chromium'))('prompts', () => {
  let browser: Browser
  let page: Page
  beforeAll(async () => {
    browser = await launch()
    page = await (await desk(browser, url)).newPage()
    await signIn(page, 'admin@demo', passwords['admin@demo'] ?? '')
    await page.goto('/settings/prompts')
  })
  afterAll(() => browser.close())

  const own = async () =>
    ((await api(page, 'GET', '/api/prompts')).items as Prompt[]).filter((p) => p.id)
  const drop = (files: { name: string; buffer: Buffer }[]) =>
    page
      .locator('.prompts-drop input[type=file]')
      .setInputFiles(files.map((f) => ({ mimeType: 'audio/wav', ...f })))
  const row = (name: string) =>
    page.locator('.ant-table-row', { has: page.locator('strong', { hasText: name }) })

  it('uploads several files and says what is wrong with each that is not taken', async () => {
    await drop([
      { name: '国庆放假通知.wav', buffer: tone(600, 2) },
      { name: '不是声音.mp3', buffer: Buffer.from('hello, this is no sound') },
      { name: '半截.wav', buffer: tone(600, 2).subarray(0, 9000) },
    ])
    const line = (name: string) => page.locator('.upload-list li', { hasText: name })
    await line('国庆放假通知.wav').getByText('已上传为“国庆放假通知”').waitFor()
    await line('不是声音.mp3').getByText('不是 WAV 或 MP3 文件').waitFor()
    await line('半截.wav').getByText('文件不完整，请重新上传').waitFor()
    await row('国庆放假通知').waitFor()
    expect((await own()).map((p) => [p.name, p.milliseconds])).toEqual([['国庆放假通知', 2000]])
  })

  it('plays it in the page', async () => {
    const play = row('国庆放假通知').locator('button.play')
    await play.click()
    // While it plays the button stops it; after two seconds it is over by itself.
    await row('国庆放假通知').locator('button.play[aria-pressed=true]').waitFor()
    await row('国庆放假通知').locator('button.play[aria-pressed=false]').waitFor()
    expect(await page.locator('.ant-message-error').count()).toBe(0)
  })

  it('puts another sound in the place of one of the same name', async () => {
    await drop([{ name: '国庆放假通知.wav', buffer: tone(900, 3) }])
    const failed = page.locator('.upload-list li.failed', { hasText: '已有同名的语音' })
    await failed.getByRole('button', { name: '替换已有的' }).click()
    await page.getByText('已替换“国庆放假通知”').waitFor()
    expect((await own())[0]?.milliseconds).toBe(3000)
  })

  it('has a text spoken, heard and kept, where something can speak', async () => {
    await page.getByRole('button', { name: '文字转语音' }).click()
    const speech = await api(page, 'GET', '/api/speech')
    if ((speech.voices as unknown[]).length === 0) {
      await page.getByText('尚未配置文字转语音').waitFor()
      console.log('text to speech is not tested in the browser: espeak-ng is not installed')
      await page.keyboard.press('Escape')
      return
    }
    await page.getByLabel('要说的内容').fill('您好，国庆节期间我们照常为您服务。')
    await page.locator('.side-sheet-foot').getByRole('button', { name: '试听' }).click()
    await expect
      .poll(async () => (await api(page, 'GET', '/api/speech')).used_today as number)
      .toBeGreaterThan(10)
    await page.getByLabel('名称').last().fill('国庆服务')
    await page.getByRole('button', { name: /保\s*存/ }).click()
    await row('国庆服务').waitFor()
    const kept = (await own()).find((p) => p.name === '国庆服务')
    expect(kept?.text).toBe('您好，国庆节期间我们照常为您服务。')
    expect(kept?.milliseconds).toBeGreaterThan(1500)
  })

  it('renames and removes what nothing uses, and names who uses the rest', async () => {
    await row('国庆放假通知').locator('td').nth(3).click()
    await page.locator('.prompt-sheet').getByLabel('名称').fill('节日通知')
    await page.getByRole('button', { name: /保\s*存/ }).click()
    await row('节日通知').waitFor()
    const flow = `name: 节日值班
start: 通知
nodes:
  通知: {kind: prompt, play: 节日通知, exits: {next: 再见}}
  再见: {kind: hangup}
`
    await api(page, 'POST', '/api/flows', { name: '节日值班', source: flow })
    await page.reload()
    await row('节日通知').getByRole('link', { name: '节日值班' }).waitFor()
    await row('节日通知').locator('td').nth(3).click()
    await page.locator('.prompt-sheet').getByText('不能改名或删除').waitFor()
    await page.keyboard.press('Escape')
    const id = (await own()).find((p) => p.name === '节日通知')?.id
    const res = await page.request.delete(`/api/prompts/${id}`, {
      headers: { 'X-Requested-With': 'e2e' },
    })
    expect(res.status()).toBe(409)
    expect(await res.text()).toContain('节日值班')
  })

  it('plays what comes with the product, in both languages', async () => {
    await page.getByText('系统语音').click()
    await page.getByLabel('查找名称或内容').fill('welcome')
    const line = page.locator('.ant-table-row', { hasText: '您好，欢迎致电' })
    for (const language of ['zh', 'en']) {
      await line.getByRole('button', { name: `播放 welcome ${language}` }).click()
      await line.getByRole('button', { name: `停止 welcome ${language}` }).waitFor()
    }
    expect(await page.locator('.ant-message-error').count()).toBe(0)
  })

  it('shows an agent without the right nothing', async () => {
    const other = await (await desk(browser, url)).newPage()
    await signIn(other, '8001@demo', passwords['8001@demo'] ?? '')
    await other.goto('/settings/prompts')
    await other.locator('.page-state').waitFor()
    expect(await other.locator('.prompts-drop').count()).toBe(0)
  })

  it.runIf(process.env.PICTURES)('looks right', async () => {
    for (const [name, look] of Object.entries({
      zh: { width: 1440 },
      en: { width: 1024, language: 'en', theme: 'dark' },
    } as const)) {
      const p = await (await desk(browser, url, look)).newPage()
      await signIn(p, 'admin@demo', passwords['admin@demo'] ?? '')
      await p.goto('/settings/prompts')
      await p.locator('.ant-table-row').first().waitFor()
      await p.screenshot({ path: `${process.env.PICTURES}/prompts-${name}.png` })
      await p.locator('.ant-table-row td').nth(3).click()
      await p.locator('.prompt-sheet').waitFor()
      await p.waitForTimeout(600)
      await p.screenshot({ path: `${process.env.PICTURES}/prompt-${name}.png` })
      await p.keyboard.press('Escape')
      await p.locator('.page-head-actions button').last().click()
      await p.locator('textarea').first().waitFor()
      await p.waitForTimeout(600)
      await p.screenshot({ path: `${process.env.PICTURES}/speech-${name}.png` })
    }
  })
})
