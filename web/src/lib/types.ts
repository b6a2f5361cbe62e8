/** Names for what the API sends, taken from its own description (openapi.json). */
import type { components } from './schema'

type Schemas = components['schemas']
/** The description's types without the link to the description itself. */
type Of<K extends keyof Schemas> = Omit<Schemas[K], '$schema'>

export type Bar = Of<'Bar'>
export type BarCall = Of<'BarCall'>
export type LiveCall = Of<'LiveCall'>
export type Wall = Omit<Of<'Wall'>, 'agents'> & { agents: WallAgent[] }
export type WallGroup = Of<'WallGroup'>
export type WallAgent = Omit<Of<'WallAgent'>, 'state' | 'method'> & {
  state: AgentState
  method: AnswerMethod
}
export type WallToday = Of<'WallToday'>
export type AgentState = Bar['state']
/** States that somebody can choose, or be set to. */
export type Choosable = Of<'StateInBody'>['state']
export type AnswerMethod = Bar['method']

export type Me = Of<'Me'>
export type SessionView = Of<'SessionView'>
export type AccountView = Of<'AccountView'>
export type DepartmentView = Of<'DepartmentView'>
export type RoleView = Of<'RoleView'>
export type RightView = Of<'RightView'>
export type KeyView = Of<'KeyView'>
export type KeyMade = Of<'KeyMade'>
export type KeyInput = Of<'KeyInput'>
export type AgentView = Of<'AgentView'>
export type AgentGroup = Of<'AgentGroup'>
export type DeskPhone = Of<'DeskPhoneNet'>
export type AuditView = Of<'AuditView'>
export type SoftphoneCredentials = Of<'SoftphoneCredentials'>
export type SoftphoneNet = Of<'SoftphoneNet'>

export type TaskView = Of<'TaskView'>
export type RetentionView = Of<'RetentionView'>
export type RetentionInput = Of<'RetentionInput'>

export type CallView = Of<'CallView'>
export type CallPage = Of<'CallPage'>
export type CallStep = Of<'CallStep'>
export type CallRing = Of<'CallRing'>
export type CallLogLine = Of<'CallLogLine'>
export type CallTag = Of<'CallTag'>
export type CallNote = Of<'CallNote'>
export type CallOperation = Of<'CallOperation'>
export type CallWork = Of<'CallWork'>
export type PendingCall = Of<'PendingCall'>
export type LabelView = Of<'LabelView'>
export type LabelKind = LabelView['kind']
export type SavedSearchView = Omit<Of<'SavedSearchView'>, 'query'> & {
  query: Record<string, unknown>
}
export type AssignedView = Of<'AssignedView'>
export type RecordingView = Of<'RecordingView'>
export type Incoming = Of<'Incoming'>
export type LiveMessage = Of<'LiveMessage'>
export type Outcome = CallView['outcome']

export type NumberView = Of<'NumberView'>
export type GroupView = Of<'GroupView'>
export type GroupMember = Of<'GroupMember'>
export type GroupExit = Of<'GroupExit'>
export type FlowView = Of<'FlowView'>
export type FlowPage = Of<'FlowPage'>
export type FlowVersionView = Of<'FlowVersionView'>
export type FlowUploaded = Of<'FlowUploaded'>
export type FlowChecked = Of<'FlowChecked'>
export type FlowDraft = Of<'FlowDraft'>
export type FlowTried = Of<'Tried'>
export type FlowCaseResult = Of<'FlowCaseResult'>
export type FlowChange = Of<'Change'>
export type FlowFigures = Of<'FlowFigures'>
export type Problem = Of<'Problem'>
export type BlacklistView = Of<'BlacklistView'>
export type CalendarDay = Omit<Schemas['Day'], 'kind'> & {
  kind: 'holiday' | 'workday' | 'special'
}
export type CalendarView = Omit<Of<'CalendarView'>, 'days'> & { days: CalendarDay[] }
export type CalendarInput = Omit<Of<'CalendarInput'>, 'days'> & { days: CalendarDay[] }
export type WeekSpan = Schemas['Span']
export type DaysRead = Of<'DaysRead'>
export type LineProblem = Of<'LineProblem'>
export type EntryView = Schemas['EntryView']
export type NumberPreview = Of<'Preview'>
export type NumberListDone = Of<'NumberListDone'>
export type AccountLoad = Of<'AccountLoad'>
export type ApplicationView = Of<'ApplicationView'>
export type ApplicationInput = Of<'ApplicationInput'>
export type SettleInput = Of<'SettleInput'>
export type LiveNotice = Of<'Notice'>
export type MessageNotice = Of<'MessageNotice'>
export type BarMenu = Schemas['Menu']
export type BarTargets = Schemas['Targets']
export type TrunkView = Of<'TrunkView'>
export type PromptView = Of<'PromptView'>
export type SpeechInput = Of<'SpeechInput'>

export type BlacklistInput = Of<'BlacklistInput'>
export type NumberInput = Of<'NumberInput'>
export type GroupInput = Of<'GroupInput'>
export type AgentInput = Of<'AgentInput'>
export type RoleInput = Of<'RoleInput'>
export type DepartmentInput = Of<'DepartmentInput'>
export type TrunkInput = Of<'TrunkInput'>
export type AccountInput = Of<'AccountInput'>
export type FlowInput = Of<'FlowInput'>

export interface List<T> {
  items: T[]
}

export interface Page<T> {
  items: T[]
  next?: string
}
