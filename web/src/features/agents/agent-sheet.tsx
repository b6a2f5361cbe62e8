import {
  App,
  Button,
  Form,
  Input,
  InputNumber,
  Modal,
  Radio,
  Select,
  Switch,
  TreeSelect,
} from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useDepartments } from '@/features/departments/data'
import { treeOf } from '@/features/departments/tree'
import { useGroups } from '@/features/groups/data'
import { useRoles } from '@/features/roles/data'
import { useMe } from '@/features/session/session'
import { languages } from '@/lib/i18n'
import type { AgentGroup, AgentInput, AgentView } from '@/lib/types'
import { Copy } from '@/ui/bits'
import { type Edited, EditSheet } from '@/ui/edit-sheet'
import { useShowError } from '@/ui/side-sheet'
import {
  useAgents,
  useIssueDeskPhone,
  useRemoveAgent,
  useResetPassword,
  useSaveAgent,
} from './data'
import { newPassword } from './password'
import '@/features/groups/groups.css'

/** The sheet's own form: whether somebody takes calls is said in the API by having a number. */
type AgentForm = AgentInput & { takes_calls: boolean }

function valuesOf(a: AgentView | undefined): Partial<AgentForm> {
  if (!a) {
    return {
      takes_calls: true,
      method: 'web',
      groups: [],
      password: newPassword(),
      language: 'zh-CN',
    }
  }
  return {
    name: a.name,
    login: a.login,
    number: a.number,
    takes_calls: Boolean(a.number),
    method: a.method ?? 'web',
    mobile: a.mobile,
    department_id: a.department_id || undefined,
    superior_id: a.superior_id || undefined,
    role_id: a.role_id,
    language: a.language,
    email: a.email,
    disabled: a.disabled,
    groups: a.groups,
  }
}

function inputOf({ takes_calls, ...v }: AgentForm): AgentInput {
  if (!takes_calls) return { ...v, number: undefined, method: undefined, groups: [] }
  return { ...v, groups: v.groups?.map(({ id, level }) => ({ id, level })) }
}

/** One person: sign-in, rights, how they take calls. */
export function AgentSheet({
  edited,
  onClose,
}: {
  edited: Edited<AgentView>
  onClose: () => void
}) {
  const { t } = useTranslation()
  const me = useMe()
  const roles = useRoles()
  const departments = useDepartments()
  const people = useAgents()
  const missing = [{ required: true, message: t('form.missing') }]
  return (
    <EditSheet<AgentView, AgentForm, AgentInput>
      edited={edited}
      onClose={onClose}
      width={600}
      title={(a) => a?.name ?? t('agent.add')}
      values={valuesOf}
      input={inputOf}
      save={useSaveAgent()}
      remove={useRemoveAgent()}
      removeText={() => t('agent.remove_text')}
    >
      {(_, view) => (
        <>
          <div className="form-row">
            <Form.Item name="name" label={t('agent.name')} rules={missing}>
              <Input maxLength={100} />
            </Form.Item>
            <Form.Item name="login" label={t('agent.login')} rules={missing}>
              <Input
                maxLength={60}
                suffix={<span className="faint">@{me.account.slug}</span>}
                autoComplete="off"
              />
            </Form.Item>
          </div>
          {view ? (
            <PasswordLine agent={view} />
          ) : (
            <Form.Item
              name="password"
              label={t('agent.first_password')}
              extra={t('agent.password_help')}
              rules={missing}
            >
              <Input maxLength={200} autoComplete="off" />
            </Form.Item>
          )}
          <div className="form-row">
            <Form.Item name="role_id" label={t('agent.role')} rules={missing}>
              <Select options={roles.data?.map((r) => ({ value: r.id, label: r.name }))} />
            </Form.Item>
            <Form.Item name="department_id" label={t('agent.department')}>
              <TreeSelect
                allowClear
                treeDefaultExpandAll
                treeData={treeOf(departments.data ?? [])}
              />
            </Form.Item>
            <Form.Item name="superior_id" label={t('agent.superior')}>
              <Select
                allowClear
                showSearch={{ optionFilterProp: 'label' }}
                options={people.data
                  ?.filter((p) => p.id !== view?.id)
                  .map((p) => ({ value: p.id, label: p.name }))}
              />
            </Form.Item>
            <Form.Item name="language" label={t('me.language')}>
              <Select allowClear placeholder={t('agent.language_default')} options={languages} />
            </Form.Item>
          </div>
          <h3 className="form-title">{t('agent.calls')}</h3>
          <Form.Item name="takes_calls" label={t('agent.takes_calls')} valuePropName="checked">
            <Switch />
          </Form.Item>
          <Form.Item
            noStyle
            shouldUpdate={(a, b) => a.takes_calls !== b.takes_calls || a.method !== b.method}
          >
            {({ getFieldValue }) =>
              getFieldValue('takes_calls') && (
                <CallFields mobile={getFieldValue('method') === 'mobile'} />
              )
            }
          </Form.Item>
          {view?.number && <DeskPhone id={view.id} />}
          {view && (
            <>
              <h3 className="form-title">{t('agent.access')}</h3>
              <Form.Item
                name="disabled"
                label={t('agent.disable')}
                extra={t('agent.disable_help')}
                valuePropName="checked"
              >
                <Switch disabled={view.id === me.user.id} />
              </Form.Item>
            </>
          )}
        </>
      )}
    </EditSheet>
  )
}

function CallFields({ mobile }: { mobile: boolean }) {
  const { t } = useTranslation()
  return (
    <>
      <div className="form-row">
        <Form.Item
          name="number"
          label={t('agent.number')}
          extra={t('agent.number_help')}
          rules={[{ required: true, message: t('form.missing') }]}
        >
          <Input inputMode="numeric" maxLength={20} />
        </Form.Item>
        <Form.Item
          name="mobile"
          label={t('agent.mobile')}
          rules={mobile ? [{ required: true, message: t('form.missing') }] : []}
        >
          <Input inputMode="tel" maxLength={30} />
        </Form.Item>
      </div>
      <Form.Item name="method" label={t('agent.method')}>
        <Radio.Group
          optionType="button"
          options={(['web', 'sip', 'mobile'] as const).map((m) => ({
            value: m,
            label: t(`method.${m}`),
          }))}
        />
      </Form.Item>
      <Form.Item name="groups" label={t('agent.groups')}>
        <GroupPicker />
      </Form.Item>
    </>
  )
}

/** The groups an agent serves, with a skill level in each. */
function GroupPicker({
  value = [],
  onChange,
}: {
  value?: AgentGroup[]
  onChange?: (g: AgentGroup[]) => void
}) {
  const { t } = useTranslation()
  const groups = useGroups()
  return (
    <div className="members">
      <Select
        mode="multiple"
        value={value.map((g) => g.id)}
        aria-label={t('agent.groups')}
        showSearch={{ optionFilterProp: 'label' }}
        onChange={(ids: number[]) =>
          onChange?.(ids.map((id) => value.find((g) => g.id === id) ?? { id, level: 1 }))
        }
        options={groups.data?.map((g) => ({ value: g.id, label: g.name }))}
      />
      {value.length > 0 && (
        <ol>
          {value.map((g, i) => {
            const name = groups.data?.find((x) => x.id === g.id)?.name ?? g.name
            return (
              <li key={g.id} className="two">
                <span>{name}</span>
                <span className="member-level">
                  {t('group.level')}
                  <InputNumber
                    size="small"
                    min={1}
                    max={10}
                    value={g.level}
                    aria-label={t('group.level_of', { name })}
                    onChange={(level) => onChange?.(value.with(i, { ...g, level: level ?? 1 }))}
                  />
                </span>
              </li>
            )
          })}
        </ol>
      )}
    </div>
  )
}

/** Issues what to type into this agent's desk phone; it is shown once, and the former one stops working. */
function DeskPhone({ id }: { id: number }) {
  const { t } = useTranslation()
  const showError = useShowError()
  const issue = useIssueDeskPhone(id)
  if (!issue.data) {
    return (
      <Form.Item extra={t('agent.desk_phone_help')}>
        <Button
          loading={issue.isPending}
          onClick={() => issue.mutate(undefined, { onError: (e) => showError(e) })}
        >
          {t('agent.desk_phone')}
        </Button>
      </Form.Item>
    )
  }
  const rows = [
    [t('agent.sip_user'), issue.data.user],
    [t('agent.sip_domain'), issue.data.domain],
    [t('agent.sip_secret'), issue.data.password],
  ] as const
  return (
    <dl className="desk-phone">
      {rows.map(([label, text]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>
            <code>{text}</code>
            <Copy text={text} label={t('common.copy', { what: label })} />
          </dd>
        </div>
      ))}
    </dl>
  )
}

function PasswordLine({ agent }: { agent: AgentView }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const showError = useShowError()
  const reset = useResetPassword()
  const [password, setPassword] = useState<string>()
  return (
    <Form.Item label={t('sign_in.password')}>
      <Button onClick={() => setPassword(newPassword())}>{t('agent.reset')}</Button>
      <Modal
        open={password !== undefined}
        title={t('agent.reset_title', { name: agent.name })}
        okText={t('agent.reset')}
        cancelText={t('common.cancel')}
        confirmLoading={reset.isPending}
        onCancel={() => setPassword(undefined)}
        onOk={() =>
          reset.mutate(
            { id: agent.id, password: password ?? '' },
            {
              onSuccess: () => {
                message.success(t('agent.reset_done'))
                setPassword(undefined)
              },
              onError: (err) => showError(err),
            },
          )
        }
      >
        <p>{t('agent.reset_text')}</p>
        <Input
          value={password}
          onChange={(e) => setPassword(e.target.value)}
          aria-label={t('agent.first_password')}
          suffix={
            <Copy text={password ?? ''} label={t('common.copy', { what: t('sign_in.password') })} />
          }
        />
      </Modal>
    </Form.Item>
  )
}
