import { Input } from 'antd'
import { useTranslation } from 'react-i18next'
import { listOf } from '../editor/doc'
import { AddButton, type ControlProps, RowTools, TargetSelect } from './parts'
import { PromptsField } from './prompts'
import { doubled, pairs, table, useRows } from './rows'

type Pair = [string, unknown]
const text = (v: unknown) => (v === undefined || v === null ? '' : String(v))

const telephone = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '0', '*', '#']

/** Keys of a telephone, each with the node that it leads to. */
export function KeysField(p: ControlProps & { node: string; single?: boolean }) {
  const { t } = useTranslation()
  const { rows, put, add, remove } = useRows<Pair>(p.value, pairs, table, p.onChange)
  const keys = rows.map((r) => r.value[0])
  const twice = doubled(keys)
  return (
    <div className="table-field" role="group" aria-label={p.label} id={p.id}>
      {rows.map((r) => {
        const [key, target] = r.value
        const bad = key === '' || !/^[0-9*#]{1,4}$/.test(key) || twice.has(key)
        return (
          <div className="table-row keys" key={r.id}>
            <Input
              aria-label={t('editor.key_name')}
              value={key}
              maxLength={p.single ? 1 : 4}
              disabled={p.disabled}
              status={bad ? 'error' : undefined}
              className="key-input"
              onChange={(e) => put(r.id, [e.target.value.trim(), target])}
            />
            <TargetSelect
              label={t('editor.key_leads', { key })}
              node={p.node}
              target={text(target) || undefined}
              required
              disabled={p.disabled}
              onChange={(to) => put(r.id, [key, to ?? ''])}
            />
            <RowTools
              what={t('editor.key', { key })}
              disabled={p.disabled}
              onRemove={() => remove(r.id)}
            />
            {twice.has(key) && <small className="field-error">{t('editor.key_twice')}</small>}
          </div>
        )
      })}
      {!p.disabled && (
        <AddButton onClick={() => add([telephone.find((k) => !keys.includes(k)) ?? '', ''])}>
          {t('editor.add_key')}
        </AddButton>
      )}
    </div>
  )
}

/** A table of words: variables and their values, headers, names and what is sent, keys and what they stand for. */
export function PairsField(
  p: ControlProps & {
    keyLabel: string
    valueLabel: string
    numbered?: boolean
    separator?: string
  },
) {
  const { t } = useTranslation()
  const { rows, put, add, remove } = useRows<Pair>(p.value, pairs, table, p.onChange)
  const keys = rows.map((r) => r.value[0])
  const twice = doubled(keys)
  return (
    <div className="table-field" role="group" aria-label={p.label} id={p.id}>
      {rows.map((r) => {
        const [key, value] = r.value
        return (
          <div className={`table-row ${p.numbered ? 'keys' : 'pairs'}`} key={r.id}>
            <Input
              aria-label={p.keyLabel}
              placeholder={p.keyLabel}
              value={key}
              disabled={p.disabled}
              status={key === '' || twice.has(key) ? 'error' : undefined}
              className={p.numbered ? 'key-input' : undefined}
              onChange={(e) => put(r.id, [e.target.value.trim(), value])}
            />
            <Input
              aria-label={p.valueLabel}
              placeholder={p.valueLabel}
              value={text(value)}
              disabled={p.disabled}
              onChange={(e) => put(r.id, [key, e.target.value])}
            />
            <RowTools what={key} disabled={p.disabled} onRemove={() => remove(r.id)} />
            {twice.has(key) && <small className="field-error">{t('editor.key_twice')}</small>}
          </div>
        )
      })}
      {!p.disabled && (
        <AddButton
          onClick={() =>
            add([p.numbered ? (telephone.find((k) => !keys.includes(k)) ?? '') : '', ''])
          }
        >
          {t('editor.add_row')}
        </AddButton>
      )}
    </div>
  )
}

/** What is played for each value of a variable. */
export function AnswersField(p: ControlProps) {
  const { t } = useTranslation()
  const { rows, put, add, remove } = useRows<Pair>(p.value, pairs, table, p.onChange)
  return (
    <div className="table-field" role="group" aria-label={p.label} id={p.id}>
      {rows.map((r) => {
        const [key, value] = r.value
        return (
          <fieldset className="nested" key={r.id}>
            <div className="table-row one">
              <Input
                aria-label={t('editor.value')}
                placeholder={t('editor.value')}
                value={key}
                disabled={p.disabled}
                status={key === '' ? 'error' : undefined}
                onChange={(e) => put(r.id, [e.target.value, value])}
              />
              <RowTools what={key} disabled={p.disabled} onRemove={() => remove(r.id)} />
            </div>
            <PromptsField
              id={`${p.id}-${r.id}`}
              label={t('editor.plays_for', { value: key })}
              value={value}
              disabled={p.disabled}
              onChange={(v) => put(r.id, [key, v ?? []])}
            />
          </fieldset>
        )
      })}
      {!p.disabled && <AddButton onClick={() => add(['', []])}>{t('editor.add_row')}</AddButton>}
    </div>
  )
}

/** A further question for some ratings: what is asked, and what its keys stand for. */
export function SecondField(p: ControlProps) {
  const { t } = useTranslation()
  const { rows, put, add, remove } = useRows<Pair>(p.value, pairs, table, p.onChange)
  return (
    <div className="table-field" role="group" aria-label={p.label} id={p.id}>
      {rows.map((r) => {
        const [key, value] = r.value
        const q = (value ?? {}) as Record<string, unknown>
        return (
          <fieldset className="nested" key={r.id}>
            <div className="table-row one">
              <Input
                aria-label={t('editor.rating_key')}
                prefix={t('editor.after_rating')}
                value={key}
                disabled={p.disabled}
                onChange={(e) => put(r.id, [e.target.value.trim(), value])}
              />
              <RowTools what={key} disabled={p.disabled} onRemove={() => remove(r.id)} />
            </div>
            <PromptsField
              id={`${p.id}-${r.id}-play`}
              label={t('editor.question')}
              value={q.play}
              disabled={p.disabled}
              onChange={(v) => put(r.id, [key, { ...q, play: v }])}
            />
            <PairsField
              id={`${p.id}-${r.id}-keys`}
              label={t('editor.answers')}
              keyLabel={t('editor.key_name')}
              valueLabel={t('editor.stands_for')}
              numbered
              value={q.keys}
              disabled={p.disabled}
              onChange={(v) => put(r.id, [key, { ...q, keys: v }])}
            />
          </fieldset>
        )
      })}
      {!p.disabled && (
        <AddButton onClick={() => add(['', { play: [], keys: {} }])}>
          {t('editor.add_row')}
        </AddButton>
      )}
    </div>
  )
}

const readLines = (v: unknown) => [listOf(v).map(text).join('\n')]

/** A list of words, one a line. */
export function LinesField(p: ControlProps & { placeholder?: string }) {
  const { rows, put } = useRows<string>(
    p.value,
    readLines,
    (list) => {
      const lines = (list[0] ?? '')
        .split('\n')
        .map((l) => l.trim())
        .filter((l) => l !== '')
      return lines.length > 0 ? lines : undefined
    },
    p.onChange,
  )
  const row = rows[0]
  return (
    <Input.TextArea
      id={p.id}
      aria-label={p.label}
      value={row?.value ?? ''}
      disabled={p.disabled}
      placeholder={p.placeholder}
      autoSize={{ minRows: 2, maxRows: 8 }}
      onChange={(e) => row && put(row.id, e.target.value)}
    />
  )
}
