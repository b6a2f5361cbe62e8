import {
  CheckCircleOutlined,
  CloseCircleOutlined,
  DownOutlined,
  UpOutlined,
  WarningOutlined,
} from '@ant-design/icons'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Problem } from '@/lib/types'
import type { Counts } from './graph'

/** The field of a node that a problem is about; "" for the node as a whole. */
export function fieldOf(p: Problem): string {
  return (p.path ?? '').split(/[.[]/)[0] ?? ''
}

/** How many problems each node has. */
export function countByNode(problems: Problem[]): Map<string, Counts> {
  const out = new Map<string, Counts>()
  for (const p of problems) {
    if (!p.node) continue
    const c = out.get(p.node) ?? { errors: 0, warnings: 0 }
    if (p.warning) c.warnings++
    else c.errors++
    out.set(p.node, c)
  }
  return out
}

/** What is wrong, below the drawing; a click goes to the node and the field, or to the line. */
export function ProblemList(props: {
  problems: Problem[]
  fresh: boolean
  onJump: (p: Problem) => void
}) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(true)
  const sorted = useMemo(
    () =>
      [...props.problems].sort((a, b) => Number(a.warning ?? false) - Number(b.warning ?? false)),
    [props.problems],
  )
  const errors = sorted.filter((p) => !p.warning).length
  const warnings = sorted.length - errors
  return (
    <section className="problem-dock" aria-label={t('flow.problems')}>
      <button
        type="button"
        className="dock-head"
        aria-expanded={open && sorted.length > 0}
        onClick={() => setOpen(!open)}
      >
        <strong>{t('flow.problems')}</strong>
        {sorted.length === 0 ? (
          <span className="good" role="status">
            <CheckCircleOutlined /> {t('flow.no_problems')}
          </span>
        ) : (
          <span role="status">
            <span className={errors > 0 ? 'bad' : ''}>
              <CloseCircleOutlined /> {t('editor.errors', { n: errors })}
            </span>
            <span className={warnings > 0 ? 'warn' : ''}>
              <WarningOutlined /> {t('editor.warnings', { n: warnings })}
            </span>
          </span>
        )}
        {!props.fresh && <small>{t('editor.checking')}</small>}
        {sorted.length > 0 && (open ? <DownOutlined /> : <UpOutlined />)}
      </button>
      {open && sorted.length > 0 && (
        <ul>
          {sorted.slice(0, 500).map((p) => (
            <li key={`${p.line}:${p.column}:${p.node ?? ''}:${p.what}`}>
              <button type="button" onClick={() => props.onJump(p)}>
                {p.warning ? (
                  <WarningOutlined className="warn" />
                ) : (
                  <CloseCircleOutlined className="bad" />
                )}
                <code>{p.node || t('flow.whole')}</code>
                <span className="problem-text">
                  {p.what} {p.do && <small>{p.do}</small>}
                </span>
                <small className="tabular muted">{p.line > 0 ? `${p.line}:${p.column}` : ''}</small>
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
