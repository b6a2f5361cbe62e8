// Package realswitch says whether the tests may use a real FreeSWITCH. They
// take minutes and want the machine for themselves, so they run by
// `make test-freeswitch` alone.
package realswitch

import (
	"os"
	"testing"
)

// Wanted is the variable that `make test-freeswitch` sets.
const Wanted = "SWITCHDESK_TEST_FREESWITCH"

// Need skips the test, with the reason, unless a real switch is wanted.
func Need(t testing.TB) {
	t.Helper()
	if os.Getenv(Wanted) == "" {
		t.Skip("the real FreeSWITCH is tested by: make test-freeswitch")
	}
}
