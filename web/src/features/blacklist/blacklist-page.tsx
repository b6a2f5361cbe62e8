import { PlusOutlined, SearchOutlined } from '@ant-design/icons'
import { Button, Form, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { dialable, groupNumber } from '@/lib/phone-number'
import type { BlacklistView } from '@/lib/types'
import { PageHead, PhoneNumber, When } from '@/ui/bits'
import { type Columns, DataTable } from '@/ui/data-table'
import { type Edited, EditSheet } from '@/ui/edit-sheet'
import { Need } from '@/ui/need'
import { Empty } from '@/ui/page-state'
import { type BlacklistInput, useBlacklist, useRemoveBlacklist, useSaveBlacklist } from './data'

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
        onOpen={edit}
        empty={<Empty title={t('blacklist.none')} text={t('blacklist.none_text')} action={add} />}
      />
      <EditSheet<BlacklistView, BlacklistInput>
        edited={edited}
        onClose={() => edit(undefined)}
        title={(r) => (r ? groupNumber(r.number) : t('blacklist.add'))}
        values={(r) => ({ number: r?.number, reason: r?.reason })}
        save={useSaveBlacklist()}
        remove={useRemoveBlacklist()}
        removeText={() => t('blacklist.remove_text')}
      >
        {(_, view) => (
          <>
            <Form.Item
              name="number"
              label={t('blacklist.number')}
              rules={[{ required: true, message: t('form.missing') }]}
            >
              <Input inputMode="tel" maxLength={30} disabled={view !== undefined} />
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
