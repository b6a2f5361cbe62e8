import { UserOutlined } from '@ant-design/icons'
import { Link } from '@tanstack/react-router'
import { Skeleton } from 'antd'
import { useTranslation } from 'react-i18next'
import { groupNumber } from '@/lib/phone-number'
import { Copy, Direction, Duration, Facts, OutcomeTag, PhoneNumber, When } from '@/ui/bits'
import { Failed } from '@/ui/page-state'
import { useCalls } from './data'
import { Locate } from './locate'
import { readSearch } from './search'

/** Who the other side is, and their earlier calls. */
export function CustomerPanel(props: {
  number: string
  name?: string
  region?: string
  service?: string
  callId: string
  /** Whether the record is there, so that its customer can be set. */
  over?: boolean
}) {
  const { t } = useTranslation()
  return (
    <div className="customer">
      <div className="customer-head">
        <span className="avatar large" aria-hidden="true">
          {props.name?.slice(0, 1) || <UserOutlined />}
        </span>
        <div>
          <strong>{props.name || t('customer.unknown')}</strong>
          <div className="customer-number">
            <PhoneNumber number={props.number} />
            {props.number && <Copy text={props.number} label={t('customer.copy_number')} />}
          </div>
        </div>
      </div>
      <Facts
        items={[
          { label: t('call.region'), value: props.region },
          props.service !== undefined && {
            label: t('call.service'),
            value: groupNumber(props.service),
          },
        ]}
      />
      {props.over && <Locate id={props.callId} known={Boolean(props.name)} />}
      <h3>{t('customer.history')}</h3>
      {props.number ? (
        <Earlier number={props.number} callId={props.callId} />
      ) : (
        <p className="faint">{t('customer.no_history')}</p>
      )}
    </div>
  )
}

function Earlier({ number, callId }: { number: string; callId: string }) {
  const { t } = useTranslation()
  const calls = useCalls({ number }, 10)
  if (!calls.data) {
    return calls.isPending ? (
      <Skeleton active title={false} paragraph={{ rows: 4 }} />
    ) : (
      <Failed error={calls.error} retry={() => calls.refetch()} />
    )
  }
  const others = calls.data.filter((c) => c.id !== callId)
  if (others.length === 0) return <p className="faint">{t('customer.no_history')}</p>
  return (
    <ul className="earlier">
      {others.map((c) => (
        <li key={c.id}>
          <Link to="/calls/$id" params={{ id: c.id }} search={(old) => readSearch(old)}>
            <Direction
              direction={c.direction}
              missed={c.direction === 'in' && c.outcome !== 'answered'}
            />
            <span>
              <When at={c.started_at} />
              <small>{c.agent ?? c.group ?? c.service}</small>
            </span>
            {c.outcome === 'answered' ? (
              <Duration seconds={c.talk_seconds} />
            ) : (
              <OutcomeTag outcome={c.outcome} />
            )}
          </Link>
        </li>
      ))}
    </ul>
  )
}
