import { QueryClient } from '@tanstack/react-query'
import { ApiError } from './api'

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      refetchOnWindowFocus: false,
      retry: (count, err) =>
        err instanceof ApiError && err.status > 0 && err.status < 500 ? false : count < 2,
    },
    mutations: { retry: false },
  },
})
