import {
  CheckOutlined,
  FileTextOutlined,
  PhoneOutlined,
  SoundOutlined,
  StarFilled,
} from '@ant-design/icons'
import { Link } from '@tanstack/react-router'
import { Button, Skeleton, Tooltip } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useMe } from '@/features/session/session'
import { useBar, useBarCommand } from '@/features/softphone/data'
import type { CallView, Incoming, LiveCall } from '@/lib/types'
import { Direction, Duration, OutcomeTag, PhoneNumber, Tag, When } from '@/ui/bits'
import { Empty, Failed, Loaded } from '@/ui/page-state'
import { Clock, StateDot } from '@/ui/state'
import { CloseButton, NoteButton } from './card-actions'
import { useCalls, useIncoming, useLiveCalls, usePending } from './data'
import { type CallSearch, filterOf, readSearch } from './search'
import { TagChip } from './tags'

/** The customer's number of a call, whichever way it went. */
export const customerNumber = (c: { direction: string; from: string; to: string }) =>
  c.direction === 'in' ? c.from : c.to

export function LiveList() {
  const { t } = useTranslation()
  return (
    <Loaded query={useLiveCalls()} skeleton={<CardsSkeleton />}>
      {(calls) =>
        calls.length === 0 ? (
          <Empty title={t('calls.none_live')} text={t('calls.none_live_text')} />
        ) : (
          calls.map((c) => <LiveCard key={c.id} call={c} />)
        )
      }
    </Loaded>
  )
}

function LiveCard({ call }: { call: LiveCall }) {
  const { t } = useTranslation()
  const where =
    call.agent_name ??
    (call.state === 'queued' && call.position ? t('calls.place', { n: call.position }) : call.node)
  return (
    <Card id={call.id}>
      <div className="call-card-top">
        <Direction direction={call.direction} />
        <Who number={customerNumber(call)} name={call.customer} />
        <Clock since={call.since} className="call-card-end" />
      </div>
      <div className="call-card-line">
        <span>{[call.region, call.group_name].filter(Boolean).join(' · ')}</span>
        <span className={`call-card-end state-text-${call.state}`}>
          <StateDot state={call.state} size={8} /> {t(`call.state.${call.state}`)}
        </span>
      </div>
      {where && <div className="call-card-line faint">{where}</div>}
    </Card>
  )
}

export function IncomingList() {
  const { t } = useTranslation()
  return (
    <Loaded query={useIncoming()} skeleton={<CardsSkeleton />}>
      {(rings) =>
        rings.length === 0 ? (
          <Empty title={t('calls.none_incoming')} text={t('calls.none_incoming_text')} />
        ) : (
          rings.map((r) => <IncomingCard key={`${r.call_id} ${r.at}`} ring={r} />)
        )
      }
    </Loaded>
  )
}

function IncomingCard({ ring }: { ring: Incoming }) {
  const { t } = useTranslation()
  const answered = ring.result === 'answered'
  return (
    <Card id={ring.call_id} actions={<CallBack number={ring.from} />}>
      <div className="call-card-top">
        <Direction direction="in" missed={!answered} />
        <Who number={ring.from} name={ring.customer} />
        <span className="call-card-end faint">
          <When at={ring.at} />
        </span>
      </div>
      <div className="call-card-line">
        <span>{[ring.region, ring.service].filter(Boolean).join(' · ')}</span>
        <span className="call-card-end">
          <Tag tone={answered ? 'good' : 'bad'}>
            {t(`ring.${ring.result}` as never, { defaultValue: ring.result }) as string}
          </Tag>
        </span>
      </div>
    </Card>
  )
}

/** Missed calls that are the signed-in agent's to call back (待处理). */
export function PendingList() {
  const { t } = useTranslation()
  return (
    <Loaded query={usePending()} skeleton={<CardsSkeleton />}>
      {(calls) =>
        calls.length === 0 ? (
          <Empty title={t('calls.none_pending')} text={t('calls.none_pending_text')} />
        ) : (
          calls.map((c) => <HistoryCard key={c.id} call={c} />)
        )
      }
    </Loaded>
  )
}

export function HistoryList({ search }: { search: CallSearch }) {
  const { t } = useTranslation()
  const calls = useCalls(filterOf(search))
  if (!calls.data) {
    return calls.isPending ? (
      <CardsSkeleton />
    ) : (
      <Failed error={calls.error} retry={() => calls.refetch()} />
    )
  }
  if (calls.data.length === 0)
    return <Empty title={t('calls.none_found')} text={t('calls.none_found_text')} />
  return (
    <>
      {calls.data.map((c) => (
        <HistoryCard key={c.id} call={c} />
      ))}
      {calls.hasNextPage && (
        <Button
          block
          type="text"
          loading={calls.isFetchingNextPage}
          onClick={() => calls.fetchNextPage()}
        >
          {t('page.more')}
        </Button>
      )}
    </>
  )
}

function HistoryCard({ call }: { call: CallView }) {
  const { t } = useTranslation()
  const number = customerNumber(call)
  const missed =
    call.direction === 'in' && call.outcome !== 'answered' && call.outcome !== 'voicemail'
  return (
    <Card
      id={call.id}
      actions={
        <>
          <NoteButton id={call.id} />
          <CallBack number={number} />
          <CloseButton call={call} />
        </>
      }
    >
      <div className="call-card-top">
        <Direction direction={call.direction} missed={missed} />
        <Who number={number} name={call.customer} />
        <span className="call-card-end faint">
          <When at={call.started_at} />
        </span>
      </div>
      <div className="call-card-line">
        <span>
          {[call.region, call.agent ?? call.group ?? call.service].filter(Boolean).join(' · ')}
        </span>
        <span className="call-card-end">
          {call.marked && <StarFilled className="star on" title={t('call.mark')} />}
          {call.closed && <CheckOutlined className="faint" title={t('call.closed')} />}
          {call.note && <FileTextOutlined className="faint" title={t('call.note')} />}
          {call.recording === 'stored' && (
            <SoundOutlined className="faint" title={t('call.recording')} />
          )}
          {call.talk_seconds > 0 && <Duration seconds={call.talk_seconds} />}
          {call.repeat ? <Tag tone="warn">{t('call.repeat_short', { n: call.repeat })}</Tag> : null}
          {call.outcome !== 'answered' && <OutcomeTag outcome={call.outcome} />}
        </span>
      </div>
      {call.tags && call.tags.length > 0 && (
        <div className="call-card-line call-card-tags">
          {call.tags.slice(0, 3).map((x) => (
            <TagChip key={x.id} tag={x} />
          ))}
          {call.tags.length > 3 && <span className="faint">+{call.tags.length - 3}</span>}
        </div>
      )}
    </Card>
  )
}

function Card({ id, children, actions }: { id: string; children: ReactNode; actions?: ReactNode }) {
  return (
    <div className="call-card-wrap">
      <Link
        to="/calls/$id"
        params={{ id }}
        search={(old) => readSearch(old)}
        className="call-card"
        activeProps={{ className: 'call-card active', 'aria-current': 'true' }}
        activeOptions={{ includeSearch: false }}
      >
        {children}
      </Link>
      {actions && <div className="call-card-actions">{actions}</div>}
    </div>
  )
}

function Who({ number, name }: { number: string; name?: string }) {
  return (
    <span className="call-card-who">
      {name ? (
        <>
          <strong>{name}</strong> <PhoneNumber number={number} />
        </>
      ) : (
        <PhoneNumber number={number} strong />
      )}
    </span>
  )
}

/** Calls a number from wherever it stands, where that can be done now. */
export function CallBack({ number, word }: { number: string; word?: boolean }) {
  const { t } = useTranslation()
  const me = useMe()
  const bar = useBar()
  const { mutate, isPending } = useBarCommand()
  if (!me.agent || !number) return null
  const free = bar.data && !bar.data.call && !['disconnected', 'offline'].includes(bar.data.state)
  const label = t('call.call_back')
  return (
    <Tooltip title={free ? (word ? '' : label) : t('call.cant_call_now')}>
      <Button
        size={word ? 'middle' : 'small'}
        icon={<PhoneOutlined rotate={90} />}
        disabled={!free || isPending}
        aria-label={label}
        onClick={() => mutate({ do: 'dial', number })}
      >
        {word ? label : undefined}
      </Button>
    </Tooltip>
  )
}

function CardsSkeleton() {
  return (
    <div className="cards-skeleton" aria-busy="true">
      {Array.from({ length: 7 }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: all alike, never moved
        <Skeleton key={i} active title={false} paragraph={{ rows: 2, width: ['70%', '45%'] }} />
      ))}
    </div>
  )
}
