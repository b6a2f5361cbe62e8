import { useEffect, useRef, useState } from 'react'

let last = 0
export interface Row<T> {
  id: number
  value: T
}
const rowOf = <T>(value: T): Row<T> => ({ id: ++last, value })

/**
 * Rows of a table that is being edited. What can't stand in the file yet (an
 * empty or a doubled key) stays here; the rest is told on each change.
 */
export function useRows<T>(
  value: unknown,
  read: (value: unknown) => T[],
  write: (rows: T[]) => unknown,
  onChange: (value: unknown) => void,
) {
  const told = useRef<unknown>(value)
  const [rows, setRows] = useState<Row<T>[]>(() => read(value).map(rowOf))
  useEffect(() => {
    // From outside: undone, typed as text, another node.
    if (value === told.current) return
    told.current = value
    setRows((old) => {
      const fresh = read(value)
      return fresh.map((v, i) => {
        const before = old[i]
        return before && JSON.stringify(before.value) === JSON.stringify(v) ? before : rowOf(v)
      })
    })
  }, [value, read])
  const set = (next: Row<T>[]) => {
    setRows(next)
    const written = write(next.map((r) => r.value))
    told.current = written
    onChange(written)
  }
  return {
    rows,
    put: (id: number, v: T) => set(rows.map((r) => (r.id === id ? { ...r, value: v } : r))),
    add: (v: T) => set([...rows, rowOf(v)]),
    remove: (id: number) => set(rows.filter((r) => r.id !== id)),
    move: (id: number, by: -1 | 1) => {
      const from = rows.findIndex((r) => r.id === id)
      const to = from + by
      const a = rows[from]
      const b = rows[to]
      if (!a || !b) return
      set(rows.with(from, b).with(to, a))
    },
  }
}

/** A table of the file as pairs, in its order. */
export function pairs(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.entries(value)
    : []
}

/** Pairs as a table of the file: rows without a key, and all but the first of a doubled one, stay out. */
export function table(rows: [string, unknown][]): unknown {
  const out: Record<string, unknown> = {}
  for (const [k, v] of rows) if (k !== '' && !(k in out)) out[k] = v
  return Object.keys(out).length > 0 ? out : undefined
}

/** Keys that stand more than once. */
export function doubled(keys: string[]): Set<string> {
  return new Set(keys.filter((k, i) => k !== '' && keys.indexOf(k) !== i))
}
