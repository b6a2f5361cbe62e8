import { FilterOutlined, SearchOutlined } from '@ant-design/icons'
import { Outlet, useMatchRoute, useNavigate, useSearch } from '@tanstack/react-router'
import { Badge, Button, Input, Segmented, Splitter } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMe } from '@/features/session/session'
import { ExportCalls } from '@/features/tasks/export-calls'
import { setPref, usePrefs } from '@/lib/prefs'
import { Need } from '@/ui/need'
import { Empty } from '@/ui/page-state'
import { HistoryList, IncomingList, LiveList, PendingList } from './call-lists'
import { useLiveCalls, useLiveCallsFeed, usePending } from './data'
import { HistoryFilter } from './history-filter'
import { type CallList, type CallSearch, filterOf, lists, ranges } from './search'
import './calls.css'

/** The workbench for calls: the list at the left, the chosen call beside it. */
export function CallsPage() {
  return (
    <Need right={['calls.read', 'calls.handle']}>
      <Workbench />
    </Need>
  )
}

function Workbench() {
  useLiveCallsFeed()
  const { t } = useTranslation()
  const { listWidth } = usePrefs()
  const chosen = useMatchRoute()({ to: '/calls/$id' })
  return (
    <Splitter
      className="workbench"
      onResizeEnd={([width]) => width && setPref('listWidth', Math.round(width))}
    >
      <Splitter.Panel defaultSize={listWidth} min={260} max={480}>
        <ListPane />
      </Splitter.Panel>
      <Splitter.Panel>
        <main className="workbench-main">
          {chosen ? <Outlet /> : <Empty title={t('calls.choose')} text={t('calls.choose_text')} />}
        </main>
      </Splitter.Panel>
    </Splitter>
  )
}

function ListPane() {
  const { t } = useTranslation()
  const me = useMe()
  const search = useSearch({ from: '/inside/calls' })
  const navigate = useNavigate()
  const live = useLiveCalls()
  const pending = usePending()
  const list: CallList = search.list ?? 'live'
  const counts: Partial<Record<CallList, number>> = {
    live: live.data?.length,
    pending: pending.data?.length,
  }
  const go = (next: CallSearch) =>
    void navigate({ to: '.', search: { ...search, ...next } as never, replace: true })
  return (
    <section className="list-pane" aria-label={t('calls.lists')}>
      <h1 className="visually-hidden">{t('section.calls')}</h1>
      <div className="list-pane-head">
        <Segmented<CallList>
          block
          aria-label={t('calls.lists')}
          value={list}
          onChange={(v) => go({ list: v })}
          options={lists
            .filter((l) => (l !== 'incoming' && l !== 'pending') || me.agent)
            .map((l) => ({
              value: l,
              label: counts[l] ? (
                <span className="segment">
                  {t(`calls.list.${l}`)}{' '}
                  <Badge count={counts[l]} className="count" overflowCount={99} />
                </span>
              ) : (
                t(`calls.list.${l}`)
              ),
            }))}
        />
        {list === 'history' && <HistoryHead search={search} onChange={go} />}
      </div>
      <div className="list-pane-body">
        {list === 'live' && <LiveList />}
        {list === 'incoming' && <IncomingList />}
        {list === 'pending' && <PendingList />}
        {list === 'history' && <HistoryList search={search} />}
      </div>
    </section>
  )
}

/** The same calls as the list shows, as an export takes them. */
function wantedOf(search: CallSearch) {
  const { mine, ...filter } = filterOf(search)
  return { filter, mine }
}

function HistoryHead({
  search,
  onChange,
}: {
  search: CallSearch
  onChange: (s: CallSearch) => void
}) {
  const { t } = useTranslation()
  const [more, setMore] = useState(false)
  const set = [search.outcome, search.direction, search.agent, search.group, search.mine].filter(
    Boolean,
  ).length
  return (
    <>
      <div className="history-search">
        <Input
          allowClear
          defaultValue={search.number}
          key={search.number}
          prefix={<SearchOutlined />}
          placeholder={t('calls.find_number')}
          aria-label={t('calls.find_number')}
          inputMode="tel"
          maxLength={40}
          onPressEnter={(e) => onChange({ number: e.currentTarget.value.trim() || undefined })}
          onClear={() => onChange({ number: undefined })}
        />
        <Badge count={set} size="small" className="count">
          <Button
            icon={<FilterOutlined />}
            aria-label={t('calls.more_filters')}
            aria-expanded={more}
            type={more ? 'primary' : 'default'}
            onClick={() => setMore(!more)}
          />
        </Badge>
        <ExportCalls {...wantedOf(search)} />
      </div>
      <div className="presets" role="group" aria-label={t('calls.range')}>
        {ranges.map((r) => (
          <button
            key={r}
            type="button"
            className={`preset ${(search.range ?? 'today') === r ? 'on' : ''}`}
            aria-pressed={(search.range ?? 'today') === r}
            onClick={() => onChange({ range: r })}
          >
            {t(`range.${r}`)}
          </button>
        ))}
      </div>
      {more && <HistoryFilter search={search} onChange={onChange} />}
    </>
  )
}
