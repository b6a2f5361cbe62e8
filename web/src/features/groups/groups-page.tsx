import { PlusOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { clockText } from '@/lib/time'
import type { GroupView } from '@/lib/types'
import { PageHead, Tag } from '@/ui/bits'
import { type Columns, DataTable } from '@/ui/data-table'
import type { Edited } from '@/ui/edit-sheet'
import { Need } from '@/ui/need'
import { Empty } from '@/ui/page-state'
import { useGroups } from './data'
import { GroupSheet } from './group-sheet'

/** Skill groups: who serves which callers, and by which rule. */
export function GroupsPage() {
  return (
    <Need right="groups.manage">
      <Groups />
    </Need>
  )
}

function Groups() {
  const { t } = useTranslation()
  const groups = useGroups()
  const [edited, edit] = useState<Edited<GroupView>>()
  const limit = (seconds: number) =>
    seconds > 0 ? <span className="tabular">{clockText(seconds)}</span> : t('group.no_limit')
  const columns: Columns<GroupView> = [
    { title: t('group.name'), render: (_, g) => <strong>{g.name}</strong> },
    {
      title: t('group.strategy'),
      render: (_, g) => (
        <>
          {t(`strategy.${g.strategy}`)}{' '}
          {g.last_agent_first && <Tag tone="accent">{t('group.last_agent_short')}</Tag>}
        </>
      ),
    },
    {
      title: t('group.members'),
      align: 'right',
      render: (_, g) =>
        g.members.length > 0 ? (
          <span className="tabular">{g.members.length}</span>
        ) : (
          <Tag tone="warn">{t('group.no_members')}</Tag>
        ),
    },
    { title: t('group.wait_limit'), align: 'right', render: (_, g) => limit(g.wait_limit) },
    { title: t('group.ring_time'), align: 'right', render: (_, g) => limit(g.ring_time) },
    { title: t('group.wrap_up'), align: 'right', render: (_, g) => limit(g.wrap_up) },
    {
      title: t('group.max_waiting'),
      align: 'right',
      render: (_, g) =>
        g.max_waiting > 0 ? <span className="tabular">{g.max_waiting}</span> : t('group.no_limit'),
    },
  ]
  const add = (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => edit('new')}>
      {t('group.add')}
    </Button>
  )
  return (
    <>
      <PageHead title={t('section.groups')} text={t('group.text')}>
        {add}
      </PageHead>
      <DataTable
        label={t('section.groups')}
        rows={groups}
        columns={columns}
        rowKey="id"
        onOpen={edit}
        empty={<Empty title={t('group.none')} text={t('group.none_text')} action={add} />}
      />
      <GroupSheet edited={edited} onClose={() => edit(undefined)} />
    </>
  )
}
