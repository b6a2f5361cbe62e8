import { PlusOutlined } from '@ant-design/icons'
import { Button, Form, Input, Select, TreeSelect } from 'antd'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAgents } from '@/features/agents/data'
import type { DepartmentInput, DepartmentView } from '@/lib/types'
import { PageHead } from '@/ui/bits'
import { type Columns, DataTable } from '@/ui/data-table'
import { type Edited, EditSheet } from '@/ui/edit-sheet'
import { Need } from '@/ui/need'
import { Empty } from '@/ui/page-state'
import { useDepartments, useRemoveDepartment, useSaveDepartment } from './data'
import { inOrder, treeOf } from './tree'

/** Departments, as a tree with managers. */
export function DepartmentsPage() {
  return (
    <Need right="users.manage">
      <Departments />
    </Need>
  )
}

function Departments() {
  const { t } = useTranslation()
  const departments = useDepartments()
  const people = useAgents()
  const [edited, edit] = useState<Edited<DepartmentView>>()
  const rows = useMemo(() => departments.data && inOrder(departments.data), [departments.data])
  const columns: Columns<DepartmentView & { depth: number }> = [
    {
      title: t('department.name'),
      render: (_, d) => (
        <span style={{ paddingLeft: d.depth * 24 }}>
          {d.depth > 0 && <span className="tree-mark" aria-hidden="true" />}
          {d.name}
        </span>
      ),
    },
    { title: t('department.manager'), dataIndex: 'manager' },
    {
      title: t('department.people'),
      align: 'right',
      render: (_, d) => (
        <span className="tabular">
          {people.data?.filter((p) => p.department_id === d.id).length ?? ''}
        </span>
      ),
    },
  ]
  const add = (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => edit('new')}>
      {t('department.add')}
    </Button>
  )
  return (
    <>
      <PageHead title={t('section.departments')} text={t('department.text')}>
        {add}
      </PageHead>
      <DataTable
        label={t('section.departments')}
        rows={{ ...departments, data: rows }}
        columns={columns}
        rowKey="id"
        onOpen={edit}
        empty={<Empty title={t('department.none')} text={t('department.none_text')} action={add} />}
      />
      <EditSheet<DepartmentView, DepartmentInput>
        edited={edited}
        onClose={() => edit(undefined)}
        title={(d) => d?.name ?? t('department.add')}
        values={(d) => ({
          name: d?.name,
          parent_id: d?.parent_id || undefined,
          manager_id: d?.manager_id || undefined,
        })}
        save={useSaveDepartment()}
        remove={useRemoveDepartment()}
        removeText={() => t('department.remove_text')}
      >
        {(_, view) => (
          <>
            <Form.Item
              name="name"
              label={t('department.name')}
              rules={[{ required: true, message: t('form.missing') }]}
            >
              <Input maxLength={100} />
            </Form.Item>
            <Form.Item name="parent_id" label={t('department.parent')}>
              <TreeSelect
                allowClear
                treeDefaultExpandAll
                placeholder={t('department.top')}
                treeData={treeOf(departments.data ?? [], view?.id)}
              />
            </Form.Item>
            <Form.Item
              name="manager_id"
              label={t('department.manager')}
              extra={t('department.manager_help')}
            >
              <Select
                allowClear
                showSearch={{ optionFilterProp: 'label' }}
                options={people.data?.map((p) => ({ value: p.id, label: p.name }))}
              />
            </Form.Item>
          </>
        )}
      </EditSheet>
    </>
  )
}
