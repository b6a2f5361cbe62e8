import { Button, Checkbox, DatePicker, Input, InputNumber, Select, TreeSelect } from 'antd'
import dayjs from 'dayjs'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useAgents } from '@/features/agents/data'
import { outcomes } from '@/features/calls/search'
import { useGroups } from '@/features/groups/data'
import { type Branch, treeOf, useLabels } from '@/features/labels/data'
import { useCan } from '@/features/session/session'
import { useRatings } from './data'
import { lengths, type RecordSearch } from './search'

type Change = (s: Partial<RecordSearch>) => void
const form = 'YYYY-MM-DD HH:mm'

/** Every field of the advanced search. Each change searches anew. */
export function Advanced({ search, onChange }: { search: RecordSearch; onChange: Change }) {
  const { t } = useTranslation()
  const can = useCan()
  const all = can('calls.read')
  const agents = useAgents(all)
  const groups = useGroups(all)
  const ratings = useRatings()
  const labels = useLabels()
  const text = (key: 'caller' | 'callee' | 'id', label: string) => (
    <Field label={label}>
      <Input
        allowClear
        key={search[key]}
        defaultValue={search[key]}
        maxLength={key === 'id' ? 36 : 40}
        aria-label={label}
        onPressEnter={(e) => onChange({ [key]: e.currentTarget.value.trim() || undefined })}
        onBlur={(e) => onChange({ [key]: e.currentTarget.value.trim() || undefined })}
        onClear={() => onChange({ [key]: undefined })}
      />
    </Field>
  )
  const one = (
    key: 'direction' | 'rated' | 'located' | 'marked' | 'closed' | 'repeat' | 'assigned',
    label: string,
    options: { value: string; label: string }[],
  ) => (
    <Field label={label}>
      <Select
        allowClear
        value={search[key]}
        aria-label={label}
        placeholder={t('records.any')}
        options={options}
        onChange={(v?: string) => onChange({ [key]: v } as Partial<RecordSearch>)}
      />
    </Field>
  )
  const many = (
    key: 'outcome' | 'rating' | 'status' | 'group' | 'agent' | 'recording',
    label: string,
    options: { value: string | number; label: string }[] | undefined,
  ) => (
    <Field label={label}>
      <Select
        allowClear
        mode="multiple"
        maxTagCount="responsive"
        showSearch={{ optionFilterProp: 'label' }}
        value={search[key] as (string | number)[] | undefined}
        aria-label={label}
        placeholder={t('records.any')}
        options={options}
        onChange={(v) => onChange({ [key]: v.length > 0 ? v : undefined } as Partial<RecordSearch>)}
      />
    </Field>
  )
  const tree = (key: 'tag' | 'quality', kind: 'call' | 'quality', label: string) => (
    <Field label={label}>
      <TreeSelect
        allowClear
        multiple
        treeDefaultExpandAll
        maxTagCount="responsive"
        showSearch={{ treeNodeFilterProp: 'title' }}
        value={search[key]}
        aria-label={label}
        placeholder={t('records.any')}
        treeData={plain(treeOf(labels.data ?? [], kind))}
        onChange={(v: number[]) => onChange({ [key]: v.length > 0 ? v : undefined })}
      />
    </Field>
  )
  const yesNo = [
    { value: 'yes', label: t('common.yes') },
    { value: 'no', label: t('common.no') },
  ]
  return (
    <section className="advanced" aria-label={t('records.advanced')}>
      {text('caller', t('call.from'))}
      {text('callee', t('call.to'))}
      {one('direction', t('call.direction'), [
        { value: 'in', label: t('call.inbound') },
        { value: 'out', label: t('call.outbound') },
      ])}
      {many(
        'outcome',
        t('call.outcome'),
        outcomes.map((o) => ({ value: o, label: t(`outcome.${o}`) })),
      )}
      {many(
        'rating',
        t('records.rating'),
        ratings.data?.map((r) => ({ value: r, label: r })),
      )}
      {one('rated', t('records.rated'), [
        { value: 'given', label: t('records.rated_given') },
        { value: 'asked', label: t('records.rated_asked') },
        { value: 'none', label: t('records.rated_none') },
      ])}
      {one('located', t('records.located'), yesNo)}
      {one('marked', t('records.marked'), yesNo)}
      <Times
        label={t('records.call_time')}
        value={[search.from, search.to]}
        onChange={([from, to]) => onChange({ from, to, range: undefined })}
      />
      <Times
        label={t('records.hangup_time')}
        value={[search.ended_from, search.ended_to]}
        onChange={([ended_from, ended_to]) => onChange({ ended_from, ended_to, range: undefined })}
      />
      {lengths.map((l) => (
        <Span
          key={l}
          label={t(`call.${l}_time`)}
          value={search[l]}
          onChange={(v) => onChange({ [l]: v })}
        />
      ))}
      {all &&
        many(
          'group',
          t('call.group'),
          groups.data?.map((g) => ({ value: g.id, label: g.name })),
        )}
      {all &&
        many(
          'agent',
          t('call.agent'),
          agents.data
            ?.filter((a) => a.number)
            .map((a) => ({ value: a.id, label: `${a.name} ${a.number ?? ''}` })),
        )}
      {one('repeat', t('call.repeat'), [
        { value: '24', label: t('call.repeat_within', { n: 24 }) },
        { value: '48', label: t('call.repeat_within', { n: 48 }) },
      ])}
      {tree('tag', 'call', t('label.kind.call'))}
      {tree('quality', 'quality', t('label.kind.quality'))}
      {many(
        'status',
        t('call.status'),
        labels.data
          ?.filter((l) => l.kind === 'status')
          .map((l) => ({ value: l.id, label: l.name })),
      )}
      {one('closed', t('records.closed'), yesNo)}
      {one('assigned', t('records.assigned'), [
        { value: 'no', label: t('records.assigned_no') },
        { value: 'open', label: t('records.assigned_open') },
        { value: 'settled', label: t('records.assigned_settled') },
      ])}
      {text('id', t('call.id'))}
      <Field label={t('records.missed')}>
        <Checkbox
          checked={search.missed ?? false}
          onChange={(e) => onChange({ missed: e.target.checked || undefined })}
        >
          {t('records.missed_only')}
        </Checkbox>
      </Field>
    </section>
  )
}

interface Twig {
  value: number
  title: string
  children: Twig[]
}

/** A disabled label can't be given any more, but calls that have it are found by it. */
const plain = (tree: Branch[]): Twig[] =>
  tree.map((b) => ({ value: b.value, title: b.title, children: plain(b.children) }))

function Field({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="advanced-field">
      <span aria-hidden="true">{label}</span>
      {children}
    </div>
  )
}

function Times(props: {
  label: string
  value: [string | undefined, string | undefined]
  onChange: (v: [string | undefined, string | undefined]) => void
}) {
  const { t } = useTranslation()
  const [from, to] = props.value
  return (
    <Field label={props.label}>
      <DatePicker.RangePicker
        showTime={{ format: 'HH:mm' }}
        format={form}
        allowEmpty={[true, true]}
        value={[from ? dayjs(from) : null, to ? dayjs(to) : null]}
        placeholder={[t('records.from'), t('records.to')]}
        aria-label={props.label}
        onChange={(v) => props.onChange([v?.[0]?.format(form), v?.[1]?.format(form)])}
      />
    </Field>
  )
}

function Span(props: {
  label: string
  value: string | undefined
  onChange: (v: string | undefined) => void
}) {
  const { t } = useTranslation()
  const [low = '', high = ''] = (props.value ?? '-').split('-')
  const set = (a: string, b: string) => props.onChange(a || b ? `${a}-${b}` : undefined)
  const end = (value: string, word: string, put: (v: string) => void) => (
    <InputNumber
      min={0}
      max={999_999}
      precision={0}
      changeOnWheel={false}
      value={value === '' ? null : Number(value)}
      placeholder={word}
      aria-label={`${props.label} ${word}`}
      onChange={(v) => put(v === null ? '' : String(v))}
    />
  )
  return (
    <Field label={`${props.label} (${t('common.seconds')})`}>
      <span className="advanced-span">
        {end(low, t('records.least'), (v) => set(v, high))}
        <span className="faint">–</span>
        {end(high, t('records.most'), (v) => set(low, v))}
      </span>
    </Field>
  )
}

/** Clears every field. */
export function Reset({ onReset }: { onReset: () => void }) {
  const { t } = useTranslation()
  return <Button onClick={onReset}>{t('calls.reset')}</Button>
}
