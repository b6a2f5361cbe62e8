import { expect, inject, it } from 'vitest'
import { api, desk, launch, signIn } from './browser'

const size = 1000 // nodes

/** How long the drawing of a large flow takes, and its frames while a node is dragged. */
it.skipIf(!inject('chromium'))('draws a flow of 1,000 nodes', async () => {
  const nodes: Record<string, unknown> = {}
  for (let i = 0; i < size; i++) {
    nodes[`节点${i}`] = {
      kind: 'menu',
      at: [(i % 40) * 320, Math.floor(i / 40) * 240],
      play: 'menu_main',
      keys: { '1': `节点${(i + 1) % size}`, '2': `节点${(i * 7 + 3) % size}` },
    }
  }
  const browser = await launch()
  try {
    const page = await (await desk(browser, inject('url'))).newPage()
    await signIn(page, 'admin@demo', inject('passwords')['admin@demo'] ?? '')
    const made = await api(page, 'POST', '/api/flows', { name: '大流程' })
    const id = made.id
    const { revision } = await api(page, 'GET', `/api/flows/${id}/draft`)
    await api(page, 'PUT', `/api/flows/${id}/draft`, {
      revision,
      document: { name: '大流程', start: '节点0', nodes },
    })
    await page.goto('/settings/flows')
    await page.locator('main h1').first().waitFor()
    const began = Date.now()
    await page.evaluate((to) => {
      history.pushState(null, '', to)
      dispatchEvent(new PopStateEvent('popstate'))
    }, `/settings/flows/${id}`)
    const card = page.locator('.card[data-node="节点0"]')
    await card.waitFor()
    const drawn = Date.now() - began
    const at = await card.boundingBox()
    if (!at) throw new Error('nothing to drag')
    await page.evaluate(() => {
      const frames: number[] = []
      let last = performance.now()
      const tick = (now: number) => {
        frames.push(now - last)
        last = now
        requestAnimationFrame(tick)
      }
      requestAnimationFrame(tick)
      Object.assign(window, { frames })
    })
    await page.mouse.move(at.x + 60, at.y + 20)
    await page.mouse.down()
    await page.evaluate(() => (window as unknown as { frames: number[] }).frames.splice(0))
    for (let i = 1; i <= 120; i++) await page.mouse.move(at.x + 60 + i, at.y + 20 + (i % 40))
    const frames = await page.evaluate(() => (window as unknown as { frames: number[] }).frames)
    await page.mouse.up()
    frames.sort((a, b) => a - b)
    const of = (q: number) => Math.round(frames[Math.floor(frames.length * q)] ?? 0)
    console.log(
      `${size} nodes: drawn after ${drawn} ms; ${frames.length} frames of a drag: median ${of(0.5)} ms, p95 ${of(0.95)} ms, longest ${of(0.999)} ms`,
    )
    expect(frames.length).toBeGreaterThan(20)
  } finally {
    await browser.close()
  }
})
