import { Alert, Skeleton } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { addDays, weekdayOf } from '@/features/calendars/week'
import { dayAndClock, dayToday, instantOf, now, shortTime, startOfDay } from '@/lib/time'
import type { EntryView, NumberPreview } from '@/lib/types'
import { errorText } from '@/ui/page-state'
import { usePreview } from './data'

/** What a schedule does: who answers at a time, through the week, and what in it is probably not meant. */
export function SchedulePreview({ flow, entries }: { flow?: number; entries: EntryView[] }) {
  const { t } = useTranslation()
  const [day, clock] = dayAndClock(new Date(now()).toISOString())
  const [at, setAt] = useState(`${day}T${clock}`)
  const [askedDay, askedClock] = at.split('T')
  const moment =
    askedDay && askedClock ? new Date(instantOf(askedDay, askedClock)).toISOString() : undefined
  const preview = usePreview(flow, entries, moment)
  return (
    <section className="preview" aria-label={t('schedule.preview')} aria-busy={preview.isFetching}>
      <div className="preview-ask">
        <label>
          {t('schedule.who_at')}
          <input
            type="datetime-local"
            className="date-field tabular"
            value={at}
            onChange={(e) => e.target.value && setAt(e.target.value.slice(0, 16))}
          />
        </label>
        {preview.data && <Answer {...preview.data.at} />}
      </div>
      {preview.error ? <Alert type="error" title={errorText(preview.error, t)} /> : null}
      {preview.data ? (
        <>
          <Doubts preview={preview.data} entries={entries} />
          <Week preview={preview.data} />
        </>
      ) : (
        !preview.error && <Skeleton active title={false} paragraph={{ rows: 4 }} />
      )}
    </section>
  )
}

function Answer({ entry, name, flow }: { entry: number; name?: string; flow?: string }) {
  const { t } = useTranslation()
  return (
    <output className="schedule-answer">
      <span
        className={entry < 0 ? 'schedule-mark' : `schedule-mark mark-${entry % 6}`}
        aria-hidden="true"
      >
        {entry < 0 ? '·' : entry + 1}
      </span>
      <strong>{flow || t('schedule.nobody')}</strong>
      <span className="schedule-why">{entry < 0 ? t('schedule.default') : name}</span>
    </output>
  )
}

/** The coming seven days as lines; every colour is an entry. */
function Week({ preview }: { preview: NumberPreview }) {
  const { t } = useTranslation()
  const first = dayToday()
  const days = [0, 1, 2, 3, 4, 5, 6].map((n) => addDays(first, n))
  return (
    <div className="preview-week">
      {days.map((d) => {
        const from = startOfDay(d)
        const to = startOfDay(addDays(d, 1))
        return (
          <div key={d} className="week-line">
            <span>
              {t(`weekday.${weekdayOf(d) as 1}`)} <small className="tabular">{d.slice(5)}</small>
            </span>
            <div className="week-track">
              {preview.slots
                .filter((s) => Date.parse(s.to) > from && Date.parse(s.from) < to)
                .map((s) => {
                  const a = Math.max(Date.parse(s.from), from)
                  const b = Math.min(Date.parse(s.to), to)
                  const words = `${shortTime(s.from)} – ${shortTime(s.to)} · ${s.flow ?? t('schedule.nobody')} · ${s.entry < 0 ? t('schedule.default') : s.name}`
                  return (
                    <i
                      key={s.from}
                      className={
                        s.entry < 0 ? (s.flow ? 'mark-own' : 'mark-none') : `mark-${s.entry % 6}`
                      }
                      style={{
                        left: `${((a - from) / (to - from)) * 100}%`,
                        width: `${((b - a) / (to - from)) * 100}%`,
                      }}
                      title={words}
                      role="img"
                      aria-label={words}
                    >
                      {b - a > 3 * 3600_000 && (s.flow ?? t('schedule.nobody'))}
                    </i>
                  )
                })}
            </div>
          </div>
        )
      })}
    </div>
  )
}

function Doubts({ preview, entries }: { preview: NumberPreview; entries: EntryView[] }) {
  const { t } = useTranslation()
  const name = (i: number | undefined) => entries[i ?? 0]?.name || String((i ?? 0) + 1)
  if (preview.doubts.length === 0) return null
  return (
    <Alert
      type="warning"
      showIcon
      title={t('schedule.doubts')}
      description={
        <ul className="preview-doubts">
          {preview.doubts.map((d) => (
            <li key={`${d.code}-${d.entry}`}>
              {t(`schedule.doubt.${d.code}`, {
                name: name(d.entry),
                by: name(d.by),
                at: d.at ? shortTime(d.at) : '',
              })}
            </li>
          ))}
        </ul>
      }
    />
  )
}
