import { learnClock } from './time'
import type { Problem } from './types'

/** What the API says when it can't do something: a stable code, a sentence, and the field at fault. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly field?: string,
    readonly requestId?: string,
    readonly problems: Problem[] = [],
  ) {
    super(message)
    this.name = 'ApiError'
  }
}

export interface Send {
  path?: Record<string, string | number>
  query?: Record<string, string | number | boolean | undefined>
  body?: unknown
  signal?: AbortSignal
}

let onSignedOut = () => {}

/** Sets what happens when the API says that nobody is signed in any more. */
export function whenSignedOut(fn: () => void) {
  onSignedOut = fn
}

/** Sends one request and gives its JSON; throws ApiError. */
export async function send<T = void>(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  route: string,
  opts: Send = {},
): Promise<T> {
  const url = address(route, opts)
  const headers: Record<string, string> = { 'X-Requested-With': 'switchdesk' }
  if (opts.body !== undefined) headers['Content-Type'] = 'application/json'
  let res: Response
  try {
    res = await fetch(url, {
      method,
      headers,
      body: opts.body === undefined ? undefined : JSON.stringify(opts.body),
      signal: opts.signal,
      credentials: 'same-origin',
    })
  } catch (err) {
    if (err instanceof DOMException && err.name === 'AbortError') throw err
    throw new ApiError(0, 'network', '')
  }
  learnClock(res.headers.get('Date'))
  if (res.ok) {
    if (res.status === 204) return undefined as T
    const text = await res.text()
    return (text ? JSON.parse(text) : undefined) as T
  }
  const err = await problem(res)
  if (res.status === 401 && route !== '/api/session') onSignedOut()
  throw err
}

/** Fills {names} of a route and appends the query. */
export function address(route: string, opts: Pick<Send, 'path' | 'query'> = {}): string {
  let url = route.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(opts.path?.[name] ?? '')),
  )
  const query = new URLSearchParams()
  for (const [key, value] of Object.entries(opts.query ?? {})) {
    if (value !== undefined && value !== '') query.set(key, String(value))
  }
  if (query.size > 0) url += `?${query}`
  return url
}

async function problem(res: Response): Promise<ApiError> {
  const requestId = res.headers.get('X-Request-Id') ?? undefined
  try {
    const body = (await res.json()) as {
      error?: {
        code?: string
        message?: string
        field?: string
        request_id?: string
        problems?: Problem[]
      }
    }
    const e = body.error ?? {}
    return new ApiError(
      res.status,
      e.code ?? `http.${res.status}`,
      e.message ?? '',
      e.field || undefined,
      e.request_id ?? requestId,
      e.problems,
    )
  } catch {
    return new ApiError(res.status, `http.${res.status}`, '', undefined, requestId)
  }
}
