import type { FlowChange } from '@/lib/types'
import { exitsOf, type FlowDoc } from './doc'
import type { Overlay } from './graph'
import type { ExitMark, NodeMark } from './node-card'
import type { Specs } from './spec'

/** What became of a node, as the drawing tells it. */
export type How = 'added' | 'removed' | 'changed' | 'renamed'

/** Changes that say something: where nodes stand in the drawing is none. */
export function telling(changes: FlowChange[]): FlowChange[] {
  return changes.filter((c) => c.what !== 'moved')
}

/** The changes as marks in the drawing of one side; what stayed is faded. */
export function marksOf(
  changes: FlowChange[],
  side: 'from' | 'to',
  doc: FlowDoc,
  specs: Specs,
  word: (how: How) => string,
): Overlay {
  const nodes = new Map<string, NodeMark>()
  const exits = new Map<string, Record<string, ExitMark>>()
  for (const name of Object.keys(doc.nodes)) nodes.set(name, { tone: 'faded' })
  for (const c of telling(changes)) {
    const name = side === 'from' ? c.was || c.node : c.node
    const node = doc.nodes[name]
    if (!node) continue
    const how = c.what as How
    const tone = how === 'renamed' ? 'changed' : how
    nodes.set(name, { tone, word: word(how) })
    const changed = new Set((c.exits ?? []).map((x) => x.exit))
    const of: Record<string, ExitMark> = {}
    for (const x of exitsOf(node, specs.of(node.kind))) {
      if (tone !== 'changed') of[x.id] = { tone }
      else if (changed.has(x.trail)) of[x.id] = { tone: side === 'from' ? 'removed' : 'added' }
    }
    exits.set(name, of)
  }
  return { nodes, exits }
}
