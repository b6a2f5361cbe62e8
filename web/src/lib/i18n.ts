import i18n from 'i18next'
import { initReactI18next } from 'react-i18next'
import en from '../locales/en.json'
import zhCN from '../locales/zh-CN.json'

export type Language = 'zh-CN' | 'en'
export const languages: { value: Language; label: string }[] = [
  { value: 'zh-CN', label: '简体中文' },
  { value: 'en', label: 'English' },
]

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: typeof zhCN }
    returnNull: false
  }
}

const remembered = 'switchdesk.language'

/** The language of this browser: the one chosen here last, else the browser's, else Chinese. */
export function startLanguage(): Language {
  const chosen = localStorage.getItem(remembered)
  if (chosen === 'en' || chosen === 'zh-CN') return chosen
  return /^en/i.test(navigator.language) ? 'en' : 'zh-CN'
}

/** Switches every text on the page and remembers the choice in this browser. */
export function setLanguage(language: Language) {
  localStorage.setItem(remembered, language)
  document.documentElement.lang = language
  void i18n.changeLanguage(language)
}

export function startI18n(language: Language) {
  document.documentElement.lang = language
  return i18n.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'zh-CN',
    resources: { 'zh-CN': { translation: zhCN }, en: { translation: en } },
    interpolation: { escapeValue: false }, // React escapes
  })
}

export default i18n
