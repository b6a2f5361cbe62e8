package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humaecho"

	"switchdesk/accounts"
	"switchdesk/calls"
	"switchdesk/internal/fault"
)

type recordingIn struct {
	CallIn
	Download bool `query:"download" doc:"save it as a file; needs calls.download"`
}

// recording plays a call's recording. Seeking asks for ranges of it. Listening
// and saving are two rights; who may only save may not listen.
func (s *Server) recording(ctx context.Context, in *recordingIn) (*huma.StreamResponse, error) {
	actor := actorOf(ctx)
	need := accounts.CallsListen
	if in.Download {
		need = accounts.CallsDownload
	}
	if !actor.Can(need) {
		return nil, fault.New(fault.Forbidden, "right.missing", "your role lacks the right %q; ask an administrator", need)
	}
	d, err := s.oneCall(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	content, err := s.openRecording(ctx, d)
	if err != nil {
		return nil, err
	}
	if in.Download {
		if err := s.accounts.Record(ctx, actor, "recording.download", "call", d.Record.ID, nil); err != nil {
			content.Close() //nolint:errcheck // only read from
			return nil, err
		}
	}
	name := recordingName(d.Record)
	return &huma.StreamResponse{Body: func(hc huma.Context) {
		defer content.Close() //nolint:errcheck // only read from
		c := humaecho.Unwrap(hc)
		h := c.Response().Header()
		h.Set("Content-Type", "audio/wav")
		h.Set("Cache-Control", "private, no-store")
		// A recording opened in a tab of its own can load and run nothing.
		h.Set("Content-Security-Policy", "default-src 'none'; media-src 'self'; sandbox")
		if in.Download {
			h.Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", name))
		}
		http.ServeContent(c.Response(), c.Request(), name, d.Record.EndedAt, content)
	}}, nil
}

// recordingName is plain ASCII: the day, the time and the call.
func recordingName(r calls.Record) string {
	return r.StartedAt.UTC().Format("20060102-150405") + "-" + r.ID + ".wav"
}

// openRecording opens the audio in the store, or in the spool while it has not
// been shipped yet.
func (s *Server) openRecording(ctx context.Context, d calls.Details) (io.ReadSeekCloser, error) {
	if d.Recording == nil {
		return nil, fault.New(fault.NotFound, "recording.none", "this call has no recording")
	}
	switch d.Recording.State {
	case calls.RecStored:
		content, _, err := s.parts.Blobs.Get(ctx, d.Recording.BlobKey)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, missingRecording(err)
		}
		return content, err
	case calls.RecWaiting:
		return s.openSpooled(d.Recording.Path)
	}
	return nil, missingRecording(nil)
}

func missingRecording(err error) error {
	return fault.New(fault.NotFound, "recording.missing", "the recording is missing; the operator has been told").Because(err)
}

// openSpooled opens a recording that still lies where the switch wrote it.
func (s *Server) openSpooled(path string) (io.ReadSeekCloser, error) {
	if s.parts.Spool == nil {
		return nil, waitingRecording(nil)
	}
	f, err := os.Open(s.parts.Spool(path))
	if err != nil {
		return nil, waitingRecording(err)
	}
	return f, nil
}

func waitingRecording(err error) error {
	return fault.New(fault.Unavailable, "recording.waiting", "the recording is on its way to the store; try again in a moment").Because(err)
}
