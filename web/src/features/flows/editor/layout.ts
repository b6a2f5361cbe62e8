import type { FlowDoc } from './doc'
import { exitsOf } from './doc'
import type { Specs } from './spec'

/** Measures of a node as nodes.css draws it, in pixels. */
export const box = { width: 220, head: 50, line: 22, foot: 8, exit: 24 }

export function heightOf(exits: number, summary: boolean): number {
  return box.head + (summary ? box.line : 0) + exits * box.exit + box.foot
}

/** Places all nodes from left to right, by who leads to whom. */
export async function arrange(doc: FlowDoc, specs: Specs): Promise<Map<string, [number, number]>> {
  const dagre = await import('@dagrejs/dagre')
  const g = new dagre.Graph({ multigraph: true })
  g.setGraph({
    rankdir: 'LR',
    nodesep: 32,
    ranksep: 90,
    marginx: 0,
    marginy: 0,
    ranker: 'longest-path',
  })
  g.setDefaultEdgeLabel(() => ({}))
  const names = Object.keys(doc.nodes)
  if (doc.start && doc.start in doc.nodes) {
    // The start first, so that everything else stands behind it.
    names.splice(names.indexOf(doc.start), 1)
    names.unshift(doc.start)
  }
  for (const name of names) {
    const node = doc.nodes[name]
    if (!node) continue
    const exits = exitsOf(node, specs.of(node.kind))
    g.setNode(name, { width: box.width, height: heightOf(exits.length, true) })
  }
  for (const name of names) {
    const node = doc.nodes[name]
    if (!node) continue
    for (const x of exitsOf(node, specs.of(node.kind))) {
      if (x.target !== undefined && x.target !== name && x.target in doc.nodes)
        g.setEdge(name, x.target, {}, x.id)
    }
  }
  dagre.layout(g)
  const places = new Map<string, [number, number]>()
  for (const name of names) {
    const n = g.node(name)
    places.set(name, [Math.round((n.x ?? 0) - n.width / 2), Math.round((n.y ?? 0) - n.height / 2)])
  }
  return places
}

/** Whether the file says where its nodes stand. */
export function placed(doc: FlowDoc): boolean {
  return Object.values(doc.nodes).every((n) => Array.isArray(n.at) && n.at.length === 2)
}
