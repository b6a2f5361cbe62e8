import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router'
import { readSearch } from '@/features/calls/search'
import { readEditorSearch } from '@/features/flows/editor/search'
import { readRecords } from '@/features/records/search'
import { meKey, readMe } from '@/features/session/session'
import { SignInPage } from '@/features/session/sign-in-page'
import { ApiError } from '@/lib/api'
import { queryClient } from '@/lib/query'
import { Failed } from '@/ui/page-state'
import { Frame } from './frame'
import { NotFound } from './not-found'
import { SettingsFrame } from './settings-frame'

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound })

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  component: SignInPage,
  validateSearch: (s: Record<string, unknown>): { next?: string } =>
    typeof s.next === 'string' && /^\/(?![/\\])/.test(s.next) ? { next: s.next } : {},
})

/** Everything inside the frame needs somebody signed in. */
const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  component: Frame,
  notFoundComponent: NotFound,
  errorComponent: ({ error, reset }) => <Failed error={error} retry={reset} />,
  beforeLoad: async ({ location }) => {
    try {
      await queryClient.ensureQueryData({
        queryKey: meKey,
        queryFn: readMe,
        staleTime: Number.POSITIVE_INFINITY,
      })
    } catch (err) {
      if (err instanceof ApiError && err.status === 401) {
        throw redirect({ to: '/sign-in', search: { next: location.href } })
      }
      throw err
    }
  },
})

const home = createRoute({
  getParentRoute: () => inside,
  path: '/',
  beforeLoad: async () => {
    const me = await queryClient.ensureQueryData({ queryKey: meKey, queryFn: readMe })
    throw redirect({ to: me.agent || !me.rights.includes('floor.watch') ? '/calls' : '/wall' })
  },
})

const calls = createRoute({
  getParentRoute: () => inside,
  path: '/calls',
  component: lazyRouteComponent(() => import('@/features/calls/calls-page'), 'CallsPage'),
  validateSearch: readSearch,
})
const call = createRoute({
  getParentRoute: () => calls,
  path: '$id',
  component: lazyRouteComponent(() => import('@/features/calls/call-page'), 'CallPage'),
})
const records = createRoute({
  getParentRoute: () => inside,
  path: '/records',
  component: lazyRouteComponent(() => import('@/features/records/records-page'), 'RecordsPage'),
  validateSearch: readRecords,
})
const tasks = createRoute({
  getParentRoute: () => inside,
  path: '/tasks',
  component: lazyRouteComponent(() => import('@/features/tasks/tasks-page'), 'TasksPage'),
})
const wall = createRoute({
  getParentRoute: () => inside,
  path: '/wall',
  component: lazyRouteComponent(() => import('@/features/wall/wall-page'), 'WallPage'),
})
const mine = createRoute({
  getParentRoute: () => inside,
  path: '/me',
  component: lazyRouteComponent(() => import('@/features/session/me-page'), 'MePage'),
})

const applications = createRoute({
  getParentRoute: () => inside,
  path: '/applications',
  component: lazyRouteComponent(
    () => import('@/features/applications/applications-page'),
    'ApplicationsPage',
  ),
})

const settings = createRoute({
  getParentRoute: () => inside,
  path: '/settings',
  component: SettingsFrame,
  notFoundComponent: NotFound,
})
const settingsHome = createRoute({
  getParentRoute: () => settings,
  path: '/',
  component: lazyRouteComponent(() => import('./settings-home'), 'SettingsHome'),
})

/** The editor wants the whole width: it has no column of settings. */
const flowEditor = createRoute({
  getParentRoute: () => inside,
  path: '/settings/flows/$id',
  component: lazyRouteComponent(
    () => import('@/features/flows/editor/editor-page'),
    'FlowEditorPage',
  ),
  validateSearch: readEditorSearch,
})

const setting = <P extends string>(
  path: P,
  load: () => Promise<Record<string, unknown>>,
  name: string,
) =>
  createRoute({
    getParentRoute: () => settings,
    path,
    component: lazyRouteComponent(load as never, name as never),
  })

const routes = root.addChildren([
  signIn,
  inside.addChildren([
    home,
    calls.addChildren([call]),
    records,
    wall,
    tasks,
    mine,
    flowEditor,
    applications,
    settings.addChildren([
      settingsHome,
      setting('numbers', () => import('@/features/numbers/numbers-page'), 'NumbersPage'),
      setting('calendars', () => import('@/features/calendars/calendars-page'), 'CalendarsPage'),
      setting(
        'applications',
        () => import('@/features/applications/applications-page'),
        'SettleApplicationsPage',
      ),
      setting('groups', () => import('@/features/groups/groups-page'), 'GroupsPage'),
      setting('agents', () => import('@/features/agents/agents-page'), 'AgentsPage'),
      setting('flows', () => import('@/features/flows/flows-page'), 'FlowsPage'),
      setting('prompts', () => import('@/features/prompts/prompts-page'), 'PromptsPage'),
      setting('blacklist', () => import('@/features/blacklist/blacklist-page'), 'BlacklistPage'),
      setting('trunks', () => import('@/features/trunks/trunks-page'), 'TrunksPage'),
      setting(
        'departments',
        () => import('@/features/departments/departments-page'),
        'DepartmentsPage',
      ),
      setting('labels', () => import('@/features/labels/labels-page'), 'LabelsPage'),
      setting('roles', () => import('@/features/roles/roles-page'), 'RolesPage'),
      setting('audit', () => import('@/features/audit/audit-page'), 'AuditPage'),
      setting('keys', () => import('@/features/keys/keys-page'), 'KeysPage'),
      setting('account', () => import('@/features/account/account-page'), 'AccountPage'),
    ]),
  ]),
])

export const router = createRouter({
  routeTree: routes,
  defaultPreload: 'intent',
  defaultPreloadStaleTime: 0,
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
