import { ArrowDownOutlined, ArrowUpOutlined, SettingOutlined } from '@ant-design/icons'
import { Button, Checkbox, Popover } from 'antd'
import type { TFunction } from 'i18next'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { customerNumber } from '@/features/calls/call-lists'
import { TagChip } from '@/features/calls/tags'
import { groupNumber } from '@/lib/phone-number'
import { setPref, usePrefs } from '@/lib/prefs'
import { fullTime } from '@/lib/time'
import type { CallView } from '@/lib/types'
import { Direction, Duration, OutcomeTag, PhoneNumber, Tag } from '@/ui/bits'
import type { Columns } from '@/ui/data-table'

interface Column {
  key: string
  right?: boolean
  draw: (c: CallView, t: TFunction) => ReactNode
}

const all: Column[] = [
  {
    key: 'started',
    draw: (c) => <span className="tabular">{fullTime(c.started_at)}</span>,
  },
  {
    key: 'number',
    draw: (c) => (
      <span className="record-number">
        <Direction
          direction={c.direction}
          missed={c.direction === 'in' && !['answered', 'voicemail'].includes(c.outcome)}
        />
        <PhoneNumber number={customerNumber(c)} />
      </span>
    ),
  },
  { key: 'customer', draw: (c) => c.customer },
  { key: 'region', draw: (c) => c.region },
  { key: 'outcome', draw: (c) => <OutcomeTag outcome={c.outcome} /> },
  { key: 'agent', draw: (c) => c.agent },
  { key: 'group', draw: (c) => c.group },
  { key: 'talk_time', right: true, draw: (c) => <Duration seconds={c.talk_seconds} /> },
  { key: 'queue_time', right: true, draw: (c) => <Duration seconds={c.queue_seconds} /> },
  { key: 'ring_time', right: true, draw: (c) => <Duration seconds={c.ring_seconds} /> },
  { key: 'total_time', right: true, draw: (c) => <Duration seconds={c.total_seconds} /> },
  {
    key: 'ended_at',
    draw: (c) => <span className="tabular">{fullTime(c.ended_at)}</span>,
  },
  { key: 'from', draw: (c) => <PhoneNumber number={c.from} /> },
  { key: 'to', draw: (c) => <PhoneNumber number={c.to} /> },
  { key: 'service', draw: (c) => c.service && groupNumber(c.service) },
  { key: 'rating', draw: (c) => [c.rating, c.rating_detail].filter(Boolean).join(' · ') },
  {
    key: 'tags',
    draw: (c) => (
      <span className="record-tags">
        {c.tags?.map((x) => (
          <TagChip key={x.id} tag={x} />
        ))}
      </span>
    ),
  },
  { key: 'status', draw: (c) => c.status },
  {
    key: 'repeat',
    draw: (c, t) =>
      c.repeat ? <Tag tone="warn">{t('call.repeat_short', { n: c.repeat })}</Tag> : null,
  },
  { key: 'note', draw: (c) => <span className="record-note">{c.note}</span> },
  { key: 'id', draw: (c) => <code className="record-id">{c.id}</code> },
]

export const usual = [
  'started',
  'number',
  'customer',
  'region',
  'outcome',
  'agent',
  'group',
  'talk_time',
  'queue_time',
  'tags',
]

function chosenOf(keys: string[]): Column[] {
  const known = keys.map((k) => all.find((c) => c.key === k)).filter((c) => c !== undefined)
  return known.length > 0 ? known : chosenOf(usual)
}

/** The columns that were chosen, in their order. */
export function useColumns(): Columns<CallView> {
  const { t } = useTranslation()
  const { recordColumns } = usePrefs()
  return chosenOf(recordColumns).map((c) => ({
    key: c.key,
    title: t(`call.${c.key}` as never) as string,
    align: c.right ? ('right' as const) : undefined,
    render: (_, call) => c.draw(call, t),
  }))
}

/** Chooses and orders the columns of the list. */
export function ColumnChooser() {
  const { t } = useTranslation()
  const { recordColumns } = usePrefs()
  const keys = chosenOf(recordColumns).map((c) => c.key)
  const set = (next: string[]) => next.length > 0 && setPref('recordColumns', next)
  const move = (at: number, by: number) => {
    const next = [...keys]
    const [k] = next.splice(at, 1)
    if (k) next.splice(at + by, 0, k)
    set(next)
  }
  const line = [...keys, ...all.map((c) => c.key).filter((k) => !keys.includes(k))]
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      content={
        <div className="column-chooser">
          {line.map((k) => {
            const at = keys.indexOf(k)
            const name = t(`call.${k}` as never) as string
            return (
              <div key={k}>
                <Checkbox
                  checked={at >= 0}
                  onChange={(e) =>
                    set(e.target.checked ? [...keys, k] : keys.filter((x) => x !== k))
                  }
                >
                  {name}
                </Checkbox>
                {at >= 0 && (
                  <span>
                    <button
                      type="button"
                      className="icon-button"
                      disabled={at === 0}
                      aria-label={t('records.column_up', { name })}
                      onClick={() => move(at, -1)}
                    >
                      <ArrowUpOutlined />
                    </button>
                    <button
                      type="button"
                      className="icon-button"
                      disabled={at === keys.length - 1}
                      aria-label={t('records.column_down', { name })}
                      onClick={() => move(at, 1)}
                    >
                      <ArrowDownOutlined />
                    </button>
                  </span>
                )}
              </div>
            )
          })}
          <Button size="small" type="link" onClick={() => setPref('recordColumns', [])}>
            {t('records.columns_usual')}
          </Button>
        </div>
      }
    >
      <Button icon={<SettingOutlined />} aria-label={t('records.columns')}>
        {t('records.columns')}
      </Button>
    </Popover>
  )
}
