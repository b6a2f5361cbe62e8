import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { Button, Checkbox, Input } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { WeekSpan } from '@/lib/types'
import { clashes, pieces, readClock, weekdays } from './week'
import './calendars.css'

const hourMarks = [0, 6, 12, 18, 24]

/** The week as seven lines of a day: where it is coloured, it is open. */
export function WeekPicture({ spans }: { spans: WeekSpan[] }) {
  const { t } = useTranslation()
  const parts = pieces(spans)
  const bad = clashes(spans)
  return (
    <div className="week-picture" role="img" aria-label={t('calendar.week')}>
      {weekdays.map((d) => (
        <div key={d} className="week-line">
          <span>{t(`weekday.${d}`)}</span>
          <div className="week-track">
            {parts
              .filter((p) => p.day === d)
              .map((p) => (
                <i
                  key={`${p.span}-${p.from}`}
                  className={bad.has(p.span) ? 'bad' : ''}
                  style={{ left: `${p.from / 14.4}%`, width: `${(p.to - p.from) / 14.4}%` }}
                />
              ))}
          </div>
        </div>
      ))}
      <div className="week-hours" aria-hidden="true">
        {hourMarks.map((h) => (
          <span key={h} style={{ left: `${(h / 24) * 100}%` }}>
            {h}
          </span>
        ))}
      </div>
    </div>
  )
}

/** Weekly times: lines of days and hours, and the picture of the week that they make. */
export function WeekEditor(props: {
  value?: WeekSpan[]
  onChange?: (spans: WeekSpan[]) => void
  picture?: boolean
}) {
  const { t } = useTranslation()
  const spans = props.value ?? []
  const bad = clashes(spans)
  const set = (i: number, more: Partial<WeekSpan>) =>
    props.onChange?.(spans.map((s, j) => (j === i ? { ...s, ...more } : s)))
  return (
    <div className="week-editor">
      {props.picture !== false && <WeekPicture spans={spans} />}
      {spans.map((s, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other name than their place
        <div key={i} className="span-line">
          <Checkbox.Group
            className="span-days"
            aria-label={t('calendar.days_of', { n: i + 1 })}
            value={s.days}
            options={weekdays.map((d) => ({ value: d, label: t(`weekday.${d}`) }))}
            onChange={(days) => set(i, { days: [...days].sort() })}
          />
          <span className="span-times">
            <ClockField
              label={t('calendar.from_of', { n: i + 1 })}
              value={s.from}
              onChange={(from) => set(i, { from })}
            />
            –
            <ClockField
              label={t('calendar.to_of', { n: i + 1 })}
              value={s.to}
              onChange={(to) => set(i, { to })}
            />
          </span>
          <Button
            type="text"
            icon={<DeleteOutlined />}
            aria-label={t('calendar.drop_span', { n: i + 1 })}
            onClick={() => props.onChange?.(spans.filter((_, j) => j !== i))}
          />
          {bad.has(i) && (
            <p className="span-bad" role="alert">
              {t('error.calendar_overlap')}
            </p>
          )}
        </div>
      ))}
      <Button
        type="dashed"
        icon={<PlusOutlined />}
        onClick={() =>
          props.onChange?.([
            ...spans,
            { days: spans.length ? [6, 7] : [1, 2, 3, 4, 5], from: '09:00', to: '18:00' },
          ])
        }
      >
        {t('calendar.add_span')}
      </Button>
    </div>
  )
}

/** A time of day, typed; 24:00 is the end of the day. */
function ClockField(props: { label: string; value: string; onChange: (v: string) => void }) {
  const [text, setText] = useState(props.value)
  useEffect(() => setText(props.value), [props.value])
  const good = readClock(text)
  return (
    <Input
      className="clock-field tabular"
      aria-label={props.label}
      value={text}
      maxLength={5}
      status={good ? undefined : 'error'}
      onChange={(e) => {
        setText(e.target.value)
        const v = e.target.value.length >= 4 && readClock(e.target.value)
        if (v) props.onChange(v)
      }}
      onBlur={() => {
        if (good) props.onChange(good)
        setText(good ?? props.value)
      }}
    />
  )
}
