import {
  ApartmentOutlined,
  AuditOutlined,
  BankOutlined,
  BranchesOutlined,
  CalendarOutlined,
  CarryOutOutlined,
  DashboardOutlined,
  FileSearchOutlined,
  FormOutlined,
  KeyOutlined,
  NumberOutlined,
  PhoneOutlined,
  SafetyOutlined,
  SettingOutlined,
  SoundOutlined,
  StopOutlined,
  SwapOutlined,
  TagsOutlined,
  TeamOutlined,
  UserOutlined,
} from '@ant-design/icons'
import type { ReactNode } from 'react'

/** One place to go to, and the rights of which one is enough to see it. */
export interface Section {
  to: string
  key: string
  icon: ReactNode
  rights?: string[]
}

export const settingsSections = [
  { to: '/settings/numbers', key: 'numbers', icon: <NumberOutlined />, rights: ['numbers.manage'] },
  {
    to: '/settings/calendars',
    key: 'calendars',
    icon: <CalendarOutlined />,
    rights: ['numbers.manage', 'flows.manage'],
  },
  {
    to: '/settings/flows',
    key: 'flows',
    icon: <BranchesOutlined />,
    rights: ['flows.read', 'flows.manage'],
  },
  {
    to: '/settings/applications',
    key: 'applications',
    icon: <FormOutlined />,
    rights: ['flows.manage'],
  },
  {
    to: '/settings/prompts',
    key: 'prompts',
    icon: <SoundOutlined />,
    rights: ['flows.read', 'flows.manage', 'groups.manage'],
  },
  { to: '/settings/groups', key: 'groups', icon: <TeamOutlined />, rights: ['groups.manage'] },
  {
    to: '/settings/agents',
    key: 'agents',
    icon: <UserOutlined />,
    rights: ['agents.manage', 'users.manage'],
  },
  {
    to: '/settings/departments',
    key: 'departments',
    icon: <ApartmentOutlined />,
    rights: ['users.manage'],
  },
  { to: '/settings/roles', key: 'roles', icon: <SafetyOutlined />, rights: ['roles.manage'] },
  { to: '/settings/labels', key: 'labels', icon: <TagsOutlined />, rights: ['calls.tags'] },
  { to: '/settings/trunks', key: 'trunks', icon: <SwapOutlined />, rights: ['numbers.manage'] },
  {
    to: '/settings/blacklist',
    key: 'blacklist',
    icon: <StopOutlined />,
    rights: ['blacklist.manage'],
  },
  { to: '/settings/audit', key: 'audit', icon: <AuditOutlined />, rights: ['audit.read'] },
  { to: '/settings/keys', key: 'keys', icon: <KeyOutlined />, rights: ['keys.manage'] },
  { to: '/settings/account', key: 'account', icon: <BankOutlined />, rights: ['account.manage'] },
] as const

export const mainSections = [
  {
    to: '/calls',
    key: 'calls',
    icon: <PhoneOutlined rotate={90} />,
    rights: ['calls.read', 'calls.handle'],
  },
  {
    to: '/records',
    key: 'records',
    icon: <FileSearchOutlined />,
    rights: ['calls.read', 'calls.handle'],
  },
  {
    to: '/tasks',
    key: 'tasks',
    icon: <CarryOutOutlined />,
    rights: ['calls.export', 'calls.download', 'account.manage'],
  },
  { to: '/wall', key: 'wall', icon: <DashboardOutlined />, rights: ['floor.watch'] },
  {
    to: '/settings',
    key: 'settings',
    icon: <SettingOutlined />,
    rights: [...new Set(settingsSections.flatMap((s) => s.rights as readonly string[]))],
  },
] as const

/** Whether one of the rights that a section wants is there. */
export function maySee(section: { rights: readonly string[] }, can: (right: string) => boolean) {
  return section.rights.some(can)
}
