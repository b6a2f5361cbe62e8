import { DownloadOutlined, PlusOutlined, UploadOutlined } from '@ant-design/icons'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { NumberView } from '@/lib/types'
import { PageHead, PhoneNumber, Tag } from '@/ui/bits'
import { type Columns, DataTable } from '@/ui/data-table'
import type { Edited } from '@/ui/edit-sheet'
import { Need } from '@/ui/need'
import { Empty } from '@/ui/page-state'
import { BulkBar } from './bulk-bar'
import { useNumbers } from './data'
import { ImportNumbers } from './import-numbers'
import { Load } from './load'
import { NumberSheet } from './number-sheet'
import './numbers.css'

/** Service numbers: what callers dial, and which flow they then hear. */
export function NumbersPage() {
  return (
    <Need right="numbers.manage">
      <Numbers />
    </Need>
  )
}

function Numbers() {
  const { t } = useTranslation()
  const numbers = useNumbers()
  const [edited, edit] = useState<Edited<NumberView>>()
  const [importing, setImporting] = useState(false)
  const [chosen, choose] = useState<number[]>([])
  const [find, setFind] = useState('')
  const shown = numbers.data?.filter((n) => matches(n, find))
  const columns: Columns<NumberView> = [
    { title: t('number.number'), render: (_, n) => <PhoneNumber number={n.number} strong /> },
    { title: t('number.name'), dataIndex: 'name' },
    {
      title: t('number.flow'),
      render: (_, n) => n.flow || <Tag tone="warn">{t('number.no_flow')}</Tag>,
    },
    {
      title: t('number.now'),
      render: (_, n) => (
        <span className="number-now">
          {n.now.flow || <Tag tone="warn">{t('schedule.nobody')}</Tag>}
          {n.now.name && <small>{n.now.name}</small>}
        </span>
      ),
    },
    {
      title: t('schedule.title'),
      render: (_, n) =>
        n.entries.length > 0 ? (
          <Tag tone="accent">{t('schedule.count', { n: n.entries.length })}</Tag>
        ) : (
          '—'
        ),
    },
    {
      title: t('number.state'),
      render: (_, n) =>
        n.enabled ? <Tag tone="good">{t('common.on')}</Tag> : <Tag>{t('common.off')}</Tag>,
    },
  ]
  const add = (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => edit('new')}>
      {t('number.add')}
    </Button>
  )
  return (
    <>
      <PageHead title={t('section.numbers')} text={t('number.text')}>
        <Button icon={<UploadOutlined />} onClick={() => setImporting(true)}>
          {t('number.import')}
        </Button>
        <Button icon={<DownloadOutlined />} href="/api/numbers/export" download="numbers.csv">
          {t('number.export')}
        </Button>
        {add}
      </PageHead>
      <div className="numbers-line">
        {(numbers.data?.length ?? 0) > 8 && (
          <Input.Search
            allowClear
            className="numbers-find"
            placeholder={t('number.find')}
            aria-label={t('number.find')}
            onChange={(e) => setFind(e.target.value)}
          />
        )}
        <Load />
      </div>
      <DataTable
        label={t('section.numbers')}
        rows={{ ...numbers, data: shown }}
        columns={columns}
        rowKey="id"
        onOpen={edit}
        chosen={chosen}
        onChoose={(ids) => choose(ids as number[])}
        empty={
          find ? (
            <Empty title={t('number.not_found')} />
          ) : (
            <Empty title={t('number.none')} text={t('number.none_text')} action={add} />
          )
        }
      />
      <BulkBar ids={chosen} numbers={numbers.data ?? []} onDone={() => choose([])} />
      <NumberSheet edited={edited} onClose={() => edit(undefined)} />
      <ImportNumbers open={importing} onClose={() => setImporting(false)} />
    </>
  )
}

function matches(n: NumberView, find: string): boolean {
  const words = find.trim().toLowerCase()
  return (
    !words ||
    n.number.includes(words.replace(/[\s-]/g, '')) ||
    [n.name, n.flow, n.now.flow].some((s) => s?.toLowerCase().includes(words))
  )
}
