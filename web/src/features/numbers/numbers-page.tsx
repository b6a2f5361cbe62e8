import { PlusOutlined } from '@ant-design/icons'
import { Button, Form, Input, Select, Switch } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFlows } from '@/features/flows/data'
import { groupNumber } from '@/lib/phone-number'
import type { NumberInput, NumberView } from '@/lib/types'
import { PageHead, PhoneNumber, Tag } from '@/ui/bits'
import { type Columns, DataTable } from '@/ui/data-table'
import { type Edited, EditSheet } from '@/ui/edit-sheet'
import { Need } from '@/ui/need'
import { Empty } from '@/ui/page-state'
import { useNumbers, useRemoveNumber, useSaveNumber } from './data'

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
  const columns: Columns<NumberView> = [
    { title: t('number.number'), render: (_, n) => <PhoneNumber number={n.number} strong /> },
    { title: t('number.name'), dataIndex: 'name' },
    {
      title: t('number.flow'),
      render: (_, n) => n.flow || <Tag tone="warn">{t('number.no_flow')}</Tag>,
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
        {add}
      </PageHead>
      <DataTable
        label={t('section.numbers')}
        rows={numbers}
        columns={columns}
        rowKey="id"
        onOpen={edit}
        empty={<Empty title={t('number.none')} text={t('number.none_text')} action={add} />}
      />
      <NumberSheet edited={edited} onClose={() => edit(undefined)} />
    </>
  )
}

function NumberSheet({ edited, onClose }: { edited: Edited<NumberView>; onClose: () => void }) {
  const { t } = useTranslation()
  const flows = useFlows()
  return (
    <EditSheet<NumberView, NumberInput>
      edited={edited}
      onClose={onClose}
      title={(n) => (n ? groupNumber(n.number) : t('number.add'))}
      values={(n) => ({
        number: n?.number,
        name: n?.name,
        flow_id: n?.flow_id,
        enabled: n?.enabled ?? true,
      })}
      save={useSaveNumber()}
      remove={useRemoveNumber()}
      removeText={() => t('number.remove_text')}
    >
      {() => (
        <>
          <Form.Item
            name="number"
            label={t('number.number')}
            extra={t('number.number_help')}
            rules={[{ required: true, message: t('form.missing') }]}
          >
            <Input inputMode="tel" maxLength={30} />
          </Form.Item>
          <Form.Item
            name="name"
            label={t('number.name')}
            extra={t('number.name_help')}
            rules={[{ required: true, message: t('form.missing') }]}
          >
            <Input maxLength={100} />
          </Form.Item>
          <Form.Item name="flow_id" label={t('number.flow')} extra={t('number.flow_help')}>
            <Select
              allowClear
              showSearch={{ optionFilterProp: 'label' }}
              loading={flows.isPending}
              placeholder={t('number.no_flow')}
              options={flows.data?.map((f) => ({ value: f.id, label: f.name }))}
            />
          </Form.Item>
          <Form.Item name="enabled" label={t('number.enabled')} valuePropName="checked">
            <Switch />
          </Form.Item>
        </>
      )}
    </EditSheet>
  )
}
