import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import en from './en.json'
import zhCN from './zh-CN.json'

type Tree = { [key: string]: string | Tree }

function flat(tree: Tree, prefix = ''): Map<string, string> {
  const out = new Map<string, string>()
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === 'string') out.set(prefix + key, value)
    else for (const [k, v] of flat(value, `${prefix}${key}.`)) out.set(k, v)
  }
  return out
}

function sources(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((e) => {
    const path = join(dir, e.name)
    if (e.isDirectory()) return sources(path)
    return /\.tsx?$/.test(e.name) && !/\.test\.tsx?$|\.d\.ts$/.test(e.name)
      ? [readFileSync(path, 'utf8')]
      : []
  })
}

const zh = flat(zhCN)
const english = flat(en)
const code = sources(fileURLToPath(new URL('..', import.meta.url))).join('\n')

/** Keys that stand in the code as a whole, and beginnings of those that are put together: `state.${…}`. */
const whole = new Set(
  [...code.matchAll(/['"`]([a-z_]+(?:\.[A-Za-z_]+)+)['"`]/g)].map((m) => m[1] as string),
)
const beginnings = [
  ...new Set([...code.matchAll(/`([a-z_]+(?:\.[a-z_]+)*\.)\$\{/g)].map((m) => m[1] as string)),
]

describe('words', () => {
  it('are there in both languages', () => {
    expect([...zh.keys()].filter((k) => !english.has(k))).toEqual([])
    expect([...english.keys()].filter((k) => !zh.has(k))).toEqual([])
  })

  it('take the same values in both languages', () => {
    const holes = (s: string) => [...s.matchAll(/\{\{(\w+)\}\}/g)].map((m) => m[1]).sort()
    const differ = [...zh].filter(
      ([k, v]) => holes(v).join() !== holes(english.get(k) ?? '').join(),
    )
    expect(differ.map(([k]) => k)).toEqual([])
  })

  it('are all used', () => {
    const unused = [...zh.keys()].filter(
      (k) => !whole.has(k) && !beginnings.some((b) => k.startsWith(b)),
    )
    expect(unused).toEqual([])
  })

  it('are not missing', () => {
    const groups = new Set([...zh.keys()].map((k) => k.split('.')[0]))
    // A dotted text in the code is a key if it begins like one; rights look the same and have words as well.
    const called = [
      ...code.matchAll(/\bt\(\s*(?:[^'"`()]*\?\s*)?['"]([^'"]+)['"](?:\s*:\s*['"]([^'"]+)['"])?/g),
    ]
      .flatMap((m) => [m[1], m[2]])
      .filter(
        (k): k is string =>
          k !== undefined && /^[a-z_]+\.[\w.]+$/.test(k) && groups.has(k.split('.')[0]),
      )
    expect(called.length).toBeGreaterThan(200)
    expect(called.filter((k) => !zh.has(k))).toEqual([])
    const begun = beginnings.filter((b) => groups.has(b.split('.')[0]))
    expect(begun.filter((b) => ![...zh.keys()].some((k) => k.startsWith(b)))).toEqual([])
  })

  it('say no Chinese in English, and no empty words', () => {
    expect([...english].filter(([, v]) => /[\u4e00-\u9fff]/.test(v)).map(([k]) => k)).toEqual([])
    expect([...zh, ...english].filter(([, v]) => v.trim() === '').map(([k]) => k)).toEqual([])
  })
})
