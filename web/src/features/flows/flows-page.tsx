import { PlusOutlined, UploadOutlined } from '@ant-design/icons'
import { useNavigate } from '@tanstack/react-router'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCan } from '@/features/session/session'
import { groupNumber } from '@/lib/phone-number'
import type { FlowView } from '@/lib/types'
import { PageHead, Tag, When } from '@/ui/bits'
import { type Columns, DataTable } from '@/ui/data-table'
import { Need } from '@/ui/need'
import { Empty } from '@/ui/page-state'
import { useFlows } from './data'
import { NewFlowSheet } from './new-flow-sheet'
import { UploadSheet } from './upload-sheet'

/** Flows: what callers hear, as files with versions. */
export function FlowsPage() {
  return (
    <Need right={['flows.read', 'flows.manage']}>
      <Flows />
    </Need>
  )
}

function Flows() {
  const { t } = useTranslation()
  const can = useCan()
  const navigate = useNavigate()
  const flows = useFlows()
  const [uploading, setUploading] = useState(false)
  const [making, setMaking] = useState(false)
  const columns: Columns<FlowView> = [
    { title: t('flow.name'), render: (_, f) => <strong>{f.name}</strong> },
    {
      title: t('flow.in_force'),
      render: (_, f) =>
        f.active ? (
          <Tag tone="good">{t('flow.version', { n: f.active })}</Tag>
        ) : (
          <Tag tone="warn">{t('flow.none_in_force')}</Tag>
        ),
    },
    {
      title: t('flow.latest'),
      render: (_, f) => (
        <>
          {f.latest > 0 ? t('flow.version', { n: f.latest }) : t('editor.draft')}{' '}
          {f.latest > 0 && f.active !== f.latest && <Tag>{t('flow.draft')}</Tag>}
        </>
      ),
    },
    { title: t('flow.numbers'), render: (_, f) => f.numbers.map(groupNumber).join('、') || '—' },
    { title: t('flow.updated'), render: (_, f) => <When at={f.updated_at} /> },
  ]
  const actions = can('flows.manage') && (
    <>
      <Button icon={<UploadOutlined />} onClick={() => setUploading(true)}>
        {t('flow.upload')}
      </Button>
      <Button type="primary" icon={<PlusOutlined />} onClick={() => setMaking(true)}>
        {t('editor.new_flow')}
      </Button>
    </>
  )
  const open = (id: number) =>
    void navigate({ to: '/settings/flows/$id', params: { id: String(id) } })
  return (
    <>
      <PageHead title={t('section.flows')} text={t('flow.text')}>
        {actions}
      </PageHead>
      <DataTable
        label={t('section.flows')}
        rows={flows}
        columns={columns}
        rowKey="id"
        onOpen={(f) => open(f.id)}
        empty={<Empty title={t('flow.none')} text={t('flow.none_text')} action={actions} />}
      />
      <NewFlowSheet open={making} onClose={() => setMaking(false)} onMade={open} />
      <UploadSheet
        open={uploading}
        onClose={() => setUploading(false)}
        onUploaded={(u) => open(u.id)}
      />
    </>
  )
}
