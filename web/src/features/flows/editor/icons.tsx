import {
  ApiOutlined,
  AudioOutlined,
  BranchesOutlined,
  CalculatorOutlined,
  ClockCircleOutlined,
  CustomerServiceOutlined,
  DatabaseOutlined,
  FunctionOutlined,
  HistoryOutlined,
  IdcardOutlined,
  NodeIndexOutlined,
  NotificationOutlined,
  NumberOutlined,
  PhoneOutlined,
  PoweroffOutlined,
  QuestionCircleOutlined,
  RollbackOutlined,
  SendOutlined,
  SmileOutlined,
  SoundOutlined,
  TeamOutlined,
  UserOutlined,
} from '@ant-design/icons'
import type { ReactNode } from 'react'

const icons: Record<string, ReactNode> = {
  prompt: <SoundOutlined />,
  menu: <CalculatorOutlined />,
  input: <NumberOutlined />,
  info: <NotificationOutlined />,
  hours: <ClockCircleOutlined />,
  caller: <IdcardOutlined />,
  condition: <BranchesOutlined />,
  set: <FunctionOutlined />,
  lookup: <DatabaseOutlined />,
  notice: <SendOutlined />,
  group: <TeamOutlined />,
  last_agent: <HistoryOutlined />,
  agent: <UserOutlined />,
  external: <PhoneOutlined rotate={90} />,
  voicemail: <AudioOutlined />,
  survey: <SmileOutlined />,
  flow: <ApiOutlined />,
  subflow: <NodeIndexOutlined />,
  return: <RollbackOutlined />,
  hangup: <PoweroffOutlined />,
  people: <CustomerServiceOutlined />,
}

/** The picture of a kind of node. */
export function kindIcon(kind: string): ReactNode {
  return icons[kind] ?? <QuestionCircleOutlined />
}
