import { useParams } from '@tanstack/react-router'
import { Splitter, Tabs } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useBar } from '@/features/softphone/data'
import { groupNumber } from '@/lib/phone-number'
import { setPref, usePrefs } from '@/lib/prefs'
import type { CallPage as Call, LiveCall } from '@/lib/types'
import { Direction, OutcomeTag, PhoneNumber, Tag, When } from '@/ui/bits'
import { Empty, Failed, Loaded } from '@/ui/page-state'
import { Clock, StateWord } from '@/ui/state'
import { CallDetails, LiveDetails } from './call-details'
import { CallBack, customerNumber } from './call-lists'
import { CallLog, Operations } from './call-log'
import { CloseButton, MarkButton, StatusSelect } from './card-actions'
import { CustomerPanel } from './customer-panel'
import { useCall, useLiveCalls } from './data'
import { LegalHold } from './legal-hold'
import { Notes } from './notes'
import { Player } from './player'
import { TagEditor } from './tags'
import { Trail } from './trail'

/** One call at its own address: live while it goes on, its record afterwards. */
export function CallPage() {
  const { id } = useParams({ from: '/inside/calls/$id' })
  return <OneCall key={id} id={id} />
}

function OneCall({ id }: { id: string }) {
  const { t } = useTranslation()
  const live = useLiveCalls()
  const bar = useBar()
  const going = live.data?.find((c) => c.id === id) ?? inHand(bar.data?.call, id, bar.data?.name)
  const wasLive = useRef(false)
  if (going) wasLive.current = true
  const record = useCall(id, live.data !== undefined && !going, wasLive.current)
  if (going) return <LivePage call={going} />
  if (!live.data && live.error) return <Failed error={live.error} retry={() => live.refetch()} />
  if (wasLive.current && record.isPending) {
    return <Empty title={t('call.ended')} text={t('call.record_follows')} />
  }
  return <Loaded query={record}>{(call) => <RecordPage call={call} />}</Loaded>
}

/** The call in the own hand, where the live list doesn't hold it (yet). */
function inHand(
  call: NonNullable<ReturnType<typeof useBar>['data']>['call'],
  id: string,
  agent?: string,
) {
  if (call?.id !== id || call.state === 'ending') return undefined
  const live: LiveCall = {
    id,
    direction: call.direction,
    state: call.state,
    from: call.direction === 'in' ? call.peer : '',
    to: call.direction === 'in' ? (call.service ?? '') : call.peer,
    region: call.region,
    customer: call.customer,
    group_name: call.group,
    agent_name: agent,
    started: call.started,
    since: call.held_since ?? call.answered ?? call.started,
    answered: call.answered,
  }
  return live
}

function LivePage({ call }: { call: LiveCall }) {
  const number = customerNumber(call)
  return (
    <Panes
      side={
        <CustomerPanel number={number} name={call.customer} region={call.region} callId={call.id} />
      }
      main={
        <>
          <header className="call-head live">
            <Direction direction={call.direction} />
            <div className="call-head-who">
              <h2>{call.customer || <PhoneNumber number={number} />}</h2>
              <p>
                {[call.customer && groupNumber(number), call.region].filter(Boolean).join(' · ')}
              </p>
            </div>
            <div className="call-head-end">
              <StateWordOfCall state={call.state} />
              <Clock since={call.since} className="call-head-clock" />
            </div>
          </header>
          <section className="call-body">
            <LiveDetails call={call} />
          </section>
          <TagEditor id={call.id} />
          <section className="call-body">
            <Notes id={call.id} />
          </section>
        </>
      }
    />
  )
}

function StateWordOfCall({ state }: { state: LiveCall['state'] }) {
  const { t } = useTranslation()
  if (state === 'talking' || state === 'ringing') return <StateWord state={state} />
  return <span className={`state-word state-text-${state}`}>{t(`call.state.${state}`)}</span>
}

function RecordPage({ call }: { call: Call }) {
  const { t } = useTranslation()
  const number = customerNumber(call)
  const narrow = useNarrow()
  const customer = (
    <CustomerPanel
      number={number}
      name={call.customer}
      region={call.region}
      service={call.service}
      callId={call.id}
      over
    />
  )
  return (
    <Panes
      side={customer}
      main={
        <>
          <header className="call-head">
            <Direction
              direction={call.direction}
              missed={call.direction === 'in' && !['answered', 'voicemail'].includes(call.outcome)}
            />
            <div className="call-head-who">
              <h2>{call.customer || <PhoneNumber number={number} />}</h2>
              <p>
                {[call.customer && groupNumber(number), call.region, '']
                  .filter((x) => x !== undefined)
                  .join(' · ')}
                <When at={call.started_at} />
              </p>
            </div>
            <div className="call-head-end">
              {call.repeat ? (
                <Tag tone="warn">{t('call.repeat_within', { n: call.repeat })}</Tag>
              ) : null}
              <OutcomeTag outcome={call.outcome} />
              <MarkButton call={call} />
              <StatusSelect call={call} />
              <LegalHold call={call} />
              <CloseButton call={call} word />
              <CallBack number={number} word />
            </div>
          </header>
          <Player call={call} />
          <TagEditor id={call.id} />
          <Tabs
            className="call-tabs"
            items={[
              {
                key: 'details',
                label: t('call.tab.details'),
                children: <CallDetails call={call} />,
              },
              ...(call.direction === 'in'
                ? [
                    {
                      key: 'trail',
                      label: t('call.tab.trail'),
                      children: <Trail steps={call.trail} />,
                    },
                  ]
                : []),
              { key: 'note', label: t('call.tab.note'), children: <Notes id={call.id} /> },
              { key: 'course', label: t('call.tab.course'), children: <CallLog call={call} /> },
              { key: 'log', label: t('call.tab.log'), children: <Operations id={call.id} /> },
              ...(narrow
                ? [{ key: 'customer', label: t('call.tab.customer'), children: customer }]
                : []),
            ]}
          />
        </>
      }
    />
  )
}

/** Call and customer side by side; on narrow screens the customer is a tab of the call. */
function Panes({ main, side }: { main: React.ReactNode; side: React.ReactNode }) {
  const { sideWidth } = usePrefs()
  if (useNarrow()) return <div className="call-main">{main}</div>
  return (
    <Splitter onResizeEnd={(sizes) => sizes[1] && setPref('sideWidth', Math.round(sizes[1]))}>
      <Splitter.Panel min={400}>
        <div className="call-main">{main}</div>
      </Splitter.Panel>
      <Splitter.Panel defaultSize={sideWidth} min={260} max={460} collapsible>
        <aside className="customer-pane">{side}</aside>
      </Splitter.Panel>
    </Splitter>
  )
}

function useNarrow() {
  const [narrow, set] = useState(() => matchMedia('(max-width: 1180px)').matches)
  useEffect(() => {
    const query = matchMedia('(max-width: 1180px)')
    const change = () => set(query.matches)
    query.addEventListener('change', change)
    return () => query.removeEventListener('change', change)
  }, [])
  return narrow
}
