import { CloseCircleFilled, PlayCircleFilled, WarningFilled } from '@ant-design/icons'
import { Handle, type Node, type NodeProps, Position } from '@xyflow/react'
import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Exit, FlowNode } from './doc'
import { kindIcon } from './icons'
import { groupOf } from './spec'
import { exitWords, summaryOf } from './words'
import { useWorld } from './world'

export type NodeTone = 'lit' | 'now' | 'added' | 'removed' | 'changed' | 'faded'

/** What is told about a node beside what it is. */
export interface NodeMark {
  tone?: NodeTone
  word?: string
  entered?: number
  left?: number
  now?: number
}

/** What is told about a way out of a node. */
export interface ExitMark {
  tone?: 'lit' | 'added' | 'removed' | 'changed'
  passed?: number
}

export interface CardData extends Record<string, unknown> {
  node: FlowNode
  exits: Exit[]
  start: boolean
  errors: number
  warnings: number
  mark?: NodeMark
  marks?: Record<string, ExitMark>
  onFigure?: (node: string, exit: string) => void
}

export type CardNode = Node<CardData, 'card'>

/** A node in the drawing: what it is, what it does in a line, and its ways out. */
export const NodeCard = memo(function NodeCard({
  id,
  data,
  selected,
  isConnectable,
}: NodeProps<CardNode>) {
  const { t } = useTranslation()
  const { specs, words } = useWorld()
  const { node, exits, mark } = data
  const spec = specs.of(node.kind)
  const summary = summaryOf(node, spec, words, t)
  const title = node.title || id
  return (
    <div
      className={`card ${selected ? 'selected' : ''} ${mark?.tone ? `mark-${mark.tone}` : ''}`}
      data-node={id}
    >
      <Handle type="target" position={Position.Left} id="in" isConnectable={isConnectable} />
      {data.start && (
        <span className="card-start">
          <PlayCircleFilled /> {t('editor.start')}
        </span>
      )}
      {mark?.word && <span className="card-word">{mark.word}</span>}
      <header>
        <span aria-hidden="true" className={`kind-icon kind-${groupOf(node.kind)}`}>
          {kindIcon(node.kind)}
        </span>
        <span className="card-title">
          <strong title={title}>{title}</strong>
          <small>{specs.label(node.kind)}</small>
        </span>
        {data.errors > 0 ? (
          <span
            className="card-problem bad"
            role="img"
            aria-label={t('editor.errors', { n: data.errors })}
          >
            <CloseCircleFilled /> {data.errors}
          </span>
        ) : (
          data.warnings > 0 && (
            <span
              className="card-problem warn"
              role="img"
              aria-label={t('editor.warnings', { n: data.warnings })}
            >
              <WarningFilled /> {data.warnings}
            </span>
          )
        )}
      </header>
      <p className="card-summary" title={summary}>
        {summary || ' '}
      </p>
      {exits.map((x) => (
        <ExitRow
          key={x.id}
          exit={x}
          label={exitWords(x, node, spec, t)}
          id={id}
          data={data}
          connectable={isConnectable}
        />
      ))}
      {mark && (mark.entered !== undefined || mark.left !== undefined) && (
        <CardFigures id={id} data={data} />
      )}
    </div>
  )
})

function ExitRow(props: {
  exit: Exit
  label: string
  id: string
  data: CardData
  connectable: boolean
}) {
  const { t } = useTranslation()
  const { words } = useWorld()
  const { exit, label, data, id } = props
  const mark = data.marks?.[exit.id] ?? data.marks?.[exit.trail]
  const open = exit.target === undefined
  const counted = data.mark?.entered !== undefined
  const fallback = exit.says.map((s) => words.get(s) || s).join(' ')
  return (
    <div
      className={`card-exit ${open ? 'open' : ''} ${open && exit.required ? 'missing' : ''} ${mark?.tone ? `mark-${mark.tone}` : ''}`}
      title={open && !exit.required ? t('editor.open_exit', { says: fallback }) : label}
    >
      <span className="card-exit-label">{label}</span>
      {counted && !mark?.passed ? (
        <span className="tabular card-none">0</span>
      ) : mark?.passed !== undefined ? (
        <button
          type="button"
          className="card-count tabular nodrag"
          onClick={() => data.onFigure?.(id, exit.trail)}
          aria-label={t('editor.passed', { exit: label, n: mark.passed })}
        >
          {mark.passed}
        </button>
      ) : (
        open && (
          <small>
            {exit.required
              ? t('editor.not_connected')
              : exit.key === 'holiday'
                ? t('editor.as_closed')
                : t('editor.ends')}
          </small>
        )
      )}
      <Handle
        type="source"
        position={Position.Right}
        id={exit.id}
        isConnectable={props.connectable}
      />
    </div>
  )
}

function CardFigures({ id, data }: { id: string; data: CardData }) {
  const { t } = useTranslation()
  const { entered = 0, left = 0, now = 0 } = data.mark ?? {}
  return (
    <footer>
      <span className="tabular">{t('editor.entered', { n: entered })}</span>
      {now > 0 && <span className="tabular card-now">{t('editor.now', { n: now })}</span>}
      {left > 0 && (
        <button
          type="button"
          className="card-left tabular nodrag"
          onClick={() => data.onFigure?.(id, '@left')}
        >
          {t('editor.left', { n: left })}
        </button>
      )}
    </footer>
  )
}
