import { existsSync } from 'node:fs'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'

/** Where a Chromium is found; tests are skipped, and say so, without one. */
export const chromiumPath = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((p) => p && existsSync(p))

export function launch(more: string[] = []): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--autoplay-policy=no-user-gesture-required',
      ...more,
    ],
  })
}

export interface Look {
  width?: number
  height?: number
  language?: 'zh-CN' | 'en'
  theme?: 'light' | 'dark'
}

/** A browser of its own, as one person at one desk has it. */
export async function desk(
  browser: Browser,
  url: string,
  look: Look = {},
): Promise<BrowserContext> {
  const context = await browser.newContext({
    baseURL: url,
    viewport: { width: look.width ?? 1440, height: look.height ?? 900 },
    locale: look.language ?? 'zh-CN',
    timezoneId: 'Asia/Shanghai',
  })
  context.setDefaultTimeout(15_000)
  await context.addInitScript(
    ([language, theme]) => {
      localStorage.setItem('switchdesk.language', language)
      localStorage.setItem('switchdesk.theme', theme)
    },
    [look.language ?? 'zh-CN', look.theme ?? 'light'] as const,
  )
  return context
}

/** Signs in by the form and waits for the frame. */
export async function signIn(page: Page, login: string, password: string) {
  await page.goto('/sign-in')
  await page.locator('input[autocomplete=username]').fill(login)
  await page.locator('input[autocomplete=current-password]').fill(password)
  await page.locator('button[type=submit]').click()
  await page.locator('.rail').waitFor()
}

/** Calls the API as the person who is signed in on a page. */
export async function api(
  page: Page,
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: unknown,
) {
  const res = await page.request.fetch(path, {
    method,
    headers: { 'X-Requested-With': 'e2e' },
    ...(body === undefined ? {} : { data: body }),
  })
  if (!res.ok()) throw new Error(`${method} ${path}: ${res.status()} ${await res.text()}`)
  const text = await res.text()
  return text ? JSON.parse(text) : undefined
}
