import { afterEach, describe, expect, it, vi } from 'vitest'
import { ApiError, address, api, whenSignedOut } from './api'

afterEach(() => vi.unstubAllGlobals())

const answer = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  vi.stubGlobal(
    'fetch',
    vi.fn(
      async () =>
        new Response(body === undefined ? null : JSON.stringify(body), { status, headers }),
    ),
  )

describe('requests', () => {
  it('fill their path and leave out what is not set', () => {
    expect(address('/api/calls/{id}', { path: { id: 'a/b?c' } })).toBe('/api/calls/a%2Fb%3Fc')
    expect(address('/api/calls', { query: { number: '138', mine: undefined, cursor: '' } })).toBe(
      '/api/calls?number=138',
    )
  })

  it('carry what keeps other sites from sending them', async () => {
    answer(204, undefined)
    await api.post('/api/bar/wrapup/finish')
    const [, init] = vi.mocked(fetch).mock.calls[0] ?? []
    expect(new Headers(init?.headers).get('X-Requested-With')).toBe('switchdesk')
    expect(init?.credentials).toBe('same-origin')
  })

  it('fail with code, field and problems', async () => {
    const problems = [{ line: 3, column: 5, what: 'x' }]
    answer(422, {
      error: { code: 'flow.refused', message: 'no', field: 'source', request_id: 'r1', problems },
    })
    const err = await api.get('/api/flows').catch((e) => e)
    expect(err).toBeInstanceOf(ApiError)
    expect(err).toMatchObject({
      status: 422,
      code: 'flow.refused',
      field: 'source',
      requestId: 'r1',
      problems,
    })
  })

  it('fail plainly where there is no answer, or one that is not ours', async () => {
    vi.stubGlobal(
      'fetch',
      vi.fn(() => Promise.reject(new TypeError('refused'))),
    )
    expect(await api.get('/api/me').catch((e) => e)).toMatchObject({ status: 0, code: 'network' })
    vi.stubGlobal(
      'fetch',
      vi.fn(async () => new Response('<html>bad gateway', { status: 502 })),
    )
    expect(await api.get('/api/me').catch((e) => e)).toMatchObject({
      status: 502,
      code: 'http.502',
    })
  })

  it('tell that nobody is signed in, but not when the sign-in itself is wrong', async () => {
    const out = vi.fn()
    whenSignedOut(out)
    answer(401, { error: { code: 'sign_in.wrong', message: 'no' } })
    await api.post('/api/session', { body: { login: 'a', password: 'b' } }).catch(() => {})
    expect(out).not.toHaveBeenCalled()
    await api.get('/api/me').catch(() => {})
    expect(out).toHaveBeenCalledOnce()
  })
})
