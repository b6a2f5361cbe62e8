import { PlusOutlined } from '@ant-design/icons'
import { Button, Form, Input, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMe } from '@/features/session/session'
import { shortTime } from '@/lib/time'
import type { CalendarInput, CalendarView } from '@/lib/types'
import { PageHead, PhoneNumber, Tag } from '@/ui/bits'
import { type Columns, DataTable } from '@/ui/data-table'
import { type Edited, EditSheet } from '@/ui/edit-sheet'
import { Need } from '@/ui/need'
import { Empty } from '@/ui/page-state'
import { useCalendars, useRemoveCalendar, useSaveCalendar } from './data'
import { DaysEditor } from './days-editor'
import { WeekEditor } from './week-grid'
import './calendars.css'

/** Opening hours by name, which numbers' schedules and flows ask. */
export function CalendarsPage() {
  return (
    <Need right={['numbers.manage', 'flows.manage']}>
      <Calendars />
    </Need>
  )
}

function Calendars() {
  const { t } = useTranslation()
  const calendars = useCalendars()
  const [edited, edit] = useState<Edited<CalendarView>>()
  const columns: Columns<CalendarView> = [
    { title: t('calendar.name'), dataIndex: 'name', render: (name) => <strong>{name}</strong> },
    {
      title: t('calendar.now'),
      render: (_, c) => (
        <span className="calendar-now">
          <Tag tone={c.open ? 'good' : 'plain'}>
            {t(c.open ? 'calendar.open_now' : 'calendar.closed_now')}
          </Tag>
          {c.holiday && <Tag tone="warn">{c.holiday}</Tag>}
          {c.changes_at && (
            <small className="tabular">
              {t(c.open ? 'calendar.closes_at' : 'calendar.opens_at', {
                at: shortTime(c.changes_at),
              })}
            </small>
          )}
        </span>
      ),
    },
    { title: t('calendar.weekly'), render: (_, c) => <Weekly calendar={c} /> },
    {
      title: t('calendar.special_days'),
      align: 'right',
      render: (_, c) => <span className="tabular">{c.days.length}</span>,
    },
    {
      title: t('calendar.used_by'),
      render: (_, c) =>
        c.numbers.slice(0, 2).map((n) => (
          <span key={n} className="calendar-number">
            <PhoneNumber number={n} />
          </span>
        )),
    },
  ]
  const add = (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => edit('new')}>
      {t('calendar.add')}
    </Button>
  )
  return (
    <>
      <PageHead title={t('section.calendars')} text={t('calendar.text')}>
        {add}
      </PageHead>
      <DataTable
        label={t('section.calendars')}
        rows={calendars}
        columns={columns}
        rowKey="id"
        onOpen={edit}
        empty={<Empty title={t('calendar.none')} text={t('calendar.none_text')} action={add} />}
      />
      <CalendarSheet edited={edited} onClose={() => edit(undefined)} />
    </>
  )
}

/** "周一 周二 … 09:00-18:00", a line a time. */
function Weekly({ calendar }: { calendar: CalendarView }) {
  const { t } = useTranslation()
  return (
    <span className="weekly-words">
      {calendar.weekly.slice(0, 3).map((s) => {
        const first = s.days[0] as 1
        const last = s.days.at(-1) as 1
        const run = s.days.length > 2 && last - first === s.days.length - 1
        const names = run
          ? `${t(`weekday.${first}`)}–${t(`weekday.${last}`)}`
          : s.days.map((d) => t(`weekday.${d as 1}`)).join(' ')
        return (
          <span key={`${s.days}-${s.from}`}>
            {names} <span className="tabular">{`${s.from}–${s.to}`}</span>
          </span>
        )
      })}
      {calendar.weekly.length > 3 && '…'}
      {calendar.weekly.length === 0 && '—'}
    </span>
  )
}

const zones = Intl.supportedValuesOf('timeZone').map((z) => ({
  value: z,
  label: z.replaceAll('_', ' '),
}))

function CalendarSheet(props: { edited: Edited<CalendarView>; onClose: () => void }) {
  const { t } = useTranslation()
  const account = useMe().account
  return (
    <EditSheet<CalendarView, CalendarInput>
      edited={props.edited}
      onClose={props.onClose}
      width={860}
      title={(c) => c?.name ?? t('calendar.add')}
      values={(c) => ({
        name: c?.name,
        timezone: c?.timezone || undefined,
        weekly: c?.weekly ?? [{ days: [1, 2, 3, 4, 5], from: '09:00', to: '18:00' }],
        days: c?.days ?? [],
      })}
      input={(v) => ({ name: v.name, timezone: v.timezone, weekly: v.weekly, days: v.days })}
      save={useSaveCalendar()}
      remove={useRemoveCalendar()}
      removeText={() => t('calendar.remove_text')}
    >
      {(form) => (
        <>
          <div className="form-row">
            <Form.Item
              name="name"
              label={t('calendar.name')}
              extra={t('calendar.name_help')}
              rules={[{ required: true, message: t('form.missing') }]}
            >
              <Input maxLength={60} />
            </Form.Item>
            <Form.Item name="timezone" label={t('account.timezone')}>
              <Select
                allowClear
                showSearch={{ optionFilterProp: 'label' }}
                placeholder={t('calendar.account_zone', { zone: account.timezone })}
                options={zones}
              />
            </Form.Item>
          </div>
          <h3 className="form-title">{t('calendar.weekly')}</h3>
          <Form.Item name="weekly" extra={t('calendar.weekly_help')}>
            <WeekEditor />
          </Form.Item>
          <h3 className="form-title">{t('calendar.special_days')}</h3>
          <Form.Item noStyle shouldUpdate={(a, b) => a.weekly !== b.weekly}>
            {() => (
              <Form.Item name="days">
                <DaysEditor spans={form.getFieldValue('weekly') ?? []} />
              </Form.Item>
            )}
          </Form.Item>
        </>
      )}
    </EditSheet>
  )
}
