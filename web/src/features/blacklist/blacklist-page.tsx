import { PlusOutlined, SearchOutlined } from '@ant-design/icons'
import { App, Button, Form, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { dialable, groupNumber } from '@/lib/phone-number'
import type { BlacklistInput, BlacklistView } from '@/lib/types'
import { PageHead, PhoneNumber, When } from '@/ui/bits'
import { type Columns, DataTable } from '@/ui/data-table'
import { type Edited, EditSheet } from '@/ui/edit-sheet'
import { Need } from '@/ui/need'
import { Empty } from '@/ui/page-state'
import { useShowError } from '@/ui/side-sheet'
import { useAddBlacklist, useBlacklist, useRemoveBlacklist } from './data'

/** Blacklist: numbers that neither get in nor are called. */
export function BlacklistPage() {
  return (
    <Need right="blacklist.manage">
      <Blacklist />
    </Need>
  )
}

function Blacklist() {
  const { t } = useTranslation()
  const [number, setNumber] = useState('')
  const rows = useBlacklist(number)
  const [edited, edit] = useState<Edited<BlacklistView>>()
  const columns: Columns<BlacklistView> = [
    { title: t('blacklist.number'), render: (_, r) => <PhoneNumber number={r.number} strong /> },
    { title: t('blacklist.reason'), dataIndex: 'reason' },
    { title: t('blacklist.by'), dataIndex: 'by' },
    { title: t('blacklist.at'), render: (_, r) => <When at={r.at} /> },
    {
      title: <span className="visually-hidden">{t('common.remove')}</span>,
      align: 'right',
      render: (_, r) => <Remove row={r} />,
    },
  ]
  const add = (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => edit('new')}>
      {t('blacklist.add')}
    </Button>
  )
  return (
    <>
      <PageHead title={t('section.blacklist')} text={t('blacklist.text')}>
        <Input
          allowClear
          prefix={<SearchOutlined />}
          placeholder={t('blacklist.find')}
          aria-label={t('blacklist.find')}
          onPressEnter={(e) => setNumber(dialable(e.currentTarget.value))}
          onClear={() => setNumber('')}
          style={{ width: 200 }}
        />
        {add}
      </PageHead>
      <DataTable
        label={t('section.blacklist')}
        rows={rows}
        columns={columns}
        rowKey="id"
        empty={<Empty title={t('blacklist.none')} text={t('blacklist.none_text')} action={add} />}
      />
      <EditSheet<BlacklistView, BlacklistInput>
        edited={edited}
        onClose={() => edit(undefined)}
        title={() => t('blacklist.add')}
        values={() => ({})}
        save={useAddBlacklist()}
      >
        {() => (
          <>
            <Form.Item
              name="number"
              label={t('blacklist.number')}
              rules={[{ required: true, message: t('form.missing') }]}
            >
              <Input inputMode="tel" maxLength={30} />
            </Form.Item>
            <Form.Item name="reason" label={t('blacklist.reason')}>
              <Input.TextArea maxLength={500} autoSize={{ minRows: 3, maxRows: 8 }} />
            </Form.Item>
          </>
        )}
      </EditSheet>
    </>
  )
}

function Remove({ row }: { row: BlacklistView }) {
  const { t } = useTranslation()
  const { message, modal } = App.useApp()
  const showError = useShowError()
  const remove = useRemoveBlacklist()
  const ask = () =>
    modal.confirm({
      title: t('common.remove_title', { name: groupNumber(row.number) }),
      content: t('blacklist.remove_text'),
      okText: t('common.remove'),
      okButtonProps: { danger: true },
      cancelText: t('common.cancel'),
      onOk: () =>
        remove.mutateAsync(row.id).then(
          () => void message.success(t('common.removed')),
          (err) => showError(err),
        ),
    })
  return (
    <Button size="small" type="link" danger onClick={ask}>
      {t('common.remove')}
    </Button>
  )
}
