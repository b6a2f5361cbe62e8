import type { Edge } from '@xyflow/react'
import { exitsOf, type FlowDoc, type FlowNode } from './doc'
import { heightOf } from './layout'
import type { CardData, CardNode, ExitMark, NodeMark } from './node-card'
import type { Specs } from './spec'

/** What is told in the drawing beside the flow itself. */
export interface Overlay {
  nodes?: Map<string, NodeMark>
  exits?: Map<string, Record<string, ExitMark>>
  onFigure?: (node: string, exit: string) => void
}

export interface Counts {
  errors: number
  warnings: number
}

/** The drawing's nodes; those that did not change are the same objects as before, so that they aren't drawn again. */
export function cards(
  doc: FlowDoc,
  specs: Specs,
  problems: Map<string, Counts>,
  overlay: Overlay,
  selected: Set<string>,
  places: Map<string, [number, number]> | undefined,
  before: Map<string, CardNode>,
): CardNode[] {
  return Object.entries(doc.nodes).map(([name, node]) => {
    const old = before.get(name)
    const at = placeOf(node, name, places)
    const count = problems.get(name)
    const fresh = {
      start: doc.start === name,
      errors: count?.errors ?? 0,
      warnings: count?.warnings ?? 0,
      mark: overlay.nodes?.get(name),
      marks: overlay.exits?.get(name),
      onFigure: overlay.onFigure,
    }
    const same =
      old !== undefined &&
      old.data.node === node &&
      (Object.keys(fresh) as (keyof typeof fresh)[]).every((k) => old.data[k] === fresh[k])
    const data: CardData = same
      ? old.data
      : { node, exits: exitsOf(node, specs.of(node.kind)), ...fresh }
    const on = selected.has(name)
    if (
      old &&
      data === old.data &&
      (old.selected ?? false) === on &&
      old.position.x === at[0] &&
      old.position.y === at[1]
    )
      return old
    return {
      ...(old ?? {
        initialWidth: 220,
        initialHeight: heightOf(data.exits.length, true),
      }),
      id: name,
      type: 'card' as const,
      position: { x: at[0], y: at[1] },
      data,
      selected: on,
      ariaLabel: `${specs.label(node.kind)} ${node.title || name}`,
    }
  })
}

function placeOf(
  node: FlowNode,
  name: string,
  places: Map<string, [number, number]> | undefined,
): [number, number] {
  if (Array.isArray(node.at) && node.at.length === 2)
    return [Number(node.at[0]) || 0, Number(node.at[1]) || 0]
  return places?.get(name) ?? [0, 0]
}

export interface LineData extends Record<string, unknown> {
  exit: string
}
export type Line = Edge<LineData>

/** The drawing's lines. */
export function lines(
  doc: FlowDoc,
  specs: Specs,
  overlay: Overlay,
  selected: Set<string>,
  label: (node: string, target: string) => string,
): Line[] {
  const out: Line[] = []
  for (const [name, node] of Object.entries(doc.nodes)) {
    for (const x of exitsOf(node, specs.of(node.kind))) {
      if (x.target === undefined || !(x.target in doc.nodes)) continue
      const mark = overlay.exits?.get(name)?.[x.id] ?? overlay.exits?.get(name)?.[x.trail]
      const id = `${name} ${x.id}`
      out.push({
        id,
        source: name,
        sourceHandle: x.id,
        target: x.target,
        targetHandle: 'in',
        selected: selected.has(id),
        className: mark?.tone ? `mark-${mark.tone}` : undefined,
        zIndex: mark?.tone ? 5 : 0,
        ariaLabel: label(name, x.target),
        data: { exit: x.id },
      })
    }
  }
  return out
}
