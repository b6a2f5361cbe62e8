import type { FieldSpec, KindSpec, Specs } from './spec'

/** One node as it stands in the file. */
export interface FlowNode {
  kind: string
  title?: string
  at?: [number, number]
  transferable?: boolean
  exits?: Record<string, string>
  [field: string]: unknown
}

/** A saved trial, as it stands in the file. */
export interface FlowCase {
  name?: string
  [field: string]: unknown
}

/** A flow file in its JSON form. */
export interface FlowDoc {
  name: string
  start?: string
  language?: string
  takes?: string | string[]
  nodes: Record<string, FlowNode>
  cases?: FlowCase[]
  [field: string]: unknown
}

/** One way out of a node: where it stands in the file, and where it leads. */
export interface Exit {
  /** "exits.next", "keys.1", "cases.0": the field, then the name or the place in the list. */
  id: string
  field: string
  key: string
  /** What the trail and the figures call it. */
  trail: string
  target?: string
  required: boolean
  /** Recordings played before the call ends when the exit is not connected. */
  says: string[]
  kind: 'exit' | 'key' | 'case'
}

type Table = Record<string, unknown>
const isTable = (v: unknown): v is Table => typeof v === 'object' && v !== null && !Array.isArray(v)
const text = (v: unknown) => (typeof v === 'string' && v !== '' ? v : undefined)

/** One thing or a list of them, as the format allows, as a list. */
export function listOf<T = unknown>(v: unknown): T[] {
  if (v === undefined || v === null) return []
  return (Array.isArray(v) ? v : [v]) as T[]
}

const trailWord: Record<string, string> = { cases: 'case', rules: 'rule' }

/** All ways out of a node: keys and cases first, as they stand in the file, then the kind's own. */
export function exitsOf(node: FlowNode, spec: KindSpec | undefined): Exit[] {
  const out: Exit[] = []
  for (const f of spec?.fields ?? []) out.push(...fieldExits(node, f))
  const known = new Set<string>()
  for (const x of spec?.exits ?? []) {
    known.add(x.name)
    out.push({
      id: `exits.${x.name}`,
      field: 'exits',
      key: x.name,
      trail: x.name,
      target: text(node.exits?.[x.name]),
      required: x.required,
      says: x.says ?? [],
      kind: 'exit',
    })
  }
  // An exit that the kind does not have is a fault in the file; it can be seen and taken away.
  for (const [name, target] of Object.entries(isTable(node.exits) ? node.exits : {})) {
    if (!known.has(name))
      out.push({
        id: `exits.${name}`,
        field: 'exits',
        key: name,
        trail: name,
        target: text(target),
        required: false,
        says: [],
        kind: 'exit',
      })
  }
  return out
}

function fieldExits(node: FlowNode, f: FieldSpec): Exit[] {
  const value = node[f.name]
  const base = { field: f.name, required: true, says: [] }
  if (f.type === 'keys' && isTable(value)) {
    return Object.entries(value).map(([key, target]) => ({
      ...base,
      id: `${f.name}.${key}`,
      key,
      trail: key,
      target: text(target),
      kind: 'key' as const,
    }))
  }
  if ((f.type === 'cases' || f.type === 'rules') && Array.isArray(value)) {
    return value.map((item, i) => ({
      ...base,
      id: `${f.name}.${i}`,
      key: String(i),
      trail: `${trailWord[f.type]} ${i + 1}`,
      target: isTable(item) ? text(item.go) : undefined,
      kind: 'case' as const,
    }))
  }
  return []
}

function withNode(doc: FlowDoc, name: string, node: FlowNode): FlowDoc {
  return { ...doc, nodes: { ...doc.nodes, [name]: node } }
}

/** Gives a field of a node a value; undefined takes it away. */
export function setField(doc: FlowDoc, name: string, field: string, value: unknown): FlowDoc {
  const node = doc.nodes[name]
  if (!node) return doc
  const { [field]: _, ...rest } = node
  if (value === undefined) return withNode(doc, name, rest as FlowNode)
  // A field keeps its place in the file, a new one stands before the exits.
  if (field in node) return withNode(doc, name, { ...node, [field]: value })
  const { exits, ...others } = node
  return withNode(doc, name, {
    ...others,
    [field]: value,
    ...(exits === undefined ? {} : { exits }),
  } as FlowNode)
}

/** Leads an exit to a node, or nowhere. */
export function connect(
  doc: FlowDoc,
  name: string,
  id: string,
  target: string | undefined,
): FlowDoc {
  const node = doc.nodes[name]
  if (!node) return doc
  const dot = id.indexOf('.')
  const field = id.slice(0, dot)
  const key = id.slice(dot + 1)
  const value = node[field]
  if (field === 'exits') {
    const { [key]: _, ...rest } = isTable(node.exits) ? node.exits : {}
    const exits = target === undefined ? rest : { ...(node.exits ?? {}), [key]: target }
    if (Object.keys(exits).length === 0) return setField(doc, name, 'exits', undefined)
    return withNode(doc, name, { ...node, exits: exits as Record<string, string> })
  }
  if (Array.isArray(value)) {
    const at = Number(key)
    return setField(
      doc,
      name,
      field,
      value.map((item, i) => (i === at && isTable(item) ? { ...item, go: target ?? '' } : item)),
    )
  }
  if (isTable(value)) {
    const old = value[key]
    const next = isTable(old) ? { ...old, go: target ?? '' } : (target ?? '')
    return setField(doc, name, field, { ...value, [key]: next })
  }
  return doc
}

/** Applies a change to every place where a node names another one. */
function mapTargets(node: FlowNode, spec: KindSpec | undefined, to: (t: string) => string) {
  let out: FlowDoc = { name: '', nodes: { n: node } }
  for (const x of exitsOf(node, spec)) {
    if (x.target === undefined) continue
    const target = to(x.target)
    if (target !== x.target) out = connect(out, 'n', x.id, target === '' ? undefined : target)
  }
  return out.nodes.n as FlowNode
}

/** A name that is free, made of a wished one. */
export function freeName(doc: FlowDoc, wish: string): string {
  if (!(wish in doc.nodes)) return wish
  const stem = wish.replace(/ \d+$/, '')
  for (let i = 2; ; i++) {
    const name = `${stem} ${i}`
    if (!(name in doc.nodes)) return name
  }
}

/** Adds a node of a kind; the first one becomes the start. */
export function addNode(
  doc: FlowDoc,
  kind: string,
  wish: string,
  at: [number, number],
  fields: Record<string, unknown> = {},
): { doc: FlowDoc; name: string } {
  const name = freeName(doc, wish)
  const next = withNode(doc, name, { kind, at, ...fields })
  if (!next.start || !(next.start in next.nodes)) next.start = name
  return { doc: next, name }
}

/** Takes nodes away, and every way that leads to them. */
export function removeNodes(doc: FlowDoc, names: string[], specs: Specs): FlowDoc {
  const gone = new Set(names)
  const nodes: Record<string, FlowNode> = {}
  for (const [name, node] of Object.entries(doc.nodes)) {
    if (gone.has(name)) continue
    nodes[name] = mapTargets(node, specs.of(node.kind), (t) => (gone.has(t) ? '' : t))
  }
  const start = doc.start && gone.has(doc.start) ? (Object.keys(nodes)[0] ?? '') : doc.start
  return { ...doc, nodes, start }
}

/** Gives a node another name, everywhere. The new name must be free. */
export function rename(doc: FlowDoc, from: string, to: string, specs: Specs): FlowDoc {
  if (from === to || !(from in doc.nodes) || to in doc.nodes) return doc
  const nodes: Record<string, FlowNode> = {}
  for (const [name, node] of Object.entries(doc.nodes)) {
    nodes[name === from ? to : name] = mapTargets(node, specs.of(node.kind), (t) =>
      t === from ? to : t,
    )
  }
  const cases = doc.cases?.map((c) =>
    isTable(c.expect) && c.expect.node === from ? { ...c, expect: { ...c.expect, node: to } } : c,
  )
  return {
    ...doc,
    nodes,
    start: doc.start === from ? to : doc.start,
    ...(cases ? { cases } : {}),
  }
}

export function moveNodes(doc: FlowDoc, places: Map<string, [number, number]>): FlowDoc {
  const nodes = { ...doc.nodes }
  let moved = false
  for (const [name, [x, y]] of places) {
    const node = nodes[name]
    const at: [number, number] = [Math.round(x), Math.round(y)]
    if (!node || (node.at?.[0] === at[0] && node.at?.[1] === at[1])) continue
    nodes[name] = { ...node, at }
    moved = true
  }
  return moved ? { ...doc, nodes } : doc
}

/** What copying puts on the clipboard. */
export interface Fragment {
  switchdesk: 'flow-nodes'
  nodes: Record<string, FlowNode>
}

export function copyNodes(doc: FlowDoc, names: string[]): Fragment {
  const nodes: Record<string, FlowNode> = {}
  for (const name of names) {
    const node = doc.nodes[name]
    if (node) nodes[name] = node
  }
  return { switchdesk: 'flow-nodes', nodes }
}

/** Reads what stands on the clipboard; undefined if it is something else. */
export function readFragment(written: string): Fragment | undefined {
  if (written.length > 1 << 20) return undefined
  try {
    const f = JSON.parse(written) as Fragment
    if (f.switchdesk !== 'flow-nodes' || !isTable(f.nodes)) return undefined
    const nodes = Object.entries(f.nodes).filter(
      ([name, n]) => name !== '' && name.length <= 60 && isTable(n) && typeof n.kind === 'string',
    )
    return nodes.length > 0 && nodes.length <= 2000
      ? { switchdesk: 'flow-nodes', nodes: Object.fromEntries(nodes) as Record<string, FlowNode> }
      : undefined
  } catch {
    return undefined
  }
}

/** Puts copied nodes in: ways among them stay among the copies, others lead where they led if that is here. */
export function pasteNodes(
  doc: FlowDoc,
  fragment: Fragment,
  specs: Specs,
  shift: [number, number] = [40, 40],
): { doc: FlowDoc; names: string[] } {
  let next = doc
  const named = new Map<string, string>()
  for (const [old, node] of Object.entries(fragment.nodes)) {
    const name = freeName(next, old)
    named.set(old, name)
    next = withNode(next, name, node)
  }
  const nodes = { ...next.nodes }
  for (const [old, name] of named) {
    const node = fragment.nodes[old] as FlowNode
    const at = Array.isArray(node.at) ? node.at : [0, 0]
    nodes[name] = {
      ...mapTargets(node, specs.of(node.kind), (t) => named.get(t) ?? (t in doc.nodes ? t : '')),
      at: [Math.round(Number(at[0]) + shift[0]) || 0, Math.round(Number(at[1]) + shift[1]) || 0],
    }
  }
  const start = next.start && next.start in nodes ? next.start : [...named.values()][0]
  return { doc: { ...next, nodes, start }, names: [...named.values()] }
}

/** Who leads to a node. */
export function comesFrom(
  doc: FlowDoc,
  name: string,
  specs: Specs,
): { node: string; exit: Exit }[] {
  return Object.entries(doc.nodes).flatMap(([n, node]) =>
    exitsOf(node, specs.of(node.kind))
      .filter((x) => x.target === name)
      .map((exit) => ({ node: n, exit })),
  )
}

/** Names of the variables that nodes of a flow set, with those that are always there. */
export function variablesOf(doc: FlowDoc, specs: Specs): string[] {
  const names = new Set<string>(['caller', 'service', 'region', 'customer.name'])
  for (const v of listOf<string>(doc.takes)) names.add(String(v))
  for (const node of Object.values(doc.nodes)) {
    for (const f of specs.of(node.kind)?.fields ?? []) {
      const v = node[f.name]
      if (f.type === 'variable' && f.name === 'into' && typeof v === 'string') names.add(v)
      if (f.name === 'gives') for (const n of listOf<string>(v)) names.add(String(n))
      if ((f.type === 'values' || f.type === 'paths') && isTable(v))
        for (const n of Object.keys(v)) names.add(n)
    }
  }
  return [...names]
}
