import { ArrowDownOutlined, ArrowUpOutlined, DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { Link } from '@tanstack/react-router'
import { Button, Checkbox, Input, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { useCalendars } from '@/features/calendars/data'
import { later } from '@/features/calendars/week'
import { WeekEditor } from '@/features/calendars/week-grid'
import { useFlows } from '@/features/flows/data'
import { dayToday } from '@/lib/time'
import type { EntryView } from '@/lib/types'
import './numbers.css'

/** A number's schedule: entries from top to bottom, the first that holds answers. */
export function ScheduleEditor(props: {
  value?: EntryView[]
  onChange?: (entries: EntryView[]) => void
}) {
  const { t } = useTranslation()
  const list = props.value ?? []
  const change = (next: EntryView[]) => props.onChange?.(next)
  const move = (i: number, by: number) => {
    const next = [...list]
    const [e] = next.splice(i, 1)
    if (e) next.splice(i + by, 0, e)
    change(next)
  }
  return (
    <div className="schedule">
      <ol className="schedule-list">
        {list.map((e, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: an entry's place is its name
          <li key={i} className="schedule-entry">
            <header>
              <span className={`schedule-mark mark-${i % 6}`} aria-hidden="true">
                {i + 1}
              </span>
              <Input
                aria-label={t('schedule.name')}
                placeholder={t('schedule.name')}
                value={e.name}
                maxLength={60}
                status={e.name ? undefined : 'warning'}
                onChange={(ev) =>
                  change(list.map((x, j) => (j === i ? { ...x, name: ev.target.value } : x)))
                }
              />
              <Button
                type="text"
                icon={<ArrowUpOutlined />}
                aria-label={t('schedule.up', { name: e.name })}
                disabled={i === 0}
                onClick={() => move(i, -1)}
              />
              <Button
                type="text"
                icon={<ArrowDownOutlined />}
                aria-label={t('schedule.down', { name: e.name })}
                disabled={i === list.length - 1}
                onClick={() => move(i, 1)}
              />
              <Button
                type="text"
                icon={<DeleteOutlined />}
                aria-label={t('schedule.drop', { name: e.name })}
                onClick={() => change(list.filter((_, j) => j !== i))}
              />
            </header>
            <Entry
              entry={e}
              set={(more) => change(list.map((x, j) => (j === i ? { ...x, ...more } : x)))}
            />
          </li>
        ))}
      </ol>
      <Button
        type="dashed"
        icon={<PlusOutlined />}
        disabled={list.length >= 30}
        onClick={() => change([...list, { name: '', flow_id: 0, state: 'closed' }])}
      >
        {t('schedule.add')}
      </Button>
    </div>
  )
}

function Entry({ entry, set }: { entry: EntryView; set: (more: Partial<EntryView>) => void }) {
  const { t } = useTranslation()
  const calendars = useCalendars()
  const flows = useFlows()
  const dates = entry.dates ?? []
  return (
    <div className="schedule-body">
      <div className="schedule-row">
        <span className="schedule-word">{t('schedule.when')}</span>
        <Select
          className="schedule-calendar"
          aria-label={t('schedule.calendar')}
          placeholder={t('schedule.no_calendar')}
          allowClear
          value={entry.calendar_id || undefined}
          loading={calendars.isPending}
          options={calendars.data?.map((c) => ({ value: c.id, label: c.name }))}
          notFoundContent={<Link to="/settings/calendars">{t('calendar.add')}</Link>}
          onChange={(id?: number) => set({ calendar_id: id ?? 0, state: entry.state || 'closed' })}
        />
        {Boolean(entry.calendar_id) && (
          <Select
            aria-label={t('schedule.state')}
            value={entry.state || 'closed'}
            options={(['open', 'closed', 'holiday'] as const).map((s) => ({
              value: s,
              label: t(`schedule.is.${s}`),
            }))}
            onChange={(state) => set({ state })}
          />
        )}
        <span className="schedule-word">{t('schedule.then')}</span>
        <Select
          className="schedule-flow"
          aria-label={t('number.flow')}
          placeholder={t('number.flow')}
          showSearch={{ optionFilterProp: 'label' }}
          value={entry.flow_id || undefined}
          status={entry.flow_id ? undefined : 'warning'}
          options={flows.data?.map((f) => ({ value: f.id, label: f.name }))}
          onChange={(flow_id) => set({ flow_id })}
        />
      </div>
      <div className="schedule-row">
        <Checkbox
          checked={dates.length > 0}
          onChange={(e) =>
            set({ dates: e.target.checked ? [{ from: dayToday(), to: dayToday() }] : [] })
          }
        >
          {t('schedule.only_dates')}
        </Checkbox>
        <Checkbox
          checked={Boolean(entry.spans?.length)}
          onChange={(e) =>
            set({
              spans: e.target.checked
                ? [{ days: [1, 2, 3, 4, 5, 6, 7], from: '09:00', to: '18:00' }]
                : [],
            })
          }
        >
          {t('schedule.only_times')}
        </Checkbox>
      </div>
      {dates.map((d, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other name than their place
        <div key={i} className="schedule-row">
          <input
            type="date"
            className="date-field tabular"
            aria-label={t('calendar.date_from')}
            value={d.from}
            onChange={(e) =>
              e.target.value &&
              set({
                dates: dates.map((x, j) =>
                  j === i ? { from: e.target.value, to: later(e.target.value, x.to) } : x,
                ),
              })
            }
          />
          –
          <input
            type="date"
            className="date-field tabular"
            aria-label={t('calendar.date_to')}
            value={d.to}
            min={d.from}
            onChange={(e) =>
              e.target.value &&
              set({ dates: dates.map((x, j) => (j === i ? { ...x, to: e.target.value } : x)) })
            }
          />
          <Button
            type="text"
            icon={<DeleteOutlined />}
            aria-label={t('calendar.drop_day', { date: d.from })}
            onClick={() => set({ dates: dates.filter((_, j) => j !== i) })}
          />
          {i === dates.length - 1 && (
            <Button
              type="text"
              icon={<PlusOutlined />}
              onClick={() => set({ dates: [...dates, { from: d.to, to: d.to }] })}
            >
              {t('schedule.more_dates')}
            </Button>
          )}
        </div>
      ))}
      {Boolean(entry.spans?.length) && (
        <WeekEditor picture={false} value={entry.spans} onChange={(spans) => set({ spans })} />
      )}
    </div>
  )
}
