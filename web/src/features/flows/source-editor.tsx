import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { Problem } from '@/lib/types'

const lineHeight = 20 // pixels, as in flows.css

/** A text with line numbers; lines with problems are marked. Without onChange it is for reading. */
export function SourceEditor(props: {
  label: string
  value: string
  problems: Problem[]
  line?: number
  onChange?: (text: string) => void
}) {
  const { t } = useTranslation()
  const area = useRef<HTMLTextAreaElement>(null)
  const gutter = useRef<HTMLDivElement>(null)
  const count = props.value.split('\n').length
  const marks = new Map(props.problems.map((p) => [p.line, p.warning ? 'warn' : 'bad']))
  const { line } = props
  useEffect(() => {
    const el = area.current
    if (!line || !el) return
    const lines = el.value.split('\n')
    const start = lines.slice(0, line - 1).reduce((n, l) => n + l.length + 1, 0)
    el.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0))
    el.scrollTop = Math.max(0, (line - 4) * lineHeight)
    if (props.onChange) el.focus()
  }, [line, props.onChange])
  return (
    <div className="source">
      <div className="source-gutter" ref={gutter} aria-hidden="true">
        {Array.from({ length: count }, (_, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: line numbers
          <span key={i} className={marks.get(i + 1) ?? (line === i + 1 ? 'at' : '')}>
            {i + 1}
          </span>
        ))}
      </div>
      <textarea
        ref={area}
        value={props.value}
        readOnly={!props.onChange}
        onChange={(e) => props.onChange?.(e.target.value)}
        onScroll={(e) => {
          if (gutter.current) gutter.current.scrollTop = e.currentTarget.scrollTop
        }}
        aria-label={props.label}
        placeholder={props.onChange && t('flow.paste')}
        spellCheck={false}
        wrap="off"
        autoCapitalize="off"
        autoComplete="off"
      />
    </div>
  )
}
