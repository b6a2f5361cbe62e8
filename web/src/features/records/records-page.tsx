import { DownOutlined, SearchOutlined, UpOutlined, UserSwitchOutlined } from '@ant-design/icons'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Badge, Button, Checkbox, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCallCount, useCalls } from '@/features/calls/data'
import { useCan, useMe } from '@/features/session/session'
import { ExportCalls } from '@/features/tasks/export-calls'
import { DataTable } from '@/ui/data-table'
import { Need } from '@/ui/need'
import { Empty } from '@/ui/page-state'
import { Advanced, Reset } from './advanced'
import { AssignSheet } from './assign'
import { ColumnChooser, useColumns } from './columns'
import { FigureChip } from './figure-chip'
import { Saved } from './saved'
import { fieldsSet, filterOf, type RecordSearch, ranges } from './search'
import '@/features/calls/calls.css'
import './records.css'

/** All ended calls, searched by anything that is known of them. */
export function RecordsPage() {
  return (
    <Need right={['calls.read', 'calls.handle']}>
      <Records />
    </Need>
  )
}

function Records() {
  const { t } = useTranslation()
  const can = useCan()
  const search = useSearch({ from: '/inside/records' })
  const navigate = useNavigate()
  const filter = filterOf(search)
  const calls = useCalls(filter)
  const count = useCallCount(filter)
  const columns = useColumns()
  const [chosen, setChosen] = useState<string[]>([])
  const [assigning, setAssigning] = useState(false)
  const go = (next: RecordSearch) => {
    setChosen([])
    void navigate({ to: '/records', search: next, replace: true })
  }
  const found = count.data && `${count.data.count.toLocaleString()}${count.data.more ? '+' : ''}`
  const mayAssign = can('calls.assign')
  return (
    <main className="page records">
      <header className="records-head">
        <h1>{t('section.records')}</h1>
        {found && (
          <span className="faint" aria-live="polite">
            {t('records.found', { n: found })}
          </span>
        )}
        <div className="records-actions">
          <Saved search={search} onChoose={go} />
          <ColumnChooser />
          <ExportCalls filter={filter} ids={chosen.length > 0 ? chosen : undefined} />
          {mayAssign && (
            <Button icon={<UserSwitchOutlined />} onClick={() => setAssigning(true)}>
              {t('assign.title')}
            </Button>
          )}
        </div>
      </header>
      <SearchLine search={search} onChange={go} />
      <DataTable
        label={t('section.records')}
        rows={calls}
        columns={columns}
        rowKey="id"
        chosen={chosen}
        onChoose={(keys) => setChosen(keys.map(String))}
        onOpen={(c) =>
          void navigate({ to: '/calls/$id', params: { id: c.id }, search: { list: 'history' } })
        }
        empty={<Empty title={t('calls.none_found')} text={t('calls.none_found_text')} />}
      />
      {chosen.length > 0 && (
        <div className="bulk-bar" role="toolbar" aria-label={t('records.bulk')}>
          <span>{t('records.chosen', { n: chosen.length })}</span>
          {mayAssign && (
            <Button type="primary" onClick={() => setAssigning(true)}>
              {t('assign.title')}
            </Button>
          )}
          <Button type="text" onClick={() => setChosen([])}>
            {t('records.choose_none')}
          </Button>
        </div>
      )}
      <AssignSheet
        open={assigning}
        chosen={chosen}
        filter={filter}
        found={found}
        onClose={(done) => {
          setAssigning(false)
          if (done) setChosen([])
        }}
      />
    </main>
  )
}

function SearchLine(props: { search: RecordSearch; onChange: (s: RecordSearch) => void }) {
  const { t } = useTranslation()
  const me = useMe()
  const { search } = props
  const set = fieldsSet(search)
  const [more, setMore] = useState(set > 0)
  const change = (part: Partial<RecordSearch>) => {
    const next = { ...search, ...part }
    if (JSON.stringify(next) !== JSON.stringify(search)) props.onChange(next)
  }
  const own = Boolean(search.from || search.to || search.ended_from || search.ended_to || search.id)
  const range = search.range ?? (own ? undefined : 'today')
  return (
    <>
      <div className="records-line">
        <Input
          allowClear
          className="records-number"
          key={search.number}
          defaultValue={search.number}
          prefix={<SearchOutlined />}
          placeholder={t('records.find_number')}
          aria-label={t('records.find_number')}
          inputMode="tel"
          maxLength={40}
          onPressEnter={(e) => change({ number: e.currentTarget.value.trim() || undefined })}
          onClear={() => change({ number: undefined })}
        />
        <div className="presets" role="group" aria-label={t('calls.range')}>
          {ranges.map((r) => (
            <button
              key={r}
              type="button"
              className={`preset ${range === r ? 'on' : ''}`}
              aria-pressed={range === r}
              onClick={() => change({ range: r, from: undefined, to: undefined })}
            >
              {t(`range.${r}`)}
            </button>
          ))}
        </div>
        {me.agent && (
          <Checkbox
            checked={search.mine ?? false}
            onChange={(e) => change({ mine: e.target.checked || undefined })}
          >
            {t('calls.mine')}
          </Checkbox>
        )}
        <Badge count={set} size="small" className="count">
          <Button
            icon={more ? <UpOutlined /> : <DownOutlined />}
            aria-expanded={more}
            onClick={() => setMore(!more)}
          >
            {t('records.advanced')}
          </Button>
        </Badge>
        <Reset onReset={() => props.onChange({})} />
      </div>
      <FigureChip search={search} onChange={change} />
      {more && <Advanced search={search} onChange={change} />}
    </>
  )
}
