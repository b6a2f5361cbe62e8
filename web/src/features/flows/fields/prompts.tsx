import { Input, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { Play, useSound } from '@/features/prompts/play'
import { listOf, variablesOf } from '../editor/doc'
import { useDoc, useEditor } from '../editor/store'
import { type PromptItem, readPrompt, type Way, ways, writePrompt } from '../editor/words'
import { useWorld } from '../editor/world'
import { AddButton, type ControlProps, NameInput, RowTools } from './parts'
import { useRows } from './rows'

type Entry = { way: 'file' | Way; text: string }
const read = (v: unknown): Entry[] => listOf<PromptItem>(v).map(readPrompt)
const write = (rows: Entry[]): unknown => {
  const items = rows.map((r) => writePrompt(r.way, r.text))
  return items.length > 0 ? items : undefined
}

/** What is played, one after the other: recordings, spoken words, said values and tones. */
export function PromptsField(p: ControlProps & { most?: number; fallback?: string }) {
  const { t } = useTranslation()
  const { words } = useWorld()
  const sound = useSound()
  const { rows, put, add, remove, move } = useRows(p.value, read, write, p.onChange)
  const most = p.most || 20
  return (
    <div className="prompts-field" role="group" aria-label={p.label} id={p.id}>
      {rows.length === 0 && p.fallback && (
        <p className="field-default">
          {t('editor.default_is', { what: words.get(p.fallback) || p.fallback })}
        </p>
      )}
      {rows.map((r, i) => (
        <div className="prompt-row" key={r.id}>
          <div className="prompt-head">
            <Select
              aria-label={t('editor.way_of', { n: i + 1 })}
              size="small"
              value={r.value.way}
              disabled={p.disabled}
              popupMatchSelectWidth={false}
              options={(['file', ...ways] as const).map((w) => ({
                value: w,
                label: t(`editor.way.${w}`),
              }))}
              onChange={(way) =>
                put(r.id, {
                  way,
                  text: way === 'tone' ? 'beep' : r.value.way === 'file' ? '' : r.value.text,
                })
              }
            />
            <RowTools
              what={t('editor.item', { n: i + 1 })}
              disabled={p.disabled}
              first={i === 0}
              last={i === rows.length - 1}
              onMove={rows.length > 1 ? (by) => move(r.id, by) : undefined}
              onRemove={() => remove(r.id)}
            />
          </div>
          <PromptText
            entry={r.value}
            sound={sound}
            label={t('editor.item', { n: i + 1 })}
            disabled={p.disabled}
            onChange={(text) => put(r.id, { ...r.value, text })}
          />
        </div>
      ))}
      {rows.length < most && !p.disabled && (
        <AddButton onClick={() => add({ way: 'file', text: '' })}>
          {t('editor.add_prompt')}
        </AddButton>
      )}
    </div>
  )
}

function PromptText(p: {
  entry: Entry
  sound: ReturnType<typeof useSound>
  label: string
  disabled?: boolean
  onChange: (text: string) => void
}) {
  const { t } = useTranslation()
  const world = useWorld()
  const doc = useDoc()
  const { specs } = useEditor()
  const { way, text } = p.entry
  if (way === 'file') {
    const own = world.recordings.filter((r) => !r.builtIn)
    const option = (r: { name: string; words: string }) => ({
      value: r.name,
      label: (
        <span className="prompt-option">
          <strong>{r.words || r.name}</strong>
          <small>{r.name}</small>
        </span>
      ),
      text: `${r.name} ${r.words}`,
    })
    const known = world.sounds.get(text)
    return (
      <>
        <Select
          aria-label={p.label}
          value={text || undefined}
          disabled={p.disabled}
          className="field-wide"
          placeholder={t('editor.choose_recording')}
          showSearch={{ optionFilterProp: 'text' }}
          popupMatchSelectWidth={320}
          status={text === '' || !known ? 'error' : undefined}
          labelRender={(o) => o.value}
          onChange={p.onChange}
          options={[
            ...(own.length > 0
              ? [{ label: t('editor.own_recordings'), options: own.map(option) }]
              : []),
            {
              label: t('editor.built_in'),
              options: world.recordings.filter((r) => r.builtIn && r.words.length > 1).map(option),
            },
          ]}
        />
        {text !== '' && (
          <div className="prompt-heard">
            <small>{known ? known.words : t('editor.no_such', { name: text })}</small>
            {known && <Play sound={p.sound} url={known.sound(doc.language ?? 'zh')} name={text} />}
          </div>
        )}
      </>
    )
  }
  if (way === 'tts')
    return (
      <Input.TextArea
        aria-label={p.label}
        value={text}
        maxLength={500}
        disabled={p.disabled}
        autoSize={{ minRows: 2, maxRows: 6 }}
        placeholder={t('editor.tts_example')}
        onChange={(e) => p.onChange(e.target.value)}
      />
    )
  if (way === 'tone')
    return (
      <Select
        aria-label={p.label}
        value={text}
        disabled={p.disabled}
        className="field-wide"
        options={world.tones.map((v) => ({
          value: v,
          label: t(`editor.tone.${v}` as never, { defaultValue: v }) as string,
        }))}
        onChange={p.onChange}
      />
    )
  return (
    <NameInput
      id=""
      label={p.label}
      value={text}
      disabled={p.disabled}
      placeholder={t('editor.say_example')}
      options={variablesOf(doc, specs).map((v) => ({ value: `\${${v}}` }))}
      onChange={(v) => p.onChange(String(v ?? ''))}
    />
  )
}
