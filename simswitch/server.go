package simswitch

import (
	"context"
	"errors"
	"net"
	"sync"
)

// Server is the Engine's event socket on TCP.
type Server struct {
	e       *Engine
	ln      net.Listener
	mu      sync.Mutex
	clients map[*client]struct{}
	wg      sync.WaitGroup
}

// Listen opens an event socket at addr ("127.0.0.1:0" for any port) and
// answers on it until ctx ends. It fails if the address is taken.
func (e *Engine) Listen(ctx context.Context, addr string) (*Server, error) {
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	s := &Server{e: e, ln: ln, clients: map[*client]struct{}{}}
	e.do(func() { e.servers = append(e.servers, s) })
	s.wg.Add(1)
	go s.accept()
	stop := context.AfterFunc(ctx, s.Close)
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		<-ctx.Done()
		stop()
	}()
	return s, nil
}

// Addr is where the event socket listens, as host:port.
func (s *Server) Addr() string { return s.ln.Addr().String() }

// Close takes the event socket away and cuts every client off. Calls go on.
func (s *Server) Close() {
	_ = s.ln.Close()
	s.mu.Lock()
	all := make([]*client, 0, len(s.clients))
	for c := range s.clients {
		all = append(all, c)
	}
	s.mu.Unlock()
	for _, c := range all {
		c.cut()
	}
}

// Wait returns when all that the server started has ended.
func (s *Server) Wait() { s.wg.Wait() }

func (s *Server) accept() {
	defer s.wg.Done()
	for {
		conn, err := s.ln.Accept()
		if err != nil {
			if !errors.Is(err, net.ErrClosed) {
				s.e.opt.Log.Warn("event socket stopped listening", "error", err)
			}
			return
		}
		c := newClient(s, conn)
		s.mu.Lock()
		s.clients[c] = struct{}{}
		s.mu.Unlock()
		s.wg.Add(2)
		go func() { defer s.wg.Done(); c.writeLoop() }()
		go func() {
			defer s.wg.Done()
			c.serve()
			s.mu.Lock()
			delete(s.clients, c)
			s.mu.Unlock()
		}()
	}
}

// eachClient runs fn for every client of every socket, without the Engine's
// lock.
func (e *Engine) eachClient(fn func(*client)) {
	e.mu.Lock()
	servers := append([]*Server(nil), e.servers...)
	e.mu.Unlock()
	for _, s := range servers {
		s.mu.Lock()
		all := make([]*client, 0, len(s.clients))
		for c := range s.clients {
			all = append(all, c)
		}
		s.mu.Unlock()
		for _, c := range all {
			fn(c)
		}
	}
}
