import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { faults } from './axe'
import { api, desk, launch, signIn } from './browser'

const url = inject('url')
const passwords = inject('passwords')

const paths = [
  '/calls',
  '/calls?list=history&range=all',
  '/records?range=all',
  '/records?range=all&flow=1&node=menu&exit=@left',
  '/tasks',
  '/wall',
  '/me',
  '/settings/numbers',
  '/settings/flows',
  '/settings/flows/1',
  '/settings/groups',
  '/settings/agents',
  '/settings/departments',
  '/settings/roles',
  '/settings/trunks',
  '/settings/blacklist',
  '/settings/audit',
  '/settings/keys',
  '/settings/account',
  '/nowhere',
]

describe.skipIf(!inject('chromium')).each([
  { language: 'zh-CN', theme: 'light', width: 1440 },
  { language: 'en', theme: 'dark', width: 1024 },
] as const)('every page, $language, $theme, $width wide', (look) => {
  let browser: Browser
  let page: Page
  beforeAll(async () => {
    browser = await launch()
    page = await (await desk(browser, url, look)).newPage()
  })
  afterAll(() => browser.close())

  it('can be used by everybody', async () => {
    await page.goto('/sign-in')
    await page.locator('button[type=submit]').waitFor()
    const found: Record<string, string[]> = { '/sign-in': await faults(page) }
    await signIn(page, 'admin@demo', passwords['admin@demo'] ?? '')
    const calls = await api(page, 'GET', '/api/calls?limit=1')
    const more = calls.items.length > 0 ? [`/calls/${calls.items[0].id}`] : []
    for (const path of [...paths, ...more]) {
      // By the app's own router, as people go; a reload for each page would only take time.
      await page.evaluate((to) => {
        history.pushState(null, '', to)
        dispatchEvent(new PopStateEvent('popstate'))
      }, path)
      await page.waitForLoadState('networkidle')
      await page.locator('.ant-skeleton').first().waitFor({ state: 'detached' })
      await page.locator('h1').first().waitFor({ state: 'attached' })
      found[path] = await faults(page)
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      if (over > 0) found[path]?.push(`wider than its window by ${over}`)
    }
    expect(Object.fromEntries(Object.entries(found).filter(([, f]) => f.length > 0))).toEqual({})
  })
})
