import { useInfiniteQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '@/lib/api'
import { fullTime } from '@/lib/time'
import type { AuditView } from '@/lib/types'
import { PageHead } from '@/ui/bits'
import { type Columns, DataTable } from '@/ui/data-table'
import { Need } from '@/ui/need'
import { Empty } from '@/ui/page-state'

/** The audit log: who did what, from where. */
export function AuditPage() {
  return (
    <Need right="audit.read">
      <Audit />
    </Need>
  )
}

/** "name: 售后, role: 3" out of whatever the log keeps with an action. */
function detailText(detail: unknown): string {
  if (detail === undefined || detail === null) return ''
  if (typeof detail !== 'object') return String(detail)
  return Object.entries(detail)
    .filter(
      ([name, value]) =>
        !['id', 'created_at', 'updated_at'].includes(name) && value !== '' && value !== 0,
    )
    .map(([name, value]) => `${name}: ${typeof value === 'object' ? JSON.stringify(value) : value}`)
    .join(', ')
}

function useAudit(action?: string) {
  return useInfiniteQuery({
    queryKey: ['audit', action],
    queryFn: ({ pageParam, signal }) =>
      api.get('/api/audit', { query: { action, cursor: pageParam }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
    select: (d) => d.pages.flatMap((p) => p.items),
    staleTime: 0,
  })
}

function Audit() {
  const { t } = useTranslation()
  const [action, setAction] = useState<string>()
  const [seen, setSeen] = useState<string[]>([])
  const rows = useAudit(action)
  const known = [...new Set([...seen, ...(rows.data ?? []).map((r) => r.action)])].sort()
  if (known.length > seen.length) setSeen(known)
  const name = (a: string) =>
    t(`audit.action.${a.replaceAll('.', '_')}` as never, { defaultValue: a }) as string
  const kind = (k: string) => t(`audit.kind.${k}` as never, { defaultValue: k }) as string
  const columns: Columns<AuditView> = [
    { title: t('audit.at'), render: (_, r) => <time className="tabular">{fullTime(r.at)}</time> },
    {
      title: t('audit.user'),
      render: (_, r) => (r.key ? t('audit.by_key', { user: r.user, key: r.key }) : r.user),
    },
    { title: t('audit.action_title'), render: (_, r) => name(r.action) },
    { title: t('audit.target'), render: (_, r) => r.kind && `${kind(r.kind)} ${r.target ?? ''}` },
    {
      title: t('audit.detail'),
      render: (_, r) => <span className="audit-detail">{detailText(r.detail)}</span>,
    },
    { title: t('audit.ip'), render: (_, r) => <span className="tabular">{r.ip}</span> },
  ]
  return (
    <>
      <PageHead title={t('section.audit')} text={t('audit.text')}>
        <Select
          allowClear
          value={action}
          onChange={setAction}
          placeholder={t('audit.all_actions')}
          aria-label={t('audit.action_title')}
          style={{ width: 200 }}
          options={known.map((a) => ({ value: a, label: name(a) }))}
        />
      </PageHead>
      <DataTable
        label={t('section.audit')}
        rows={rows}
        columns={columns}
        rowKey="id"
        empty={<Empty title={t('audit.none')} />}
      />
    </>
  )
}
