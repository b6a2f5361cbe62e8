import { Form, Input, InputNumber, Radio, Select, Switch } from 'antd'
import { useTranslation } from 'react-i18next'
import type { GroupExit, GroupInput, GroupView } from '@/lib/types'
import { type Edited, EditSheet } from '@/ui/edit-sheet'
import { useGroups, useRemoveGroup, useSaveGroup } from './data'
import { Members } from './members'
import './groups.css'

const strategies: GroupInput['strategy'][] = [
  'longest_idle',
  'round_robin',
  'fewest_calls',
  'fixed_order',
  'random',
  'ring_all',
  'skill_level',
]

const toFlow: GroupExit = { kind: 'flow' }

/** What a new group starts with: the values that suit most. */
function valuesOf(g: GroupView | undefined): Partial<GroupInput> {
  if (g) return { ...g, members: g.members }
  return {
    strategy: 'longest_idle',
    last_agent_first: false,
    wait_limit: 300,
    ring_time: 20,
    wrap_up: 30,
    max_wrap_up: 300,
    max_waiting: 50,
    after_miss: 'busy',
    announce_every: 30,
    ask_pause: 10,
    empty_limit: 0,
    need_working: false,
    tell_agent_number: false,
    survey_after: false,
    on_no_agent: toFlow,
    on_timeout: toFlow,
    on_full: toFlow,
    members: [],
  }
}

/** Only what the API takes: a view has more than an input. */
function inputOf(v: GroupInput): GroupInput {
  return {
    name: v.name,
    strategy: v.strategy,
    last_agent_first: v.last_agent_first,
    wait_limit: v.wait_limit ?? 0,
    ring_time: v.ring_time,
    wrap_up: v.wrap_up ?? 0,
    max_wrap_up: Math.max(v.max_wrap_up ?? 0, v.wrap_up ?? 0),
    max_waiting: v.max_waiting ?? 0,
    after_miss: v.after_miss,
    announce_every: v.announce_every ?? 0,
    ask_pause: v.ask_pause ?? 0,
    empty_limit: v.empty_limit ?? 0,
    need_working: v.need_working,
    tell_agent_number: v.tell_agent_number,
    survey_after: v.survey_after,
    greeting: v.greeting,
    on_no_agent: exitOf(v.on_no_agent),
    on_timeout: exitOf(v.on_timeout),
    on_full: exitOf(v.on_full),
    music: v.music,
    members: v.members.map(({ agent, level, order }) => ({ agent, level, order })),
  }
}

const exitOf = (e: GroupExit): GroupExit =>
  e.kind === 'group' ? { kind: 'group', group: e.group } : { kind: e.kind }

/** One skill group: rule, limits, exits, members. */
export function GroupSheet({
  edited,
  onClose,
}: {
  edited: Edited<GroupView>
  onClose: () => void
}) {
  const { t } = useTranslation()
  return (
    <EditSheet<GroupView, GroupInput>
      edited={edited}
      onClose={onClose}
      width={640}
      title={(g) => g?.name ?? t('group.add')}
      values={valuesOf}
      input={inputOf}
      save={useSaveGroup()}
      remove={useRemoveGroup()}
      removeText={() => t('group.remove_text')}
    >
      {(form, view) => (
        <>
          <Form.Item
            name="name"
            label={t('group.name')}
            rules={[{ required: true, message: t('form.missing') }]}
          >
            <Input maxLength={100} />
          </Form.Item>
          <div className="form-row">
            <Form.Item name="strategy" label={t('group.strategy')}>
              <Select options={strategies.map((s) => ({ value: s, label: t(`strategy.${s}`) }))} />
            </Form.Item>
            <Form.Item
              name="last_agent_first"
              label={t('group.last_agent')}
              valuePropName="checked"
            >
              <Switch />
            </Form.Item>
          </div>
          <Form.Item noStyle shouldUpdate={(a, b) => a.strategy !== b.strategy}>
            {() => (
              <p className="form-help">
                {t(`strategy_help.${form.getFieldValue('strategy') as GroupInput['strategy']}`)}
              </p>
            )}
          </Form.Item>
          <h3 className="form-title">{t('group.members')}</h3>
          <Form.Item name="members">
            <Members />
          </Form.Item>
          <h3 className="form-title">{t('group.limits')}</h3>
          <div className="form-row three">
            <Seconds name="ring_time" label={t('group.ring_time')} min={3} max={300} />
            <Seconds
              name="wait_limit"
              label={t('group.wait_limit')}
              max={86400}
              zero={t('group.no_limit')}
            />
            <Form.Item
              name="max_waiting"
              label={t('group.max_waiting')}
              extra={t('group.zero', { what: t('group.no_limit') })}
            >
              <InputNumber min={0} max={1000000} />
            </Form.Item>
            <Seconds name="wrap_up" label={t('group.wrap_up')} max={3600} />
            <Seconds name="max_wrap_up" label={t('group.max_wrap_up')} max={7200} />
            <Seconds
              name="announce_every"
              label={t('group.announce_every')}
              max={600}
              zero={t('group.never')}
            />
          </div>
          <Form.Item name="after_miss" label={t('group.after_miss')}>
            <Radio.Group
              options={[
                { value: 'busy', label: t('group.miss_busy') },
                { value: 'again', label: t('group.miss_again') },
              ]}
            />
          </Form.Item>
          <div className="form-row">
            <Seconds name="ask_pause" label={t('group.ask_pause')} max={600} />
            <Form.Item
              name="tell_agent_number"
              label={t('group.tell_agent_number')}
              valuePropName="checked"
            >
              <Switch />
            </Form.Item>
          </div>
          <Form.Item
            name="survey_after"
            label={t('group.survey_after')}
            extra={t('group.survey_after_help')}
            valuePropName="checked"
          >
            <Switch />
          </Form.Item>
          <h3 className="form-title">{t('group.exits')}</h3>
          <div className="form-row">
            <Form.Item name="need_working" label={t('group.need_working')} valuePropName="checked">
              <Switch />
            </Form.Item>
            <Seconds
              name="empty_limit"
              label={t('group.empty_limit')}
              max={86400}
              zero={t('group.as_wait_limit')}
            />
          </div>
          <Exit name="on_no_agent" label={t('group.on_no_agent')} self={view?.id} />
          <Exit name="on_timeout" label={t('group.on_timeout')} self={view?.id} />
          <Exit name="on_full" label={t('group.on_full')} self={view?.id} />
        </>
      )}
    </EditSheet>
  )
}

function Seconds(props: {
  name: keyof GroupInput
  label: string
  min?: number
  max: number
  zero?: string
}) {
  const { t } = useTranslation()
  return (
    <Form.Item
      name={props.name}
      label={props.label}
      extra={props.zero && t('group.zero', { what: props.zero })}
    >
      <InputNumber min={props.min ?? 0} max={props.max} suffix={t('common.seconds')} />
    </Form.Item>
  )
}

/** Where a caller goes who can't be served. */
function Exit({
  name,
  label,
  self,
}: {
  name: 'on_no_agent' | 'on_timeout' | 'on_full'
  label: string
  self?: number
}) {
  const { t } = useTranslation()
  const groups = useGroups()
  return (
    <div className="form-row">
      <Form.Item name={[name, 'kind']} label={label}>
        <Select
          options={(['flow', 'group', 'voicemail', 'hangup'] as const).map((k) => ({
            value: k,
            label: t(`group.exit.${k}`),
          }))}
        />
      </Form.Item>
      <Form.Item noStyle shouldUpdate={(a, b) => a[name]?.kind !== b[name]?.kind}>
        {({ getFieldValue }) =>
          getFieldValue([name, 'kind']) === 'group' && (
            <Form.Item
              name={[name, 'group']}
              label={t('call.group')}
              rules={[{ required: true, message: t('form.missing') }]}
            >
              <Select
                options={groups.data
                  ?.filter((g) => g.id !== self)
                  .map((g) => ({ value: g.id, label: g.name }))}
              />
            </Form.Item>
          )
        }
      </Form.Item>
    </div>
  )
}
