import { Input, InputNumber, Segmented, Select, Switch } from 'antd'
import { useTranslation } from 'react-i18next'
import { variablesOf } from '../editor/doc'
import type { FieldSpec } from '../editor/spec'
import { useDoc, useEditor } from '../editor/store'
import { useWorld } from '../editor/world'
import { type ControlProps, NameInput } from './parts'

const textOf = (v: unknown) => (v === undefined || v === null ? '' : String(v))

export function TextField(p: ControlProps & { placeholder?: string; code?: boolean }) {
  return (
    <Input
      id={p.id}
      aria-label={p.label}
      value={textOf(p.value)}
      disabled={p.disabled}
      placeholder={p.placeholder}
      className={p.code ? 'code-input' : undefined}
      spellCheck={false}
      onChange={(e) => p.onChange(e.target.value === '' ? undefined : e.target.value)}
    />
  )
}

export function NumberField(p: ControlProps & { spec: FieldSpec }) {
  const n = Number(p.value)
  return (
    <InputNumber
      id={p.id}
      aria-label={p.label}
      value={p.value === undefined || Number.isNaN(n) ? null : n}
      min={p.spec.min}
      max={p.spec.max || undefined}
      precision={0}
      disabled={p.disabled}
      placeholder={p.spec.default}
      onChange={(v) => p.onChange(v ?? undefined)}
    />
  )
}

/** Seconds of a time as the file writes it: 5s, 2m, 1m30s, or a plain number; undefined if it is none. */
export function secondsOf(v: unknown): number | undefined {
  const text = textOf(v).trim()
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text)
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return undefined
  const units = { ms: 0.001, s: 1, m: 60, h: 3600 }
  let sum = 0
  for (const [, n, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g))
    sum += Number(n) * units[unit as keyof typeof units]
  return sum
}

export function TimeField(p: ControlProps & { spec: FieldSpec }) {
  const { t } = useTranslation()
  const seconds = secondsOf(p.value)
  if (p.value !== undefined && seconds === undefined) return <TextField {...p} />
  return (
    <InputNumber
      id={p.id}
      aria-label={p.label}
      value={seconds ?? null}
      min={p.spec.min}
      max={p.spec.max || undefined}
      disabled={p.disabled}
      placeholder={textOf(secondsOf(p.spec.default))}
      suffix={t('common.seconds')}
      onChange={(v) => p.onChange(v === null ? undefined : `${v}s`)}
    />
  )
}

export function OptionField(p: ControlProps & { options: string[]; fallback?: string }) {
  const { t } = useTranslation()
  const name = (v: string) => t(`editor.option.${v}` as never, { defaultValue: v }) as string
  return (
    <Select
      id={p.id}
      aria-label={p.label}
      value={p.value === undefined ? undefined : textOf(p.value)}
      disabled={p.disabled}
      allowClear={p.fallback !== undefined}
      placeholder={p.fallback && name(p.fallback)}
      className="field-wide"
      options={p.options.map((v) => ({ value: v, label: name(v) }))}
      onChange={(v) => p.onChange(v)}
    />
  )
}

export function FlagField(p: ControlProps & { fallback?: string }) {
  const on = p.value === undefined ? p.fallback === 'true' : p.value === true || p.value === 'true'
  return (
    <Switch
      id={p.id}
      aria-label={p.label}
      size="small"
      checked={on}
      disabled={p.disabled}
      onChange={(v) => p.onChange(String(v) === (p.fallback ?? 'false') ? undefined : v)}
    />
  )
}

/** Yes, no, or not asked. */
export function ThreeWay(p: ControlProps) {
  const { t } = useTranslation()
  const now = p.value === undefined ? 'any' : textOf(p.value)
  return (
    <Segmented
      id={p.id}
      aria-label={p.label}
      size="small"
      value={now}
      disabled={p.disabled}
      options={[
        { value: 'any', label: t('editor.any') },
        { value: 'true', label: t('common.yes') },
        { value: 'false', label: t('common.no') },
      ]}
      onChange={(v) => p.onChange(v === 'any' ? undefined : v === 'true')}
    />
  )
}

export function VariableField(p: ControlProps) {
  const doc = useDoc()
  const { specs } = useEditor()
  return (
    <NameInput
      {...p}
      value={textOf(p.value)}
      options={variablesOf(doc, specs).map((value) => ({ value }))}
    />
  )
}

/** The name of something that the enterprise has. */
export function NamedField(p: ControlProps & { type: string }) {
  const { t } = useTranslation()
  const world = useWorld()
  const doc = useDoc()
  const value = textOf(p.value)
  const plain = (names: string[]) => names.map((v) => ({ value: v }))
  const options: Record<string, { value: string; label?: string }[]> = {
    group: plain(world.groups),
    flow: plain(world.flows.filter((f) => f !== doc.name)),
    hours: plain(world.calendars),
    agent: world.agents.map((a) => ({ value: a.number, label: `${a.number} ${a.name}` })),
  }
  const list = options[p.type] ?? []
  const lost = value !== '' && list.length > 0 && !list.some((o) => o.value === value)
  return (
    <>
      <NameInput
        {...p}
        value={value}
        options={list}
        status={lost ? 'error' : undefined}
        placeholder={t('editor.choose_or_type')}
      />
      {lost && <small className="field-error">{t('editor.no_such', { name: value })}</small>}
    </>
  )
}

/** A field of a kind that this page does not know: as it stands in the file. */
export function RawField(p: ControlProps) {
  const { t } = useTranslation()
  return (
    <Input.TextArea
      id={p.id}
      aria-label={p.label}
      key={JSON.stringify(p.value)}
      defaultValue={p.value === undefined ? '' : JSON.stringify(p.value, null, 1)}
      autoSize={{ minRows: 2, maxRows: 10 }}
      disabled={p.disabled}
      className="code-input"
      placeholder={t('editor.json')}
      onBlur={(e) => {
        if (e.target.value.trim() === '') return p.onChange(undefined)
        try {
          p.onChange(JSON.parse(e.target.value))
        } catch {
          e.target.value = p.value === undefined ? '' : JSON.stringify(p.value, null, 1)
        }
      }}
    />
  )
}
