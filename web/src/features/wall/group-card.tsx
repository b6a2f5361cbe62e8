import { useTranslation } from 'react-i18next'
import { clockText, secondsSince, useSecond } from '@/lib/time'
import type { WallGroup } from '@/lib/types'

const parts = ['idle', 'ringing', 'talking', 'wrapup', 'away'] as const
const colors = {
  idle: 'idle',
  ringing: 'ringing',
  talking: 'talking',
  wrapup: 'wrapup',
  away: 'busy',
} as const
const long = 60 // seconds of waiting that deserve a look

/** One skill group: who waits, and what its agents do. Choosing it filters the agents below. */
export function GroupCard(props: {
  group: WallGroup
  at: string
  chosen: boolean
  onChoose: () => void
}) {
  const { t } = useTranslation()
  const { group } = props
  useSecond()
  const waits = group.waiting > 0 ? group.longest_wait_seconds + secondsSince(props.at) : 0
  return (
    <button
      type="button"
      className={`group-card ${props.chosen ? 'chosen' : ''} ${waits >= long ? 'late' : ''}`}
      aria-pressed={props.chosen}
      onClick={props.onChoose}
    >
      <span className="group-card-head">
        <strong>{group.name}</strong>
        <span className="group-card-online">
          {t('wall.online', { online: group.online, members: group.members })}
        </span>
      </span>
      <span className="group-card-wait">
        <span>
          <b className="tabular">{group.waiting}</b> {t('wall.waiting')}
        </span>
        {group.callbacks > 0 && (
          <span>
            {t('wall.callbacks')} <b className="tabular">{group.callbacks}</b>
          </span>
        )}
        <span>
          {t('wall.longest')} <b className="tabular">{waits > 0 ? clockText(waits) : '—'}</b>
        </span>
      </span>
      <span className="group-bar" aria-hidden="true">
        {parts.map(
          (p) =>
            group[p] > 0 && (
              <i key={p} style={{ flexGrow: group[p], background: `var(--state-${colors[p]})` }} />
            ),
        )}
      </span>
      <span className="group-card-parts">
        {parts.map((p) => (
          <span key={p} className={`state-text-${colors[p]} ${group[p] === 0 ? 'none' : ''}`}>
            {t(`wall.part.${p}`)} <b className="tabular">{group[p]}</b>
          </span>
        ))}
      </span>
    </button>
  )
}
