import { PlusOutlined } from '@ant-design/icons'
import { Button, Form, Input, Switch } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { TrunkInput, TrunkView } from '@/lib/types'
import { PageHead, PhoneNumber, Tag } from '@/ui/bits'
import { type Columns, DataTable } from '@/ui/data-table'
import { type Edited, EditSheet } from '@/ui/edit-sheet'
import { Need } from '@/ui/need'
import { Empty } from '@/ui/page-state'
import { useRemoveTrunk, useSaveTrunk, useTrunks } from './data'

/** Trunks: the lines to carriers. */
export function TrunksPage() {
  return (
    <Need right="numbers.manage">
      <Trunks />
    </Need>
  )
}

function Trunks() {
  const { t } = useTranslation()
  const trunks = useTrunks()
  const [edited, edit] = useState<Edited<TrunkView>>()
  const columns: Columns<TrunkView> = [
    { title: t('trunk.name'), dataIndex: 'name' },
    { title: t('trunk.proxy'), render: (_, r) => <code>{r.proxy}</code> },
    { title: t('trunk.username'), dataIndex: 'username' },
    { title: t('trunk.caller_id'), render: (_, r) => <PhoneNumber number={r.caller_id ?? ''} /> },
    {
      title: t('trunk.register'),
      render: (_, r) => (r.register ? t('common.yes') : t('common.no')),
    },
    {
      title: t('number.state'),
      render: (_, r) =>
        r.enabled ? <Tag tone="good">{t('common.on')}</Tag> : <Tag>{t('common.off')}</Tag>,
    },
  ]
  const add = (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => edit('new')}>
      {t('trunk.add')}
    </Button>
  )
  return (
    <>
      <PageHead title={t('section.trunks')} text={t('trunk.text')}>
        {add}
      </PageHead>
      <DataTable
        label={t('section.trunks')}
        rows={trunks}
        columns={columns}
        rowKey="id"
        onOpen={edit}
        empty={<Empty title={t('trunk.none')} text={t('trunk.none_text')} action={add} />}
      />
      <EditSheet<TrunkView, TrunkInput>
        edited={edited}
        onClose={() => edit(undefined)}
        title={(r) => r?.name ?? t('trunk.add')}
        values={(r) => ({
          name: r?.name,
          proxy: r?.proxy,
          username: r?.username,
          caller_id: r?.caller_id,
          prefix: r?.prefix,
          register: r?.register ?? false,
          enabled: r?.enabled ?? true,
        })}
        save={useSaveTrunk()}
        remove={useRemoveTrunk()}
        removeText={() => t('trunk.remove_text')}
      >
        {(_, view) => (
          <>
            <Form.Item
              name="name"
              label={t('trunk.name')}
              rules={[{ required: true, message: t('form.missing') }]}
            >
              <Input maxLength={60} />
            </Form.Item>
            <Form.Item
              name="proxy"
              label={t('trunk.proxy')}
              extra={t('trunk.proxy_help')}
              rules={[{ required: true, message: t('form.missing') }]}
            >
              <Input maxLength={200} placeholder="sip.example.com:5060" />
            </Form.Item>
            <Form.Item name="username" label={t('trunk.username')}>
              <Input maxLength={100} autoComplete="off" />
            </Form.Item>
            <Form.Item
              name="password"
              label={t('trunk.password')}
              extra={view?.has_password && t('trunk.password_kept')}
            >
              <Input.Password maxLength={200} autoComplete="new-password" />
            </Form.Item>
            <Form.Item
              name="caller_id"
              label={t('trunk.caller_id')}
              extra={t('trunk.caller_id_help')}
            >
              <Input inputMode="tel" maxLength={30} />
            </Form.Item>
            <Form.Item name="prefix" label={t('trunk.prefix')} extra={t('trunk.prefix_help')}>
              <Input inputMode="numeric" maxLength={13} />
            </Form.Item>
            <Form.Item name="register" label={t('trunk.register')} valuePropName="checked">
              <Switch />
            </Form.Item>
            <Form.Item name="enabled" label={t('number.enabled')} valuePropName="checked">
              <Switch />
            </Form.Item>
          </>
        )}
      </EditSheet>
    </>
  )
}
