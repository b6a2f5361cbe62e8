package api

import (
	"io"
	"net/http"
	"testing"
)

// BenchmarkReads asks over HTTP as a signed-in browser does, four at a time
// on each core.
func BenchmarkReads(b *testing.B) {
	h := newHouse(b)
	who := h.as(h.north, h.north.chief)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	for _, path := range []string{"/api/bar", "/api/me", "/api/calls/live", "/api/calls", "/api/groups", "/api/calls/" + h.north.call} {
		b.Run(path[5:min(len(path), 15)], func(b *testing.B) {
			b.SetParallelism(4)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					req, err := http.NewRequest("GET", h.http.URL+path, nil)
					if err != nil {
						b.Error(err)
						return
					}
					req.AddCookie(&http.Cookie{Name: CookieName, Value: who.cookie})
					res, err := client.Do(req)
					if err != nil {
						b.Error(err)
						return
					}
					_, err = io.Copy(io.Discard, res.Body)
					_ = res.Body.Close()
					if err != nil || res.StatusCode != http.StatusOK {
						b.Errorf("%d %v", res.StatusCode, err)
						return
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "reads/s")
		})
	}
}
