import { PhoneOutlined, SwapOutlined, TeamOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { App, Input, Popover, Skeleton } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '@/lib/api'
import type { Bar, BarTargets } from '@/lib/types'
import { errorText } from '@/ui/page-state'
import { StateDot } from '@/ui/state'
import type { BarCommand } from './data'
import { Verb } from './verb'

type Target = { agent?: number; group?: number; number?: string }

/** Passes the customer on to a colleague, a group or a number outside, without asking them first. */
export function PassOn(props: { call: NonNullable<Bar['call']>; send: (cmd: BarCommand) => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const [open, setOpen] = useState(false)
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      trigger="click"
      placement="bottom"
      title={t('bar.pass_on')}
      destroyOnHidden
      content={
        <Targets
          onChoose={(to, name) => {
            setOpen(false)
            props.send({ do: 'transfer', call: props.call.id, to })
            message.info(t('bar.passing_on', { name }))
          }}
        />
      }
    >
      <span>
        <Verb
          icon={<SwapOutlined />}
          label={t('bar.pass_on')}
          onClick={() => setOpen((was) => !was)}
        />
      </span>
    </Popover>
  )
}

/** Colleagues and groups as they are now, and what was typed as a number. */
function Targets({ onChoose }: { onChoose: (to: Target, name: string) => void }) {
  const { t } = useTranslation()
  const [find, setFind] = useState('')
  const targets = useQuery({
    queryKey: ['bar', 'targets'],
    queryFn: ({ signal }) => api.get('/api/bar/targets', { signal }),
    refetchInterval: 3000,
    gcTime: 0,
  })
  if (targets.error) return <p role="alert">{errorText(targets.error, t)}</p>
  if (!targets.data) return <Skeleton active title={false} paragraph={{ rows: 4 }} />
  const { agents, groups, number } = matching(targets.data, find)
  return (
    <div className="bar-menus">
      <p className="bar-menus-help">{t('bar.pass_on_help')}</p>
      <Input
        autoFocus
        allowClear
        value={find}
        placeholder={t('bar.find_target')}
        aria-label={t('bar.find_target')}
        onChange={(e) => setFind(e.target.value)}
        onPressEnter={() => number && onChoose({ number }, number)}
      />
      <ul>
        {number && (
          <li>
            <button type="button" onClick={() => onChoose({ number }, number)}>
              <strong>
                <PhoneOutlined /> {t('bar.pass_to_number', { number })}
              </strong>
            </button>
          </li>
        )}
        {groups.map((g) => (
          <li key={`g${g.id}`}>
            <button
              type="button"
              disabled={g.online === 0}
              onClick={() => onChoose({ group: g.id }, g.name)}
            >
              <strong>
                <TeamOutlined /> {g.name}
              </strong>
              <small>
                {g.online === 0
                  ? t('bar.group_nobody')
                  : t('bar.group_now', { idle: g.idle, waiting: g.waiting })}
              </small>
            </button>
          </li>
        ))}
        {agents.map((a) => (
          <li key={`a${a.id}`}>
            <button
              type="button"
              disabled={!a.ready}
              onClick={() => onChoose({ agent: a.id }, a.name)}
            >
              <strong>
                <StateDot state={a.state} /> {a.name} {a.number}
              </strong>
              <small>{t(`state.${a.state}`)}</small>
            </button>
          </li>
        ))}
      </ul>
      {agents.length + groups.length === 0 && !number && (
        <p className="bar-menus-none">{t('bar.no_targets')}</p>
      )}
    </div>
  )
}

/** What fits the typed words; typed digits are a number to pass the call to as well. */
export function matching(all: BarTargets, typed: string) {
  const words = typed.trim().toLowerCase()
  const digits = words.replace(/[\s()-]/g, '')
  return {
    number: /^\+?\d{3,20}$/.test(digits) ? digits : '',
    agents: all.agents.filter(
      (a) => !words || `${a.name} ${a.number}`.toLowerCase().includes(words),
    ),
    groups: all.groups.filter((g) => !words || g.name.toLowerCase().includes(words)),
  }
}
