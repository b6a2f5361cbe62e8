import { afterEach, describe, expect, it, vi } from 'vitest'
import { Baton } from './baton'

/** Web Locks as the browser has them, for one name: first come, first served. */
function locks() {
  let tail: Promise<unknown> = Promise.resolve()
  return {
    request(_: string, fn: () => unknown) {
      const mine = tail.then(fn)
      tail = mine.catch(() => {})
      return mine
    },
  }
}

const open: Baton[] = []
afterEach(() => {
  for (const b of open.splice(0)) b.drop()
  vi.unstubAllGlobals()
})

function tab(name: string, asked = (_: string) => false) {
  const taken = vi.fn()
  const baton = new Baton(name, { taken, asked })
  open.push(baton)
  return { baton, taken }
}

describe('one web phone for all tabs', () => {
  it('gives the phone to the first tab, and to the next only when it closes', async () => {
    vi.stubGlobal('navigator', { locks: locks() })
    const first = tab('a')
    const second = tab('a')
    await vi.waitFor(() => expect(first.taken).toHaveBeenCalledOnce())
    expect(second.baton.holds).toBe(false)
    first.baton.drop()
    await vi.waitFor(() => expect(second.taken).toHaveBeenCalledOnce())
    expect(first.baton.holds).toBe(false)
  })

  it('lets the second tab answer the call that rings in the first', async () => {
    vi.stubGlobal('navigator', { locks: locks() })
    const asked = vi.fn((call: string) => call === 'call-1')
    const first = tab('b', asked)
    await vi.waitFor(() => expect(first.taken).toHaveBeenCalled())
    const second = tab('b')
    expect(await second.baton.ask('call-1')).toBe(true)
    expect(await second.baton.ask('call-2')).toBe(false)
    expect(asked.mock.calls.map(([c]) => c)).toEqual(['call-1', 'call-2'])
  })

  it('does not become the phone after it was dropped while waiting', async () => {
    vi.stubGlobal('navigator', { locks: locks() })
    const first = tab('c')
    await vi.waitFor(() => expect(first.taken).toHaveBeenCalled())
    const second = tab('c')
    second.baton.drop()
    const third = tab('c')
    first.baton.drop()
    await vi.waitFor(() => expect(third.taken).toHaveBeenCalled())
    expect(second.taken).not.toHaveBeenCalled()
  })
})
