import { PlusOutlined } from '@ant-design/icons'
import { App, Button, Checkbox, Form, Input, Modal, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { KeyMade, KeyView, RightView } from '@/lib/types'
import { Copy, PageHead, Tag, When } from '@/ui/bits'
import { type Columns, DataTable } from '@/ui/data-table'
import { Need } from '@/ui/need'
import { Empty } from '@/ui/page-state'
import { SideSheet, useShowError } from '@/ui/side-sheet'
import { useKeys, useMakeKey, useRevokeKey } from './data'
import './keys.css'

/** API keys: which programs may use the API, and with which rights. */
export function KeysPage() {
  return (
    <Need right="keys.manage">
      <Keys />
    </Need>
  )
}

const tones = { active: 'good', expired: 'warn', revoked: 'plain' } as const

function Keys() {
  const { t, i18n } = useTranslation()
  const keys = useKeys()
  const [adding, setAdding] = useState(false)
  const [made, setMade] = useState<KeyMade>()
  const rights = keys.data?.rights ?? []
  const nameOf = (right: string) => {
    const known = rights.find((r) => r.right === right)
    if (!known) return right
    return i18n.language === 'en' ? known.en : known.zh
  }
  const columns: Columns<KeyView> = [
    { title: t('api_key.name'), render: (_, k) => <strong>{k.name}</strong> },
    { title: t('api_key.secret'), render: (_, k) => <code translate="no">{k.hint}…</code> },
    {
      title: t('api_key.state'),
      render: (_, k) => <Tag tone={tones[k.state]}>{t(`api_key.${k.state}`)}</Tag>,
    },
    {
      title: t('api_key.rights'),
      render: (_, k) => (
        <span className="key-rights">
          {k.rights.map((r) => (
            <Tag key={r}>{nameOf(r)}</Tag>
          ))}
        </span>
      ),
    },
    { title: t('api_key.by'), dataIndex: 'by' },
    {
      title: t('api_key.used'),
      render: (_, k) =>
        k.used_at ? (
          <span className="key-used">
            <When at={k.used_at} /> <span className="tabular">{k.used_ip}</span>
          </span>
        ) : (
          t('api_key.unused')
        ),
    },
    {
      title: t('api_key.expires'),
      render: (_, k) => (k.expires_at ? <When at={k.expires_at} /> : t('api_key.never')),
    },
    {
      title: <span className="visually-hidden">{t('api_key.revoke')}</span>,
      align: 'right',
      render: (_, k) => k.state === 'active' && <Revoke row={k} />,
    },
  ]
  const add = (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setAdding(true)}>
      {t('api_key.add')}
    </Button>
  )
  return (
    <>
      <PageHead title={t('section.keys')} text={t('api_key.text')}>
        {add}
      </PageHead>
      <DataTable
        label={t('section.keys')}
        rows={{ ...keys, data: keys.data?.items }}
        columns={columns}
        rowKey="id"
        empty={<Empty title={t('api_key.none')} text={t('api_key.none_text')} action={add} />}
      />
      <MakeKey
        open={adding}
        rights={rights}
        onClose={() => setAdding(false)}
        onMade={(key) => {
          setAdding(false)
          setMade(key)
        }}
      />
      <Secret made={made} onClose={() => setMade(undefined)} />
    </>
  )
}

interface Fields {
  name: string
  rights: string[]
  days: number
}

const lives = [30, 90, 365, 0]

function MakeKey(props: {
  open: boolean
  rights: RightView[]
  onClose: () => void
  onMade: (made: KeyMade) => void
}) {
  const { t, i18n } = useTranslation()
  const showError = useShowError()
  const make = useMakeKey()
  const [form] = Form.useForm<Fields>()
  const save = async () => {
    const filled = await form.validateFields().catch(() => undefined)
    if (!filled) return
    const ends = filled.days > 0 ? new Date(Date.now() + filled.days * 86_400_000) : undefined
    make.mutate(
      { name: filled.name, rights: filled.rights, expires_at: ends?.toISOString() },
      { onSuccess: props.onMade, onError: (err) => showError(err, form) },
    )
  }
  return (
    <SideSheet
      open={props.open}
      title={t('api_key.add')}
      onClose={props.onClose}
      onSave={save}
      saving={make.isPending}
    >
      <Form<Fields>
        form={form}
        layout="vertical"
        preserve={false}
        initialValues={{ rights: [], days: 365 }}
      >
        <Form.Item
          name="name"
          label={t('api_key.name')}
          extra={t('api_key.name_help')}
          rules={[{ required: true, whitespace: true, message: t('form.missing') }]}
        >
          <Input maxLength={60} />
        </Form.Item>
        <Form.Item name="days" label={t('api_key.expires')}>
          <Select
            options={lives.map((days) => ({
              value: days,
              label: days === 0 ? t('api_key.never') : t('api_key.days', { days }),
            }))}
          />
        </Form.Item>
        <Form.Item
          name="rights"
          label={t('api_key.rights')}
          extra={t('api_key.rights_help')}
          rules={[{ type: 'array', min: 1, message: t('api_key.missing_rights') }]}
        >
          <Checkbox.Group
            className="key-choices"
            options={props.rights.map((r) => ({
              value: r.right,
              label: i18n.language === 'en' ? r.en : r.zh,
            }))}
          />
        </Form.Item>
      </Form>
    </SideSheet>
  )
}

/** The one time that a secret is shown. */
function Secret({ made, onClose }: { made: KeyMade | undefined; onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Modal
      open={made !== undefined}
      title={t('api_key.made', { name: made?.name })}
      closable={false}
      maskClosable={false}
      keyboard={false}
      footer={
        <Button type="primary" onClick={onClose}>
          {t('api_key.kept')}
        </Button>
      }
    >
      <p>{t('api_key.once')}</p>
      <Input
        readOnly
        value={made?.secret}
        aria-label={t('api_key.secret')}
        onFocus={(e) => e.currentTarget.select()}
        suffix={
          <Copy text={made?.secret ?? ''} label={t('common.copy', { what: t('api_key.secret') })} />
        }
      />
      <p className="key-usage">
        {t('api_key.usage')} <code translate="no">Authorization: Bearer {made?.hint}…</code>
      </p>
    </Modal>
  )
}

function Revoke({ row }: { row: KeyView }) {
  const { t } = useTranslation()
  const { message, modal } = App.useApp()
  const showError = useShowError()
  const revoke = useRevokeKey()
  const ask = () =>
    modal.confirm({
      title: t('api_key.revoke_title', { name: row.name }),
      content: t('api_key.revoke_text'),
      okText: t('api_key.revoke'),
      okButtonProps: { danger: true },
      cancelText: t('common.cancel'),
      onOk: () =>
        revoke.mutateAsync(row.id).then(
          () => void message.success(t('api_key.done')),
          (err) => showError(err),
        ),
    })
  return (
    <Button size="small" type="link" danger onClick={ask}>
      {t('api_key.revoke')}
    </Button>
  )
}
