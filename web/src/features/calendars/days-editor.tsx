import { DeleteOutlined, DownOutlined, PlusOutlined, UploadOutlined } from '@ant-design/icons'
import { Alert, App, Button, Dropdown, Input, Modal, Select, Upload } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { dayToday } from '@/lib/time'
import type { CalendarDay, LineProblem, WeekSpan } from '@/lib/types'
import { Tag } from '@/ui/bits'
import { useShowError } from '@/ui/side-sheet'
import { usePresets, useReadDays } from './data'
import { later, merged, readClock, weekdays } from './week'
import { YearView } from './year-view'

const tones = { holiday: 'warn', workday: 'good', special: 'info' } as const

/** Days that the week does not hold for: a year to mark them in, a list, and lists to take over. */
export function DaysEditor(props: {
  value?: CalendarDay[]
  onChange?: (days: CalendarDay[]) => void
  spans: WeekSpan[]
}) {
  const { t, i18n } = useTranslation()
  const days = props.value ?? []
  const presets = usePresets()
  const read = useReadDays()
  const showError = useShowError()
  const [offer, setOffer] = useState<{ days: CalendarDay[]; problems: LineProblem[] }>()
  const change = (list: CalendarDay[]) => props.onChange?.(list)
  const set = (i: number, more: Partial<CalendarDay>) =>
    change(days.map((d, j) => (j === i ? { ...d, ...more } : d)))
  return (
    <div className="days-editor">
      <div className="days-tools">
        <Dropdown
          menu={{
            items: presets.data?.map((p) => ({
              key: p.key,
              label: i18n.language === 'en' ? p.en : p.zh,
            })),
            onClick: ({ key }) => {
              const preset = presets.data?.find((p) => p.key === key)
              if (preset) setOffer({ days: preset.days as CalendarDay[], problems: [] })
            },
          }}
        >
          <Button>
            {t('calendar.presets')} <DownOutlined />
          </Button>
        </Dropdown>
        <Upload
          accept=".csv,.txt,.ics"
          showUploadList={false}
          beforeUpload={(file) => {
            read.mutate(file, {
              onSuccess: (r) => setOffer(r as typeof offer),
              onError: (err) => showError(err),
            })
            return false
          }}
        >
          <Button icon={<UploadOutlined />} loading={read.isPending}>
            {t('calendar.from_file')}
          </Button>
        </Upload>
        <Button
          icon={<PlusOutlined />}
          onClick={() => {
            const day = dayToday()
            change([...days, { from: day, to: day, kind: 'holiday' }])
          }}
        >
          {t('calendar.add_day')}
        </Button>
      </div>
      <YearView spans={props.spans} days={days} onChange={change} />
      {days.length > 0 && (
        <ul className="day-list">
          {days.map((d, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other name than their place
            <li key={i}>
              <DayLine day={d} set={(more) => set(i, more)} />
              <Button
                type="text"
                icon={<DeleteOutlined />}
                aria-label={t('calendar.drop_day', { date: d.from })}
                onClick={() => change(days.filter((_, j) => j !== i))}
              />
            </li>
          ))}
        </ul>
      )}
      {offer && (
        <Offer
          {...offer}
          days={days}
          more={offer.days}
          onClose={() => setOffer(undefined)}
          onTake={(list) => {
            change(list)
            setOffer(undefined)
          }}
        />
      )}
    </div>
  )
}

function DayLine({ day, set }: { day: CalendarDay; set: (more: Partial<CalendarDay>) => void }) {
  const { t } = useTranslation()
  return (
    <>
      <input
        type="date"
        className="date-field tabular"
        aria-label={t('calendar.date_from')}
        value={day.from}
        min="2000-01-01"
        max="2199-12-31"
        onChange={(e) =>
          e.target.value && set({ from: e.target.value, to: later(e.target.value, day.to) })
        }
      />
      –
      <input
        type="date"
        className="date-field tabular"
        aria-label={t('calendar.date_to')}
        value={day.to}
        min={day.from}
        max="2199-12-31"
        onChange={(e) => e.target.value && set({ to: e.target.value })}
      />
      <Select
        className="day-kind"
        aria-label={t('calendar.kind_of')}
        value={day.kind}
        options={(['holiday', 'workday', 'special'] as const).map((k) => ({
          value: k,
          label: t(`calendar.kind.${k}`),
        }))}
        onChange={(kind) =>
          set({
            kind,
            as: kind === 'workday' ? (day.as ?? 1) : undefined,
            hours: kind === 'special' ? [{ from: '10:00', to: '16:00' }] : undefined,
          })
        }
      />
      {day.kind === 'workday' && (
        <Select
          className="day-as"
          aria-label={t('calendar.as')}
          value={day.as || 1}
          options={weekdays.map((d) => ({
            value: d,
            label: t('calendar.as_day', { day: t(`weekday.${d}`) }),
          }))}
          onChange={(as) => set({ as })}
        />
      )}
      {day.kind === 'special' && <HoursField day={day} set={set} />}
      <Input
        className="day-name"
        aria-label={t('calendar.day_name')}
        placeholder={t('calendar.day_name')}
        maxLength={60}
        value={day.name}
        onChange={(e) => set({ name: e.target.value })}
      />
    </>
  )
}

/** Times of one day, as "10:00-12:00, 13:00-16:00". */
function HoursField({ day, set }: { day: CalendarDay; set: (more: Partial<CalendarDay>) => void }) {
  const { t } = useTranslation()
  const [text, setText] = useState((day.hours ?? []).map((h) => `${h.from}-${h.to}`).join(', '))
  const ranges = text.split(/[,，;；]/).map((part) => {
    const [a, b] = part.split(/[-–~]/)
    const from = readClock(a ?? '')
    const to = readClock(b ?? '')
    return from && to && from !== to ? { from, to } : undefined
  })
  const good = ranges.every(Boolean)
  return (
    <Input
      className="day-hours tabular"
      aria-label={t('calendar.hours')}
      placeholder="10:00-16:00"
      status={good ? undefined : 'error'}
      value={text}
      onChange={(e) => setText(e.target.value)}
      onBlur={() => good && set({ hours: ranges as { from: string; to: string }[] })}
    />
  )
}

/** What a list holds, before it is taken over. */
function Offer(props: {
  days: CalendarDay[]
  more: CalendarDay[]
  problems: LineProblem[]
  onTake: (days: CalendarDay[]) => void
  onClose: () => void
}) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const { more, problems } = props
  return (
    <Modal
      open
      title={t('calendar.offer', { n: more.length })}
      okText={t('calendar.take')}
      cancelText={t('common.cancel')}
      okButtonProps={{ disabled: more.length === 0 }}
      onCancel={props.onClose}
      onOk={() => {
        props.onTake(merged(props.days, more))
        message.info(t('calendar.taken'))
      }}
    >
      {problems.length > 0 && (
        <Alert
          type="warning"
          className="offer-problems"
          title={t('calendar.problems', { n: problems.length })}
          description={
            <ul>
              {problems.slice(0, 10).map((p) => (
                <li key={p.line}>
                  {t('line.at', { line: p.line })}
                  {t(`line.${p.code as 'date'}`)}
                  {p.text && <code>{p.text}</code>}
                </li>
              ))}
            </ul>
          }
        />
      )}
      <ul className="offer-days">
        {more.map((d) => (
          <li key={d.from}>
            <span className="tabular">{d.from === d.to ? d.from : `${d.from} – ${d.to}`}</span>
            <Tag tone={tones[d.kind]}>{t(`calendar.kind.${d.kind}`)}</Tag>
            {d.name}
          </li>
        ))}
      </ul>
    </Modal>
  )
}
