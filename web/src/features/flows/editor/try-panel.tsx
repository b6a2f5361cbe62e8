import { CloseOutlined, PhoneOutlined, ReloadOutlined, UndoOutlined } from '@ant-design/icons'
import { App, Button, Collapse, Input, Modal, Switch } from 'antd'
import type { TFunction } from 'i18next'
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Play, useSound } from '@/features/prompts/play'
import { ApiError, api } from '@/lib/api'
import type { FlowCaseResult, FlowTried } from '@/lib/types'
import { errorText } from '@/ui/page-state'
import { NameInput } from '../fields/parts'
import { PairsField } from '../fields/tables'
import type { FlowCase } from './doc'
import type { Overlay } from './graph'
import type { ExitMark, NodeMark } from './node-card'
import { PanelHead } from './panel-head'
import { useDoc, useEditor } from './store'
import { caseOf, type Deed, readCase, type Settings, settingsOf, trialOf } from './trial'
import { useWorld } from './world'

const keypad = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#']

/** The path of a trial in the drawing. */
export function pathOf(tried: FlowTried | undefined): Overlay {
  if (!tried) return {}
  const nodes = new Map<string, NodeMark>()
  const exits = new Map<string, Record<string, ExitMark>>()
  for (const s of tried.steps) {
    nodes.set(s.node, { tone: 'lit' })
    if (s.exit) {
      const of = exits.get(s.node) ?? {}
      of[s.exit] = { tone: 'lit' }
      exits.set(s.node, of)
    }
  }
  if (tried.node) nodes.set(tried.node, { tone: 'now' })
  return { nodes, exits }
}

/** A telephone that plays one caller through the flow as it is now, without a switch. */
export function TryPanel(props: {
  onTried: (t: FlowTried | undefined) => void
  onClose: () => void
}) {
  const { t } = useTranslation()
  const doc = useDoc()
  const { onTried } = props
  const [settings, setSettings] = useState<Settings>(() => settingsOf())
  const [deeds, setDeeds] = useState<Deed[]>()
  const [tried, setTried] = useState<FlowTried>()
  const [error, setError] = useState<unknown>()
  const [busy, setBusy] = useState(false)
  const [saving, setSaving] = useState(false)
  const turn = useRef(0)
  const calling = deeds !== undefined

  useEffect(() => {
    if (!deeds) return
    const mine = ++turn.current
    setBusy(true)
    api
      .post('/api/flows/try', {
        body: { document: doc, trial: trialOf(settings, deeds), wait: true },
      })
      .then((r) => {
        if (mine !== turn.current) return
        setTried(r as FlowTried)
        setError(undefined)
      })
      .catch((err) => {
        if (mine === turn.current) setError(err)
      })
      .finally(() => {
        if (mine === turn.current) setBusy(false)
      })
  }, [deeds, doc, settings])
  useEffect(() => {
    onTried(calling ? tried : undefined)
    return () => onTried(undefined)
  }, [calling, tried, onTried])

  const end = () => {
    turn.current++
    setDeeds(undefined)
    setTried(undefined)
    setError(undefined)
  }
  return (
    <aside className="try-panel" aria-label={t('editor.try')}>
      <PanelHead title={t('editor.try')} onClose={props.onClose} />
      <div className="panel-scroll">
        <Caller settings={settings} onChange={setSettings} />
        <div className="phone">
          {!calling ? (
            <Button
              type="primary"
              size="large"
              block
              icon={<PhoneOutlined rotate={90} />}
              onClick={() => setDeeds([])}
            >
              {t('editor.call_now')}
            </Button>
          ) : (
            <>
              <Heard tried={tried} busy={busy} />
              {error !== undefined && (
                <p className="field-error" role="alert">
                  {error instanceof ApiError && error.code === 'flow.refused'
                    ? t('editor.try_refused')
                    : errorText(error, t)}
                </p>
              )}
              {tried && error === undefined && (
                <Next tried={tried} onDeed={(d) => setDeeds([...deeds, d])} />
              )}
              <div className="phone-foot">
                <Button
                  size="small"
                  icon={<UndoOutlined />}
                  disabled={deeds.length === 0}
                  onClick={() => setDeeds(deeds.slice(0, -1))}
                >
                  {t('editor.step_back')}
                </Button>
                <Button size="small" icon={<ReloadOutlined />} onClick={() => setDeeds([])}>
                  {t('editor.again')}
                </Button>
                <Button size="small" danger onClick={end}>
                  {t('editor.hang_up')}
                </Button>
              </div>
              {tried && <Variables vars={tried.vars} />}
              {tried && (
                <Button block onClick={() => setSaving(true)}>
                  {t('editor.save_case')}
                </Button>
              )}
            </>
          )}
        </div>
        <Cases
          onPlay={(c) => {
            const { settings: s, deeds: d } = readCase(c)
            setSettings(s)
            setDeeds(d)
          }}
        />
      </div>
      {saving && tried && deeds && (
        <SaveCase
          tried={tried}
          make={(name) => caseOf(name, settings, deeds, tried)}
          onClose={() => setSaving(false)}
        />
      )}
    </aside>
  )
}

function Caller({ settings, onChange }: { settings: Settings; onChange: (s: Settings) => void }) {
  const { t } = useTranslation()
  const world = useWorld()
  const put = (next: Partial<Settings>) => onChange({ ...settings, ...next })
  return (
    <div className="caller-form">
      <div className="case-field">
        <span>{t('editor.trial_at')}</span>
        <input
          type="datetime-local"
          aria-label={t('editor.trial_at')}
          className="plain-input tabular"
          value={settings.at.replace(' ', 'T')}
          onChange={(e) => put({ at: e.target.value.replace('T', ' ') })}
        />
      </div>
      <div className="case-field">
        <span>{t('editor.trial_from')}</span>
        <Input
          aria-label={t('editor.trial_from')}
          value={settings.from}
          maxLength={20}
          className="tabular"
          onChange={(e) => put({ from: e.target.value })}
        />
      </div>
      <div className="case-field">
        <span>{t('editor.trial_to')}</span>
        <NameInput
          id="trial-to"
          label={t('editor.trial_to')}
          value={settings.to}
          options={world.numbers.map((n) => ({
            value: n.number,
            label: `${n.number} ${n.name}`,
          }))}
          onChange={(v) => put({ to: String(v ?? '') })}
        />
      </div>
      <Collapse
        ghost
        size="small"
        items={[
          {
            key: 'more',
            label: t('editor.trial_more'),
            children: (
              <>
                <div className="case-field">
                  <span>{t('editor.caller.repeat')}</span>
                  <Switch
                    size="small"
                    aria-label={t('editor.caller.repeat')}
                    checked={settings.repeat}
                    onChange={(repeat) => put({ repeat })}
                  />
                </div>
                <div className="case-field">
                  <span>{t('editor.caller.blacklisted')}</span>
                  <Switch
                    size="small"
                    aria-label={t('editor.caller.blacklisted')}
                    checked={settings.blacklisted}
                    onChange={(blacklisted) => put({ blacklisted })}
                  />
                </div>
                <div className="case-field">
                  <span>{t('editor.trial_message')}</span>
                  <Switch
                    size="small"
                    aria-label={t('editor.trial_message')}
                    checked={settings.message}
                    onChange={(message) => put({ message })}
                  />
                </div>
                <div className="case-field">
                  <span>{t('editor.caller.region')}</span>
                  <Input
                    aria-label={t('editor.caller.region')}
                    value={settings.region}
                    placeholder={t('editor.by_number')}
                    onChange={(e) => put({ region: e.target.value })}
                  />
                </div>
                <div className="case-field">
                  <span>{t('editor.last_agent')}</span>
                  <Input
                    aria-label={t('editor.last_agent')}
                    value={settings.lastAgent}
                    onChange={(e) => put({ lastAgent: e.target.value })}
                  />
                </div>
                <div className="case-field">
                  <span>{t('editor.open_hours')}</span>
                  <Input
                    aria-label={t('editor.open_hours')}
                    value={settings.hours}
                    placeholder={t('editor.open_hours_help')}
                    onChange={(e) => put({ hours: e.target.value })}
                  />
                </div>
                <div className="case-field tall">
                  <span>{t('editor.caller.customer')}</span>
                  <PairsField
                    id="trial-customer"
                    label={t('editor.caller.customer')}
                    keyLabel={t('editor.customer_field')}
                    valueLabel={t('editor.value')}
                    value={settings.customer}
                    onChange={(v) =>
                      put({ customer: (v ?? undefined) as Record<string, string> | undefined })
                    }
                  />
                </div>
              </>
            ),
          },
        ]}
      />
    </div>
  )
}

/** What the caller has heard and done so far, newest at the bottom. */
function Heard({ tried, busy }: { tried?: FlowTried; busy: boolean }) {
  const { t } = useTranslation()
  const doc = useDoc()
  const { specs, sounds } = useWorld()
  const sound = useSound()
  const box = useRef<HTMLDivElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the newest words are brought into view
  useEffect(() => {
    if (box.current) box.current.scrollTop = box.current.scrollHeight
  }, [tried])
  const lines = useMemo(() => {
    if (!tried) return []
    const out: {
      key: string
      kind: 'step' | 'said' | 'keys'
      text: ReactNode
      node: string
      row?: string[]
    }[] = []
    const rowOf = (prompts: { file?: string; lang?: string }[] = []) =>
      prompts.flatMap((x) => sounds.get(x.file ?? '')?.sound(x.lang || doc.language || 'zh') ?? [])
    let h = 0
    const heard = tried.heard ?? []
    const flush = (upTo: number) => {
      while (h < heard.length && (heard[h]?.step ?? 0) <= upTo) {
        const x = heard[h]
        if (x) {
          out.push({
            key: `h${h}`,
            kind: 'said',
            text: x.text,
            node: x.node,
            row: rowOf(x.prompts),
          })
          if (x.keys) out.push({ key: `k${h}`, kind: 'keys', text: x.keys, node: x.node })
        }
        h++
      }
    }
    tried.steps.forEach((s, i) => {
      flush(i)
      out.push({
        key: `s${i}`,
        kind: 'step',
        node: s.node,
        text: (
          <>
            <strong>{s.title || s.node}</strong> <small>{specs.label(s.kind)}</small>
            {s.exit && <small> → {s.exit}</small>}
            {s.detail && <small className="step-detail"> {s.detail}</small>}
          </>
        ),
      })
    })
    flush(Number.POSITIVE_INFINITY)
    return out
  }, [tried, specs, sounds, doc.language])
  return (
    <div
      className="heard"
      ref={box}
      role="log"
      aria-live="polite"
      aria-busy={busy}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a log that is scrolled by keys
      tabIndex={0}
      aria-label={t('editor.heard')}
    >
      {lines.map((l) => (
        <p key={l.key} className={`heard-${l.kind}`}>
          {l.kind === 'said' && (
            <small className="heard-node">{doc.nodes[l.node]?.title || l.node}</small>
          )}
          {l.text}
          {l.row && l.row.length > 0 && (
            <Play sound={sound} url={l.key} row={l.row} name={doc.nodes[l.node]?.title || l.node} />
          )}
        </p>
      ))}
      {tried && tried.exit !== 'waits' && (
        <p className="heard-end" role="status">
          {endWords(tried, t)}
        </p>
      )}
    </div>
  )
}

function endWords(tried: FlowTried, t: TFunction): string {
  const what = tried.group || tried.agent || tried.number || ''
  return (t as (key: string, o: object) => string)(`editor.end.${tried.exit}`, {
    defaultValue: tried.exit,
    what,
  })
}

/** What the caller, the enterprise or the other system may do next. */
function Next({ tried, onDeed }: { tried: FlowTried; onDeed: (d: Deed) => void }) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState('')
  const [body, setBody] = useState('{"ok": true}')
  const waits = tried.waits
  // biome-ignore lint/correctness/useExhaustiveDependencies: each question begins empty
  useEffect(() => setTyped(''), [tried])
  if (!waits) return null
  if (waits.for === 'person') {
    const group = Boolean(tried.group) && !tried.agent && !tried.number
    const words =
      waits.then ??
      (group
        ? ['answered', 'no_agent', 'timeout', 'full']
        : ['answered', 'no_answer', 'busy', 'unavailable', 'failed'])
    return (
      <div className="next" role="group" aria-label={t('editor.then')}>
        <p>{t('editor.then')}</p>
        <div className="next-words">
          {words.map((w) => (
            <Button key={w} size="small" onClick={() => onDeed({ became: w })}>
              {t(`editor.then_word.${w}` as never)}
            </Button>
          ))}
          {(waits.keys ?? []).map((k) => (
            <Button key={`key ${k}`} size="small" onClick={() => onDeed({ became: k })}>
              {t('editor.key', { key: k })}
            </Button>
          ))}
        </div>
      </div>
    )
  }
  if (waits.for === 'answer')
    return (
      <div className="next" role="group" aria-label={t('editor.answer')}>
        <p>{t('editor.answer')}</p>
        <Input.TextArea
          aria-label={t('editor.answer')}
          value={body}
          autoSize={{ minRows: 2, maxRows: 6 }}
          className="code-input"
          onChange={(e) => setBody(e.target.value)}
        />
        <div className="next-words">
          <Button size="small" onClick={() => onDeed({ answer: { status: 200, body } })}>
            200
          </Button>
          <Button size="small" onClick={() => onDeed({ answer: { status: 404 } })}>
            {t('editor.answer_none')}
          </Button>
          <Button size="small" onClick={() => onDeed({ answer: { why: t('editor.answer_late') } })}>
            {t('editor.answer_late')}
          </Button>
        </div>
      </div>
    )
  const most = waits.max || 1
  const ends = waits.terminators ?? ''
  const press = (k: string) => {
    const next = typed + k
    if (next.length >= most || ends.includes(k)) onDeed({ keys: next })
    else setTyped(next)
  }
  return (
    <div className="next" role="group" aria-label={t('editor.keypad')}>
      <Input
        aria-label={t('editor.keypad')}
        value={typed}
        className="typed tabular"
        maxLength={64}
        placeholder={t('editor.press_or_type')}
        onChange={(e) => setTyped(e.target.value.replace(/[^0-9*#]/g, ''))}
        onPressEnter={() => onDeed({ keys: typed })}
      />
      <div className="keypad">
        {keypad.map((k) => (
          <button
            key={k}
            type="button"
            onClick={() => press(k)}
            aria-label={t('editor.key', { key: k })}
          >
            {k}
          </button>
        ))}
      </div>
      <div className="next-words">
        <Button size="small" disabled={typed === ''} onClick={() => onDeed({ keys: typed })}>
          {t('editor.send_keys')}
        </Button>
        <Button size="small" onClick={() => onDeed({ keys: '' })}>
          {t('editor.no_key')}
        </Button>
      </div>
    </div>
  )
}

function Variables({ vars }: { vars?: Record<string, string> }) {
  const { t } = useTranslation()
  const list = Object.entries(vars ?? {})
  if (list.length === 0) return null
  return (
    <table className="variables">
      <caption>{t('editor.variables')}</caption>
      <tbody>
        {list.map(([k, v]) => (
          <tr key={k}>
            <th scope="row">{k}</th>
            <td>{v || '—'}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function SaveCase(props: {
  tried: FlowTried
  make: (name: string) => FlowCase
  onClose: () => void
}) {
  const { t } = useTranslation()
  const store = useEditor()
  const { message } = App.useApp()
  const [name, setName] = useState('')
  const save = () => {
    if (name.trim() === '') return
    const doc = store.doc
    store.change({ ...doc, cases: [...(doc.cases ?? []), props.make(name.trim())] })
    message.success(t('editor.case_saved'))
    props.onClose()
  }
  return (
    <Modal
      open
      title={t('editor.save_case')}
      okText={t('common.save')}
      cancelText={t('common.cancel')}
      okButtonProps={{ disabled: name.trim() === '' || store.readOnly }}
      onOk={save}
      onCancel={props.onClose}
      width={420}
    >
      <p className="muted">{t('editor.save_case_text')}</p>
      <Input
        autoFocus
        aria-label={t('editor.case_name')}
        placeholder={t('editor.case_name')}
        value={name}
        maxLength={100}
        onChange={(e) => setName(e.target.value)}
        onPressEnter={save}
      />
    </Modal>
  )
}

/** The saved cases: run together, played one by one, taken away. */
function Cases({ onPlay }: { onPlay: (c: FlowCase) => void }) {
  const { t } = useTranslation()
  const store = useEditor()
  const doc = useDoc()
  const { message } = App.useApp()
  const [results, setResults] = useState<{ doc: unknown; list: FlowCaseResult[] }>()
  const [busy, setBusy] = useState(false)
  const cases = doc.cases ?? []
  const fresh = results?.doc === doc ? results.list : undefined
  const run = async () => {
    setBusy(true)
    try {
      const r = await api.post('/api/flows/cases', { body: { document: doc } })
      setResults({ doc, list: r.cases as FlowCaseResult[] })
    } catch (err) {
      message.error(
        err instanceof ApiError && err.code === 'flow.refused'
          ? t('editor.try_refused')
          : errorText(err, t),
      )
    } finally {
      setBusy(false)
    }
  }
  const passed = fresh?.filter((r) => r.ok).length ?? 0
  return (
    <section className="case-list" aria-label={t('editor.cases')}>
      <header>
        <h3>{t('editor.cases')}</h3>
        {fresh && (
          <small role="status" className={passed === fresh.length ? 'good' : 'bad'}>
            {t('editor.cases_passed', { n: passed, of: fresh.length })}
          </small>
        )}
        {cases.length > 0 && (
          <Button size="small" loading={busy} onClick={run}>
            {t('editor.run_all')}
          </Button>
        )}
      </header>
      {cases.length === 0 && <p className="muted">{t('editor.no_cases')}</p>}
      <ul>
        {cases.map((c, i) => {
          const r = fresh?.[i]
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: cases have no other name for sure
            <li key={i}>
              <button type="button" className="link" onClick={() => onPlay(c)}>
                {c.name || t('editor.case_n', { n: i + 1 })}
              </button>
              {r && (
                <span className={r.ok ? 'good' : 'bad'}>
                  {t(r.ok ? 'editor.passed_word' : 'editor.failed_word')}
                </span>
              )}
              {!store.readOnly && (
                <button
                  type="button"
                  className="icon-button"
                  aria-label={t('editor.take_out', { what: c.name ?? String(i + 1) })}
                  onClick={() => store.change({ ...doc, cases: cases.filter((_, j) => j !== i) })}
                >
                  <CloseOutlined />
                </button>
              )}
              {r && !r.ok && r.why && <small className="bad">{r.why}</small>}
            </li>
          )
        })}
      </ul>
    </section>
  )
}
