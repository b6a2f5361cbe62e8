import type { paths } from './schema'
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
    /** The draft that somebody else saved meanwhile. */
    readonly draft?: { revision: number; saved_by?: string; saved_at: string },
    /** What leads to the thing that was to be changed or removed. */
    readonly uses: { kind: string; id: number; name: string }[] = [],
  ) {
    super(message)
    this.name = 'ApiError'
  }

  /** What an answer that is no success says. */
  static of(res: Response): Promise<ApiError> {
    return problem(res)
  }
}

type Method = 'get' | 'post' | 'put' | 'delete'
type Operation<M extends Method, R extends keyof paths> =
  paths[R] extends Record<M, infer O> ? O : never

/** The routes of the description that know a method. */
export type Route<M extends Method> = {
  [R in keyof paths]: Operation<M, R> extends { responses: unknown } ? R : never
}[keyof paths]

type Json<T> = T extends { content: { 'application/json': infer B } } ? B : undefined

/** What a route answers when it did what it was asked. */
export type Answer<M extends Method, R extends keyof paths> =
  Operation<M, R> extends { responses: infer A }
    ? A extends { 200: infer T }
      ? Json<T>
      : A extends { 201: infer T }
        ? Json<T>
        : undefined
    : never

type Part<T, K extends string> = T extends { [k in K]: infer V } ? V : undefined
type Given<K extends string, V> = [V] extends [undefined]
  ? { [k in K]?: undefined }
  : { [k in K]: V }
type Body<O> = O extends { requestBody?: infer R }
  ? [R] extends [undefined]
    ? undefined
    : NonNullable<R> extends { content: { 'application/json': infer B } }
      ? Omit<B, '$schema'>
      : undefined
  : undefined
type Query<O> = O extends { parameters: { query?: infer Q } } ? NonNullable<Q> : undefined

/** What a route takes: the names in its path, its query, its body. */
export type Taken<M extends Method, R extends keyof paths> = Given<
  'path',
  Operation<M, R> extends { parameters: infer P } ? Part<P, 'path'> : undefined
> &
  Given<'body', Body<Operation<M, R>>> & { query?: Query<Operation<M, R>>; signal?: AbortSignal }

type Args<M extends Method, R extends keyof paths> =
  Record<string, never> extends Omit<Taken<M, R>, 'query' | 'signal'>
    ? [opts?: Taken<M, R>]
    : [opts: Taken<M, R>]

interface Opts {
  path?: Record<string, string | number>
  query?: Record<string, unknown>
  body?: unknown
  signal?: AbortSignal
}

let onSignedOut = () => {}

/** Sets what happens when the API says that nobody is signed in any more. */
export function whenSignedOut(fn: () => void) {
  onSignedOut = fn
}

/** The API: every route with what it takes and answers, as its own description says. Each throws ApiError. */
export const api = {
  get: <R extends Route<'get'>>(route: R, ...[opts]: Args<'get', R>) =>
    send<Answer<'get', R>>('GET', route, opts as Opts),
  post: <R extends Route<'post'>>(route: R, ...[opts]: Args<'post', R>) =>
    send<Answer<'post', R>>('POST', route, opts as Opts),
  put: <R extends Route<'put'>>(route: R, ...[opts]: Args<'put', R>) =>
    send<Answer<'put', R>>('PUT', route, opts as Opts),
  delete: <R extends Route<'delete'>>(route: R, ...[opts]: Args<'delete', R>) =>
    send<Answer<'delete', R>>('DELETE', route, opts as Opts),
}

/** Sends to a route that is only known when the program runs; api is the better way where it is known before. */
export async function send<T>(method: string, route: string, opts: Opts = {}): Promise<T> {
  const text = await (await ask(method, route, opts)).text()
  return (text ? JSON.parse(text) : undefined) as T
}

/** Posts to a route that answers with a file, or with something about it as JSON. */
export async function sendForFile<T>(
  route: string,
  body: unknown,
): Promise<{ file: Blob; name: string; json?: undefined } | { file?: undefined; json: T }> {
  const res = await ask('POST', route, { body })
  if (res.headers.get('Content-Type')?.startsWith('application/json')) {
    return { json: (await res.json()) as T }
  }
  const name = /filename\*=UTF-8''([^;]+)/.exec(res.headers.get('Content-Disposition') ?? '')?.[1]
  return { file: await res.blob(), name: decodeURIComponent(name ?? 'export') }
}

async function ask(method: string, route: string, opts: Opts): Promise<Response> {
  const headers: Record<string, string> = { 'X-Requested-With': 'switchdesk' }
  if (opts.body !== undefined) headers['Content-Type'] = 'application/json'
  let res: Response
  try {
    res = await fetch(address(route, opts), {
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
  if (res.ok) return res
  const err = await problem(res)
  if (res.status === 401 && route !== '/api/session') onSignedOut()
  throw err
}

/** Sends a file as the body of a request and tells how much of it (0 to 1) has gone. */
export function sendFile<T>(
  method: 'POST' | 'PUT',
  url: string,
  file: Blob,
  onProgress: (part: number) => void,
): Promise<T> {
  return new Promise((done, fail) => {
    const xhr = new XMLHttpRequest()
    xhr.open(method, url)
    xhr.setRequestHeader('X-Requested-With', 'switchdesk')
    xhr.setRequestHeader('Content-Type', 'application/octet-stream')
    xhr.upload.onprogress = (e) => e.lengthComputable && onProgress(e.loaded / e.total)
    xhr.onerror = () => fail(new ApiError(0, 'network', ''))
    xhr.onload = () => {
      if (xhr.status >= 200 && xhr.status < 300) return done(JSON.parse(xhr.responseText) as T)
      if (xhr.status === 401) onSignedOut()
      void problem(new Response(xhr.responseText, { status: xhr.status })).then(fail)
    }
    xhr.send(file)
  })
}

/** Fills {names} of a route and appends the query. */
export function address(route: string, opts: Pick<Opts, 'path' | 'query'> = {}): string {
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
        draft?: ApiError['draft']
        uses?: ApiError['uses']
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
      e.draft,
      e.uses,
    )
  } catch {
    return new ApiError(res.status, `http.${res.status}`, '', undefined, requestId)
  }
}
