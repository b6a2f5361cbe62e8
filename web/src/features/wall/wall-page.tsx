import { SearchOutlined } from '@ant-design/icons'
import { Input, Skeleton } from 'antd'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { AgentState, Wall, WallAgent, WallToday } from '@/lib/types'
import { PageHead } from '@/ui/bits'
import { Need } from '@/ui/need'
import { Empty, Loaded } from '@/ui/page-state'
import { StateDot } from '@/ui/state'
import { AgentCard } from './agent-card'
import { useWall } from './data'
import { GroupCard } from './group-card'
import './wall.css'

/** The supervisor's wall: groups and agents, as they are this second. */
export function WallPage() {
  const { t } = useTranslation()
  return (
    <Need right="floor.watch">
      <main className="page wall">
        <PageHead title={t('section.wall')} text={t('wall.text')} />
        <WallBody />
      </main>
    </Need>
  )
}

function WallBody() {
  return (
    <Loaded query={useWall()} skeleton={<Skeleton active title={false} paragraph={{ rows: 12 }} />}>
      {(wall) => <LiveWall wall={wall} />}
    </Loaded>
  )
}

const order: AgentState[] = [
  'ringing',
  'talking',
  'wrapup',
  'idle',
  'busy',
  'break',
  'custom',
  'disconnected',
  'offline',
]

function LiveWall({ wall }: { wall: Wall }) {
  const { t } = useTranslation()
  const [group, setGroup] = useState<number>()
  const [state, setState] = useState<AgentState>()
  const [text, setText] = useState('')
  const inGroup = useMemo(
    () => wall.agents.filter((a) => group === undefined || a.groups.includes(group)),
    [wall.agents, group],
  )
  const shown = inGroup.filter(
    (a) => (state === undefined || a.state === state) && matches(a, text),
  )
  const groupNames = useMemo(() => new Map(wall.groups.map((g) => [g.id, g.name])), [wall.groups])
  return (
    <>
      <Today today={wall.today} />
      <h2 className="wall-title">{t('wall.groups')}</h2>
      {wall.groups.length === 0 && (
        <Empty title={t('wall.no_groups')} text={t('wall.no_groups_text')} />
      )}
      <div className="wall-groups">
        {wall.groups.map((g) => (
          <GroupCard
            key={g.id}
            group={g}
            at={wall.at}
            chosen={group === g.id}
            onChoose={() => setGroup(group === g.id ? undefined : g.id)}
          />
        ))}
      </div>
      <div className="wall-agents-head">
        <h2 className="wall-title">{t('wall.agents')}</h2>
        <div className="chips" role="group" aria-label={t('wall.by_state')}>
          <Chip on={state === undefined} onClick={() => setState(undefined)}>
            {t('wall.all')} <b>{inGroup.length}</b>
          </Chip>
          {order.map((s) => {
            const n = inGroup.filter((a) => a.state === s).length
            if (n === 0 && state !== s) return null
            return (
              <Chip key={s} on={state === s} onClick={() => setState(state === s ? undefined : s)}>
                <StateDot state={s} size={9} /> {t(`state.${s}`)} <b>{n}</b>
              </Chip>
            )
          })}
        </div>
        <Input
          className="wall-search"
          allowClear
          prefix={<SearchOutlined />}
          placeholder={t('wall.find')}
          aria-label={t('wall.find')}
          value={text}
          onChange={(e) => setText(e.target.value)}
        />
      </div>
      {shown.length === 0 ? (
        <Empty
          title={t(wall.agents.length > 0 ? 'wall.no_agents' : 'wall.none_yet')}
          text={t(wall.agents.length > 0 ? 'wall.no_agents_text' : 'wall.none_yet_text')}
        />
      ) : (
        <div className="wall-agents">
          {shown.map((a) => (
            <AgentCard
              key={a.id}
              agent={a}
              groups={a.groups.map((id) => groupNames.get(id) ?? '').filter(Boolean)}
            />
          ))}
        </div>
      )}
    </>
  )
}

function matches(a: WallAgent, text: string) {
  const wanted = text.trim().toLowerCase()
  return !wanted || a.name.toLowerCase().includes(wanted) || a.number.includes(wanted)
}

function Chip(props: { on: boolean; onClick: () => void; children: React.ReactNode }) {
  return (
    <button
      type="button"
      className={`chip ${props.on ? 'on' : ''}`}
      aria-pressed={props.on}
      onClick={props.onClick}
    >
      {props.children}
    </button>
  )
}

/** The day so far. The parts add up to the total; live calls are beside it. */
function Today({ today }: { today: WallToday }) {
  const { t } = useTranslation()
  const rate = today.total > 0 ? `${Math.round((today.answered / today.total) * 1000) / 10}%` : '—'
  const parts = [
    'ivr',
    'voicemail',
    'ring_no_answer',
    'queue_abandoned',
    'blacklist',
    'limit',
  ] as const
  return (
    <section className="today" aria-label={t('wall.today')}>
      <Figure name={t('wall.live')} value={today.live} tone="live" />
      <Figure name={t('wall.total')} value={today.total} />
      <Figure name={t('outcome.answered')} value={today.answered} note={rate} tone="good" />
      {parts.map((p) => (
        <Figure key={p} name={t(`outcome.${p}`)} value={today[p]} />
      ))}
    </section>
  )
}

function Figure(props: { name: string; value: number; note?: string; tone?: string }) {
  return (
    <div className={`figure ${props.tone ?? ''}`}>
      <span className="figure-name">{props.name}</span>
      <span className="figure-value tabular">
        {props.value}
        {props.note && <small>{props.note}</small>}
      </span>
    </div>
  )
}
