import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { api, desk, launch, signIn } from './browser'

const url = inject('url')
const passwords = inject('passwords')

/** The web phone of an agent: SIP over WebSocket and sound over WebRTC, with a real FreeSWITCH. */
describe.skipIf(!inject('chromium'))('the web phone', () => {
  let browser: Browser
  let page: Page
  beforeAll(async () => {
    browser = await launch(['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream'])
    const context = await desk(browser, url)
    await context.grantPermissions(['microphone'])
    // Keeps the connections, so that the sound can be counted.
    await context.addInitScript(() => {
      const made: RTCPeerConnection[] = []
      const Original = window.RTCPeerConnection
      window.RTCPeerConnection = class extends Original {
        constructor(config?: RTCConfiguration) {
          super(config)
          made.push(this)
        }
      }
      Object.assign(window, { made })
    })
    page = await context.newPage()
    await signIn(page, '8001@demo', passwords['8001@demo'] ?? '')
  })
  afterAll(() => browser.close())

  const stateIs = (word: string, timeout = 30_000) =>
    page.locator('.state-menu-word', { hasText: word }).waitFor({ timeout })

  /** Packets of sound heard and spoken by the newest connection. */
  const packets = () =>
    page.evaluate(async () => {
      const all = (window as unknown as { made: RTCPeerConnection[] }).made
      const stats = await all.at(-1)?.getStats()
      let heard = 0
      let spoken = 0
      for (const r of stats?.values() ?? []) {
        if (r.type === 'inbound-rtp') heard += r.packetsReceived
        if (r.type === 'outbound-rtp') spoken += r.packetsSent
      }
      return { heard, spoken }
    })

  it('registers, answers a caller, and both hear each other', async () => {
    await stateIs('空闲')
    await page.locator('.incoming-pop').waitFor({ timeout: 180_000 })
    await page.keyboard.press('F2')
    await stateIs('通话中')
    const before = await packets()
    await expect.poll(async () => (await packets()).heard).toBeGreaterThan(before.heard + 25)
    await expect.poll(async () => (await packets()).spoken).toBeGreaterThan(before.spoken + 25)
  }, 240_000)

  it('holds, resumes and hangs up', async () => {
    await page.getByRole('button', { name: '保持' }).click()
    await page.locator('.call-in-hand', { hasText: '保持中' }).waitFor()
    await page.getByRole('button', { name: '恢复' }).click()
    await page.locator('.call-in-hand', { hasText: '通话中' }).waitFor()
    const before = await packets()
    await expect.poll(async () => (await packets()).heard).toBeGreaterThan(before.heard + 25)
    const id = page.url().match(/[0-9a-f-]{36}/)?.[0]
    await page.getByRole('button', { name: '挂断' }).click()
    await stateIs('后处理')
    await expect
      .poll(async () => (await api(page, 'GET', `/api/calls/${id}`)).recording, { timeout: 60_000 })
      .toBe('stored')
    const call = await api(page, 'GET', `/api/calls/${id}`)
    expect(call.outcome).toBe('answered')
    expect(call.hangup_by).toBe('agent')
  })

  it('is one phone in two tabs: the second takes over when the first closes', async () => {
    await page.locator('.state-menu').click()
    await page.getByRole('menuitem', { name: '忙碌', exact: true }).click()
    const second = await page.context().newPage()
    await second.goto('/calls')
    await second.locator('.state-menu').waitFor()
    const registers = second.waitForEvent('websocket', {
      predicate: (w) => !w.url().includes('/connection/'),
    })
    await page.close()
    await registers
    await second.locator('.method-button .ready').waitFor({ timeout: 60_000 })
  })
})
