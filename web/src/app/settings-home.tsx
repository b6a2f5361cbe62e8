import { Navigate } from '@tanstack/react-router'
import { useCan } from '@/features/session/session'
import { Forbidden } from '@/ui/page-state'
import { maySee, settingsSections } from './sections'

/** Goes to the first page of the settings that this person may see. */
export function SettingsHome() {
  const can = useCan()
  const first = settingsSections.find((s) => maySee(s, can))
  return first ? <Navigate to={first.to} replace /> : <Forbidden />
}
