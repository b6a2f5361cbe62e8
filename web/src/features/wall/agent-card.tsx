import { EllipsisOutlined } from '@ant-design/icons'
import { App, Dropdown } from 'antd'
import { useTranslation } from 'react-i18next'
import { useCan } from '@/features/session/session'
import { groupNumber } from '@/lib/phone-number'
import type { Choosable, WallAgent } from '@/lib/types'
import { useShowError } from '@/ui/side-sheet'
import { Clock, StateDot, StateWord } from '@/ui/state'
import { useSteer } from './data'

const settable: Choosable[] = ['idle', 'busy', 'break', 'offline']

/** One agent: what they do and for how long; a supervisor may set their state. */
export function AgentCard({ agent, groups }: { agent: WallAgent; groups: string[] }) {
  const { t } = useTranslation()
  const can = useCan()
  return (
    <article className={`agent-card agent-${agent.state}`} aria-label={agent.name}>
      <header>
        <strong>{agent.name}</strong>
        <span className="faint tabular">{agent.number}</span>
        {can('floor.steer') && agent.state !== 'offline' && <Steer agent={agent} />}
      </header>
      <div className="agent-card-state">
        <StateWord state={agent.state} reason={agent.reason} />
        {agent.state !== 'offline' && <Clock since={agent.since} className="agent-card-clock" />}
      </div>
      <footer>
        <span className="agent-card-line">
          {agent.peer ? groupNumber(agent.peer) : groups.join('、') || t('wall.no_group')}
        </span>
        <span className="agent-card-calls">{t('wall.calls_today', { n: agent.calls_today })}</span>
      </footer>
    </article>
  )
}

function Steer({ agent }: { agent: WallAgent }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const showError = useShowError()
  const steer = useSteer()
  const set = (state: Choosable) =>
    steer.mutate(
      { agent: agent.id, state },
      {
        onSuccess: () =>
          message.success(t('wall.steered', { name: agent.name, state: t(`state.${state}`) })),
        onError: (err) => showError(err),
      },
    )
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        items: [
          {
            key: 'set',
            type: 'group',
            label: t('wall.set_state'),
            children: settable.map((s) => ({
              key: s,
              icon: <StateDot state={s} />,
              label: t(`state.${s}`),
              disabled: s === agent.state,
            })),
          },
        ],
        onClick: ({ key }) => set(key as Choosable),
      }}
    >
      <button
        type="button"
        className="icon-button"
        aria-label={t('wall.set_state_of', { name: agent.name })}
      >
        <EllipsisOutlined />
      </button>
    </Dropdown>
  )
}
