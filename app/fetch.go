package app

import (
	"context"
	"errors"

	"switchdesk/flows"
	"switchdesk/internal/fetch"
)

// fetcher lets flows ask other systems; allow lists the hosts that may be
// asked although their address is not public.
func fetcher(allow []string) func(flows.Request) flows.Fetched {
	client := fetch.New(allow)
	return func(q flows.Request) flows.Fetched {
		a, err := client.Do(context.Background(), fetch.Request{
			Method: q.Method, URL: q.URL, Headers: q.Headers, Body: q.Body, Timeout: q.Timeout, Retries: q.Retries,
		})
		if err != nil {
			return flows.Fetched{Why: why(err)}
		}
		return flows.Fetched{Status: a.Status, Body: string(a.Body)}
	}
}

// why tells the trail in one line why there is no answer.
func why(err error) string {
	for _, known := range []error{fetch.ErrAddress, fetch.ErrSize, fetch.ErrTime} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	return err.Error()
}
