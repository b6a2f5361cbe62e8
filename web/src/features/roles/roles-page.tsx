import { PlusOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Button, Checkbox, Form, Input, Radio } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '@/lib/api'
import type { RightView, RoleInput, RoleView } from '@/lib/types'
import { PageHead, Tag } from '@/ui/bits'
import { type Columns, DataTable } from '@/ui/data-table'
import { type Edited, EditSheet } from '@/ui/edit-sheet'
import { Need } from '@/ui/need'
import { Empty } from '@/ui/page-state'
import { useRemoveRole, useRoles, useSaveRole } from './data'
import './roles.css'

const scopes = ['own', 'subordinates', 'department', 'all'] as const

/** Roles: what people may do, and whose data it reaches. */
export function RolesPage() {
  return (
    <Need right="roles.manage">
      <Roles />
    </Need>
  )
}

function useRights() {
  return useQuery({
    queryKey: ['rights'],
    queryFn: async ({ signal }) => (await api.get('/api/rights', { signal })).items,
    staleTime: Number.POSITIVE_INFINITY,
  })
}

function Roles() {
  const { t, i18n } = useTranslation()
  const roles = useRoles()
  const rights = useRights()
  const [edited, edit] = useState<Edited<RoleView>>()
  const name = (r: RightView) => (i18n.language === 'en' ? r.en : r.zh)
  const columns: Columns<RoleView> = [
    { title: t('role.name'), render: (_, r) => <strong>{r.name}</strong> },
    { title: t('role.scope'), render: (_, r) => t(`scope.${r.scope}`) },
    {
      title: t('role.rights'),
      render: (_, r) => (
        <span className="role-rights">
          {rights.data && r.rights.length === rights.data.length
            ? t('role.all_rights')
            : rights.data
                ?.filter((x) => r.rights.includes(x.right))
                .map((x) => <Tag key={x.right}>{name(x)}</Tag>)}
        </span>
      ),
    },
  ]
  const add = (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => edit('new')}>
      {t('role.add')}
    </Button>
  )
  return (
    <>
      <PageHead title={t('section.roles')} text={t('role.text')}>
        {add}
      </PageHead>
      <DataTable
        label={t('section.roles')}
        rows={roles}
        columns={columns}
        rowKey="id"
        onOpen={edit}
        empty={<Empty title={t('role.none')} action={add} />}
      />
      <EditSheet<RoleView, RoleInput>
        edited={edited}
        onClose={() => edit(undefined)}
        title={(r) => r?.name ?? t('role.add')}
        values={(r) => ({ name: r?.name, rights: r?.rights ?? [], scope: r?.scope ?? 'own' })}
        save={useSaveRole()}
        remove={useRemoveRole()}
        removeText={() => t('role.remove_text')}
      >
        {() => (
          <>
            <Form.Item
              name="name"
              label={t('role.name')}
              rules={[{ required: true, message: t('form.missing') }]}
            >
              <Input maxLength={100} />
            </Form.Item>
            <Form.Item name="scope" label={t('role.scope')} extra={t('role.scope_help')}>
              <Radio.Group options={scopes.map((s) => ({ value: s, label: t(`scope.${s}`) }))} />
            </Form.Item>
            <Form.Item name="rights" label={t('role.rights')}>
              <Checkbox.Group
                className="rights"
                options={rights.data?.map((r) => ({ value: r.right, label: name(r) }))}
              />
            </Form.Item>
          </>
        )}
      </EditSheet>
    </>
  )
}
