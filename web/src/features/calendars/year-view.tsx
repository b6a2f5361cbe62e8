import { LeftOutlined, RightOutlined } from '@ant-design/icons'
import { Button, Dropdown } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { dayToday } from '@/lib/time'
import type { CalendarDay, WeekSpan } from '@/lib/types'
import { dateKind, merged, monthRows, weekdays, without } from './week'

const months = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
const kinds = ['open', 'closed', 'holiday', 'workday', 'special'] as const

/** A year at a glance; choosing a date marks it as off, as a workday, or as its weekday is. */
export function YearView(props: {
  spans: WeekSpan[]
  days: CalendarDay[]
  onChange: (days: CalendarDay[]) => void
}) {
  const { t } = useTranslation()
  const today = dayToday()
  const [year, setYear] = useState(Number(today.slice(0, 4)))
  const mark = (date: string, kind?: 'holiday' | 'workday') => {
    const rest = without(props.days, date, date)
    if (!kind) return props.onChange(rest)
    const day: CalendarDay = { from: date, to: date, kind, ...(kind === 'workday' && { as: 1 }) }
    props.onChange(merged(rest, [day]))
  }
  return (
    <section className="year" aria-label={t('calendar.year', { year })}>
      <header className="year-head">
        <Button
          type="text"
          icon={<LeftOutlined />}
          aria-label={t('calendar.year_before')}
          onClick={() => setYear(year - 1)}
        />
        <strong className="tabular">{year}</strong>
        <Button
          type="text"
          icon={<RightOutlined />}
          aria-label={t('calendar.year_after')}
          onClick={() => setYear(year + 1)}
        />
        <span className="year-legend">
          {kinds.map((k) => (
            <span key={k}>
              <i className={`year-day ${k}`} aria-hidden="true" />
              {t(`calendar.kind.${k}`)}
            </span>
          ))}
        </span>
      </header>
      <div className="year-months">
        {months.map((m) => (
          <table key={m} className="year-month">
            <caption>{t('calendar.month', { month: m })}</caption>
            <thead>
              <tr>
                {weekdays.map((d) => (
                  <th key={d} scope="col" aria-label={t(`weekday.${d}`)}>
                    {t(`weekday_short.${d}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {monthRows(year, m).map((row, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: weeks of a month never move
                <tr key={i}>
                  {row.map((date, j) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: nor do days
                    <td key={j}>
                      {date && (
                        <DayCell
                          date={date}
                          today={date === today}
                          {...dateKind(date, props.spans, props.days)}
                          mark={mark}
                        />
                      )}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        ))}
      </div>
    </section>
  )
}

function DayCell(props: {
  date: string
  today: boolean
  kind: (typeof kinds)[number]
  day?: CalendarDay
  mark: (date: string, kind?: 'holiday' | 'workday') => void
}) {
  const { t } = useTranslation()
  const { date, kind, day } = props
  const words = [date, t(`calendar.kind.${kind}`), day?.name].filter(Boolean).join(' · ')
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        items: [
          { key: 'date', label: words, disabled: true },
          { key: 'holiday', label: t('calendar.mark_holiday'), disabled: kind === 'holiday' },
          { key: 'workday', label: t('calendar.mark_workday'), disabled: kind === 'workday' },
          { key: 'clear', label: t('calendar.mark_clear'), disabled: !day },
        ],
        onClick: ({ key }) => props.mark(date, key === 'clear' ? undefined : (key as 'holiday')),
      }}
    >
      <button
        type="button"
        className={`year-day tabular ${kind} ${props.today ? 'today' : ''}`}
        title={words}
        aria-label={words}
      >
        {Number(date.slice(8))}
      </button>
    </Dropdown>
  )
}
