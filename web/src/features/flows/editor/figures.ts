import dayjs from 'dayjs'
import { fullTime, now } from '@/lib/time'
import type { FlowFigures } from '@/lib/types'
import type { Overlay } from './graph'
import type { ExitMark, NodeMark } from './node-card'

export const spans = ['today', 'week', 'month'] as const
export type SpanName = (typeof spans)[number]

/** First and last day of a span, in the account's zone. */
export function daysOf(span: SpanName): { from: string; to: string } {
  const to = fullTime(new Date(now()).toISOString()).slice(0, 10)
  const back = { today: 0, week: 6, month: 29 }[span]
  return { from: dayjs(to).subtract(back, 'day').format('YYYY-MM-DD'), to }
}

/** Counts as marks in the drawing. */
export function figureMarks(
  figures: FlowFigures | undefined,
  names: string[],
  onFigure: (node: string, exit: string) => void,
): Overlay {
  if (!figures) return {}
  const nodes = new Map<string, NodeMark>()
  const exits = new Map<string, Record<string, ExitMark>>()
  for (const name of names) nodes.set(name, { entered: 0 }) // nobody came there
  for (const n of figures.nodes) {
    nodes.set(n.node, { entered: n.entered, left: n.left, now: n.now })
    exits.set(n.node, Object.fromEntries(n.exits.map((x) => [x.exit, { passed: x.passed }])))
  }
  return { nodes, exits, onFigure }
}
