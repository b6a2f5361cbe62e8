import { PaperClipOutlined, PlusOutlined } from '@ant-design/icons'
import { Button, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ApplicationView } from '@/lib/types'
import { PageHead, Tag, When } from '@/ui/bits'
import { type Columns, DataTable } from '@/ui/data-table'
import { Need } from '@/ui/need'
import { Empty } from '@/ui/page-state'
import { ApplicationSheet } from './application-sheet'
import { ApplySheet } from './apply-sheet'
import { type ApplicationState, useApplications } from './data'
import './applications.css'

export const tones: Record<ApplicationState, string> = {
  new: 'warn',
  accepted: 'info',
  refused: 'bad',
  done: 'good',
}
const states: ApplicationState[] = ['new', 'accepted', 'refused', 'done']

/** What this person has applied for, and a way to apply. */
export function ApplicationsPage() {
  return (
    <main className="page">
      <List mine />
    </main>
  )
}

/** What colleagues have applied for, to be settled. */
export function SettleApplicationsPage() {
  return (
    <Need right="flows.manage">
      <List />
    </Need>
  )
}

function List({ mine }: { mine?: boolean }) {
  const { t } = useTranslation()
  const [state, setState] = useState<ApplicationState>()
  const rows = useApplications({ state, mine })
  const [open, setOpen] = useState<ApplicationView>()
  const [applying, setApplying] = useState(false)
  const columns: Columns<ApplicationView> = [
    {
      title: t('application.state_title'),
      render: (_, a) => <Tag tone={tones[a.state]}>{t(`application.state.${a.state}`)}</Tag>,
    },
    {
      title: t('application.description'),
      render: (_, a) => (
        <span className="application-words">
          {a.description} {a.file && <PaperClipOutlined aria-label={a.file} />}
        </span>
      ),
    },
    ...(mine ? [] : [{ title: t('application.by'), dataIndex: 'by' }]),
    { title: t('application.contact'), dataIndex: 'contact' },
    {
      title: t('application.answer'),
      render: (_, a) => <span className="application-words">{a.answer || '—'}</span>,
    },
    { title: t('application.at'), render: (_, a) => <When at={a.created_at} /> },
  ]
  const apply = (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setApplying(true)}>
      {t('application.apply')}
    </Button>
  )
  return (
    <>
      <PageHead
        title={t(mine ? 'application.apply' : 'section.applications')}
        text={t(mine ? 'application.text' : 'application.text_admin')}
      >
        <Select
          allowClear
          className="application-filter"
          aria-label={t('application.filter')}
          placeholder={t('application.all')}
          value={state}
          options={states.map((s) => ({ value: s, label: t(`application.state.${s}`) }))}
          onChange={setState}
        />
        {mine && apply}
      </PageHead>
      <DataTable
        label={t('section.applications')}
        rows={rows}
        columns={columns}
        rowKey="id"
        onOpen={setOpen}
        selected={open?.id}
        empty={
          <Empty
            title={t('application.none')}
            text={mine && t('application.none_text')}
            action={mine && apply}
          />
        }
      />
      <ApplySheet open={applying} onClose={() => setApplying(false)} />
      <ApplicationSheet
        application={rows.data?.find((a) => a.id === open?.id) ?? open}
        settles={!mine}
        onClose={() => setOpen(undefined)}
      />
    </>
  )
}
