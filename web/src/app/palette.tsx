import { PhoneOutlined, SearchOutlined } from '@ant-design/icons'
import { useNavigate } from '@tanstack/react-router'
import { Input, Modal } from 'antd'
import { type KeyboardEvent, type ReactNode, useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCan, useMe } from '@/features/session/session'
import { useBarCommand } from '@/features/softphone/data'
import { dialable, groupNumber } from '@/lib/phone-number'
import { StateDot } from '@/ui/state'
import { mainSections, maySee, settingsSections } from './sections'

interface Entry {
  key: string
  icon: ReactNode
  text: string
  kind: string
  run: () => void
}

/** Ctrl-K anywhere opens the palette. */
export function usePaletteKey(open: () => void) {
  useEffect(() => {
    const onKey = (e: globalThis.KeyboardEvent) => {
      if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === 'k') {
        e.preventDefault()
        open()
      }
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  })
}

/** Pages, states and numbers, found by typing. */
export function Palette({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Modal
      open={open}
      onCancel={onClose}
      footer={null}
      closable={false}
      destroyOnHidden
      width={560}
      style={{ top: 96 }}
    >
      <PaletteBody onClose={onClose} />
    </Modal>
  )
}

function PaletteBody({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const entries = useEntries(text)
  const go = (e: Entry | undefined) => {
    if (!e) return
    onClose()
    e.run()
  }
  const onKey = (e: KeyboardEvent) => {
    if (e.key === 'ArrowDown') setAt((n) => Math.min(n + 1, entries.length - 1))
    else if (e.key === 'ArrowUp') setAt((n) => Math.max(n - 1, 0))
    else if (e.key === 'Enter') go(entries[at])
    else return
    e.preventDefault()
  }
  return (
    <div className="palette">
      <Input
        autoFocus
        size="large"
        variant="borderless"
        prefix={<SearchOutlined />}
        placeholder={t('palette.hint')}
        aria-label={t('palette.hint')}
        role="combobox"
        aria-expanded
        aria-controls="palette-list"
        aria-activedescendant={entries[at] ? `palette-${entries[at].key}` : undefined}
        value={text}
        onChange={(e) => {
          setText(e.target.value)
          setAt(0)
        }}
        onKeyDown={onKey}
      />
      <div className="palette-list" id="palette-list" role="listbox" aria-label={t('palette.open')}>
        {entries.map((e, i) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: keys are handled by the field, as in every combobox
          <div
            key={e.key}
            id={`palette-${e.key}`}
            role="option"
            tabIndex={-1}
            aria-selected={i === at}
            className={`palette-entry ${i === at ? 'on' : ''}`}
            onMouseMove={() => setAt(i)}
            onClick={() => go(e)}
          >
            {e.icon}
            <span>{e.text}</span>
            <small>{e.kind}</small>
          </div>
        ))}
        {entries.length === 0 && <p className="palette-none">{t('palette.none')}</p>}
      </div>
    </div>
  )
}

function useEntries(text: string): Entry[] {
  const { t } = useTranslation()
  const can = useCan()
  const me = useMe()
  const navigate = useNavigate()
  const { mutate } = useBarCommand()
  const pages = useMemo(
    () =>
      [...mainSections.filter((s) => s.key !== 'settings'), ...settingsSections].filter((s) =>
        maySee(s, can),
      ),
    [can],
  )
  const wanted = text.trim().toLowerCase()
  const entries: Entry[] = []
  const number = dialable(text)
  if (number.length >= 3) {
    if (can('calls.read')) {
      entries.push({
        key: 'find',
        icon: <SearchOutlined />,
        text: t('palette.find', { number: groupNumber(number) }),
        kind: t('section.calls'),
        run: () =>
          void navigate({ to: '/calls', search: { list: 'history', range: 'all', number } }),
      })
    }
    if (me.agent) {
      entries.push({
        key: 'dial',
        icon: <PhoneOutlined rotate={90} />,
        text: t('palette.dial', { number: groupNumber(number) }),
        kind: t('palette.command'),
        run: () => mutate({ do: 'dial', number }),
      })
    }
  }
  for (const p of pages) {
    entries.push({
      key: p.key,
      icon: p.icon,
      text: t(`section.${p.key}`),
      kind: t('palette.page'),
      run: () => void navigate({ to: p.to }),
    })
  }
  if (me.agent) {
    for (const s of ['idle', 'busy', 'break'] as const) {
      entries.push({
        key: s,
        icon: <StateDot state={s} />,
        text: t('palette.state', { state: t(`state.${s}`) }),
        kind: t('palette.command'),
        run: () => mutate({ do: 'state', state: s }),
      })
    }
  }
  return entries.filter(
    (e) =>
      !wanted ||
      ['find', 'dial'].includes(e.key) ||
      `${e.text} ${e.key}`.toLowerCase().includes(wanted),
  )
}
