import type { GroupMember } from '@/lib/types'

/** The order in the list is the fixed order of the group. */
const numbered = (members: GroupMember[]): GroupMember[] =>
  members.map((m, order) => ({ ...m, order }))

export function addMembers(members: GroupMember[], agents: number[]): GroupMember[] {
  const more = agents
    .filter((id) => !members.some((m) => m.agent === id))
    .map((agent) => ({ agent, level: 1, order: 0 }))
  return numbered([...members, ...more])
}

export function moveMember(members: GroupMember[], at: number, by: number): GroupMember[] {
  const to = at + by
  const moved = members[at]
  if (!moved || to < 0 || to >= members.length) return members
  const rest = members.filter((_, i) => i !== at)
  return numbered([...rest.slice(0, to), moved, ...rest.slice(to)])
}
