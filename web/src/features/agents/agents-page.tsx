import { PlusOutlined, SearchOutlined } from '@ant-design/icons'
import { Button, Input, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useGroups } from '@/features/groups/data'
import { useCan, useMe } from '@/features/session/session'
import type { AgentView } from '@/lib/types'
import { PageHead, Tag } from '@/ui/bits'
import { type Columns, DataTable } from '@/ui/data-table'
import type { Edited } from '@/ui/edit-sheet'
import { Need } from '@/ui/need'
import { Empty } from '@/ui/page-state'
import { AgentSheet } from './agent-sheet'
import { useAgents } from './data'

/** People: who signs in, what they may do, how they take calls. */
export function AgentsPage() {
  return (
    <Need right={['agents.manage', 'users.manage']}>
      <Agents />
    </Need>
  )
}

function Agents() {
  const { t } = useTranslation()
  const can = useCan()
  const me = useMe()
  const agents = useAgents()
  const groups = useGroups()
  const [text, setText] = useState('')
  const [group, setGroup] = useState<number>()
  const [edited, edit] = useState<Edited<AgentView>>()
  const wanted = text.trim().toLowerCase()
  const shown = agents.data?.filter(
    (a) =>
      (!wanted ||
        [a.name, a.login, a.number ?? ''].some((s) => s.toLowerCase().includes(wanted))) &&
      (group === undefined || a.groups.some((g) => g.id === group)),
  )
  const columns: Columns<AgentView> = [
    {
      title: t('agent.name'),
      render: (_, a) => (
        <>
          <strong>{a.name}</strong>{' '}
          {a.id === me.user.id && <Tag tone="accent">{t('agent.self')}</Tag>}
        </>
      ),
    },
    {
      title: t('agent.number'),
      render: (_, a) => <span className="tabular">{a.number ?? '—'}</span>,
    },
    {
      title: t('agent.login'),
      render: (_, a) => <span translate="no">{`${a.login}@${me.account.slug}`}</span>,
    },
    {
      title: t('agent.method'),
      render: (_, a) => (a.number && a.method ? t(`method.${a.method}`) : '—'),
    },
    { title: t('agent.groups'), render: (_, a) => a.groups.map((g) => g.name).join('、') || '—' },
    { title: t('agent.department'), render: (_, a) => a.department || '—' },
    { title: t('agent.role'), dataIndex: 'role' },
    {
      title: t('number.state'),
      render: (_, a) =>
        a.disabled ? (
          <Tag tone="bad">{t('agent.disabled')}</Tag>
        ) : (
          <Tag tone="good">{t('agent.active')}</Tag>
        ),
    },
  ]
  const add = can('agents.manage') && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => edit('new')}>
      {t('agent.add')}
    </Button>
  )
  return (
    <>
      <PageHead title={t('section.agents')} text={t('agent.text')}>
        <Select
          allowClear
          value={group}
          onChange={setGroup}
          placeholder={t('call.group')}
          aria-label={t('call.group')}
          style={{ width: 150 }}
          options={groups.data?.map((g) => ({ value: g.id, label: g.name }))}
        />
        <Input
          allowClear
          prefix={<SearchOutlined />}
          placeholder={t('agent.find')}
          aria-label={t('agent.find')}
          value={text}
          onChange={(e) => setText(e.target.value)}
          style={{ width: 180 }}
        />
        {add}
      </PageHead>
      <DataTable
        label={t('section.agents')}
        rows={{ ...agents, data: shown }}
        columns={columns}
        rowKey="id"
        onOpen={can('agents.manage') ? edit : undefined}
        empty={<Empty title={t('agent.none')} text={t('agent.none_text')} action={add} />}
      />
      <AgentSheet edited={edited} onClose={() => edit(undefined)} />
    </>
  )
}
