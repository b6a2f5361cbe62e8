import { Input } from 'antd'
import { useTranslation } from 'react-i18next'
import { listOf } from '../editor/doc'
import { useDoc } from '../editor/store'
import { AddButton, type ControlProps, RowTools } from './parts'
import { useRows } from './rows'
import { readSpan, type Span, writeSpan } from './week'

const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
const readTexts = (v: unknown) => listOf(v).map(String)
const writeTexts = (list: string[]) => (list.length > 0 ? list : undefined)

/** Weekly times: days as buttons, from and to. */
export function SpansField(p: ControlProps) {
  const { t } = useTranslation()
  const { language } = useDoc()
  const { rows, put, add, remove } = useRows<string>(p.value, readTexts, writeTexts, p.onChange)
  return (
    <div className="table-field" role="group" aria-label={p.label} id={p.id}>
      {rows.map((r, i) => {
        const span = readSpan(r.value)
        return (
          <div className="span-row" key={r.id}>
            {span ? (
              <SpanInput
                span={span}
                disabled={p.disabled}
                onChange={(s) => put(r.id, writeSpan(s, language))}
              />
            ) : (
              <Input
                aria-label={t('editor.item', { n: i + 1 })}
                value={r.value}
                status="error"
                disabled={p.disabled}
                onChange={(e) => put(r.id, e.target.value)}
              />
            )}
            <RowTools what={r.value} disabled={p.disabled} onRemove={() => remove(r.id)} />
          </div>
        )
      })}
      {!p.disabled && (
        <AddButton
          onClick={() =>
            add(
              writeSpan({ days: days.map((_, i) => i < 5), from: '09:00', to: '18:00' }, language),
            )
          }
        >
          {t('editor.add_time')}
        </AddButton>
      )}
    </div>
  )
}

function SpanInput(p: { span: Span; disabled?: boolean; onChange: (s: Span) => void }) {
  const { t } = useTranslation()
  const { span } = p
  return (
    <div className="span-input">
      <div className="days">
        {days.map((d, i) => (
          <button
            key={d}
            type="button"
            className={span.days[i] ? 'on' : ''}
            aria-pressed={span.days[i]}
            aria-label={t(`editor.day_long.${d}`)}
            disabled={p.disabled}
            onClick={() => {
              const next = span.days.map((on, j) => (j === i ? !on : on))
              if (next.some(Boolean)) p.onChange({ ...span, days: next })
            }}
          >
            {t(`editor.day.${d}`)}
          </button>
        ))}
      </div>
      <div className="from-to">
        <ClockInput
          label={t('editor.from')}
          value={span.from}
          disabled={p.disabled}
          onChange={(from) => p.onChange({ ...span, from })}
        />
        <span>–</span>
        <ClockInput
          label={t('editor.to')}
          value={span.to}
          disabled={p.disabled}
          onChange={(to) => p.onChange({ ...span, to })}
        />
      </div>
    </div>
  )
}

function ClockInput(p: {
  label: string
  value: string
  disabled?: boolean
  onChange: (v: string) => void
}) {
  return (
    <input
      type="time"
      className="plain-input tabular"
      aria-label={p.label}
      // The end of a day has no place in such an input; midnight means the same there.
      value={p.value === '24:00' ? '00:00' : p.value}
      disabled={p.disabled}
      onChange={(e) => e.target.value && p.onChange(e.target.value)}
    />
  )
}

/** Dates and runs of dates. */
export function DaysField(p: ControlProps) {
  const { t } = useTranslation()
  const { rows, put, add, remove } = useRows<string>(p.value, readTexts, writeTexts, p.onChange)
  return (
    <div className="table-field" role="group" aria-label={p.label} id={p.id}>
      {rows.map((r) => {
        const [from = '', to = ''] = r.value.split('..')
        return (
          <div className="table-row dates" key={r.id}>
            <input
              type="date"
              className="plain-input tabular"
              aria-label={t('editor.from_day')}
              value={from}
              disabled={p.disabled}
              onChange={(e) => put(r.id, to ? `${e.target.value}..${to}` : e.target.value)}
            />
            <input
              type="date"
              className="plain-input tabular"
              aria-label={t('editor.to_day')}
              value={to}
              min={from}
              disabled={p.disabled}
              onChange={(e) => put(r.id, e.target.value ? `${from}..${e.target.value}` : from)}
            />
            <RowTools what={r.value} disabled={p.disabled} onRemove={() => remove(r.id)} />
          </div>
        )
      })}
      {!p.disabled && <AddButton onClick={() => add('')}>{t('editor.add_day')}</AddButton>}
    </div>
  )
}
