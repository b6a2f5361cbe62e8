type Side = number | 'draft'

/** What stands in the address of the editor. */
export interface EditorSearch {
  version?: number
  from?: Side
  to?: Side
}

/** Reads an address; what it does not know is left out. */
export function readEditorSearch(s: Record<string, unknown>): EditorSearch {
  const n = (v: unknown) =>
    Number.isSafeInteger(Number(v)) && Number(v) > 0 ? Number(v) : undefined
  const side = (v: unknown): Side | undefined => (v === 'draft' ? 'draft' : n(v))
  return { version: n(s.version), from: side(s.from), to: side(s.to) }
}
