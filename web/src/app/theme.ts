import { theme as antdTheme, type ThemeConfig } from 'antd'
import { useSyncExternalStore } from 'react'

export type Mode = 'light' | 'dark'
export type ModeChoice = Mode | 'system'

/** Colours that our own styles use, beside antd's tokens. Text colours keep 4.5:1 on their grounds. */
const palette = {
  light: {
    accent: '#0d6b6b',
    'accent-soft': '#e3f1f0',
    ground: '#f4f6f7',
    surface: '#ffffff',
    raised: '#ffffff',
    rail: '#12302f',
    'rail-text': '#c3d6d4',
    'rail-on': '#ffffff',
    'rail-on-ground': '#1f4f4d',
    line: '#e3e8ea',
    'line-strong': '#cfd7da',
    text: '#1b2628',
    'text-2': '#566468',
    'text-3': '#667276',
    hover: '#f2f6f6',
    selected: '#e6f2f1',
    danger: '#c62f2f',
    'danger-soft': '#fdecec',
    warn: '#8a5200',
    'warn-soft': '#fff4e0',
    good: '#157a45',
    'good-soft': '#e5f5ec',
    shadow: '0 8px 28px rgb(16 38 40 / 16%), 0 1px 4px rgb(16 38 40 / 10%)',
    'state-idle': '#1fa463',
    'state-idle-text': '#157a45',
    'state-talking': '#2a6fe8',
    'state-talking-text': '#1d5bc9',
    'state-ringing': '#0fb5c9',
    'state-ringing-text': '#08707d',
    'state-busy': '#ee8422',
    'state-busy-text': '#a04f00',
    'state-break': '#8a969b',
    'state-break-text': '#566468',
    'state-wrapup': '#8a57e0',
    'state-wrapup-text': '#6e3bc9',
    'state-offline': '#a7b1b5',
    'state-offline-text': '#667276',
    'state-disconnected': '#c62f2f',
    'state-disconnected-text': '#b32626',
  },
  dark: {
    accent: '#4cc3bb',
    'accent-soft': '#163634',
    ground: '#101617',
    surface: '#182021',
    raised: '#202a2b',
    rail: '#0b1213',
    'rail-text': '#a7b8b8',
    'rail-on': '#ffffff',
    'rail-on-ground': '#1d3c3a',
    line: '#2a3536',
    'line-strong': '#3b494a',
    text: '#e6eded',
    'text-2': '#a9b6b7',
    'text-3': '#93a1a3',
    hover: '#1e2829',
    selected: '#1b3432',
    danger: '#ff7b74',
    'danger-soft': '#3a1e1d',
    warn: '#f0b35e',
    'warn-soft': '#382a13',
    good: '#57cf92',
    'good-soft': '#163424',
    shadow: '0 8px 28px rgb(0 0 0 / 55%), 0 1px 4px rgb(0 0 0 / 40%)',
    'state-idle': '#35c27f',
    'state-idle-text': '#57cf92',
    'state-talking': '#5592ff',
    'state-talking-text': '#8bb4ff',
    'state-ringing': '#27c9dd',
    'state-ringing-text': '#5bdae9',
    'state-busy': '#f59a42',
    'state-busy-text': '#f8b26b',
    'state-break': '#93a1a3',
    'state-break-text': '#b4bfc0',
    'state-wrapup': '#a67df0',
    'state-wrapup-text': '#bf9ff7',
    'state-offline': '#718082',
    'state-offline-text': '#93a1a3',
    'state-disconnected': '#ff7b74',
    'state-disconnected-text': '#ff8f89',
  },
} as const

const font =
  "-apple-system, BlinkMacSystemFont, 'Segoe UI', 'PingFang SC', 'Hiragino Sans GB', 'Noto Sans SC', 'Noto Sans CJK SC', 'Microsoft YaHei', Roboto, 'Helvetica Neue', Arial, sans-serif"

/** antd's theme, made of the same palette. */
export function antdThemeOf(mode: Mode): ThemeConfig {
  const p = palette[mode]
  return {
    algorithm: mode === 'dark' ? antdTheme.darkAlgorithm : antdTheme.defaultAlgorithm,
    token: {
      colorPrimary: mode === 'dark' ? '#14817c' : p.accent,
      colorInfo: mode === 'dark' ? '#3f8cff' : '#1d5bc9',
      colorSuccess: mode === 'dark' ? '#35c27f' : '#157a45',
      colorWarning: mode === 'dark' ? '#f0a445' : '#c26a00',
      colorError: mode === 'dark' ? '#ff8f89' : '#c62f2f',
      colorLink: p.accent,
      colorText: p.text,
      colorTextSecondary: p['text-2'],
      colorTextTertiary: p['text-3'],
      colorTextDescription: p['text-2'],
      colorTextPlaceholder: p['text-3'],
      colorBgLayout: p.ground,
      colorBgContainer: p.surface,
      colorBgElevated: p.raised,
      colorBorder: p['line-strong'],
      colorBorderSecondary: p.line,
      fontFamily: font,
      fontSize: 14,
      borderRadius: 8,
      borderRadiusSM: 6,
      controlHeight: 32,
      controlHeightSM: 26,
      motionDurationMid: '0.12s',
      motionDurationSlow: '0.18s',
      wireframe: false,
    },
    components: {
      Table: {
        headerBg: p.surface,
        headerColor: p['text-2'],
        headerSplitColor: 'transparent',
        rowHoverBg: p.hover,
        cellPaddingBlock: 10,
        cellPaddingInline: 12,
      },
      Tabs: {
        horizontalItemGutter: 20,
        itemSelectedColor: p.accent,
        itemHoverColor: p.accent,
        inkBarColor: p.accent,
      },
      Drawer: { paddingLG: 20 },
      Tag: { defaultBg: p.hover },
    },
  }
}

const storageKey = 'switchdesk.theme'
const system = () => globalThis.matchMedia?.('(prefers-color-scheme: dark)')
let choice = (globalThis.localStorage?.getItem(storageKey) as ModeChoice | null) ?? 'light'
const listeners = new Set<() => void>()

function resolve(): Mode {
  if (choice === 'system') return system()?.matches ? 'dark' : 'light'
  return choice === 'dark' ? 'dark' : 'light'
}

/** Puts the palette on the page as custom properties. */
function apply() {
  const mode = resolve()
  const root = document.documentElement
  root.dataset.theme = mode
  root.style.colorScheme = mode
  for (const [name, value] of Object.entries(palette[mode]))
    root.style.setProperty(`--${name}`, value)
  for (const f of listeners) f()
}

export function startTheme() {
  apply()
  system()?.addEventListener('change', apply)
}

export function setMode(next: ModeChoice) {
  choice = next
  localStorage.setItem(storageKey, next)
  apply()
}

function subscribe(fn: () => void) {
  listeners.add(fn)
  return () => listeners.delete(fn)
}

export function useMode(): Mode {
  return useSyncExternalStore(subscribe, resolve)
}

export function useModeChoice(): ModeChoice {
  return useSyncExternalStore(subscribe, () => choice)
}
