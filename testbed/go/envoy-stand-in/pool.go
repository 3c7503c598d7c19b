package main

import (
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"
)

// As kind configures Envoy.
const (
	connectTimeout = 250 * time.Millisecond
	checkTimeout   = 3 * time.Second
	checkInterval  = 2 * time.Second
)

// pool holds the servers in the order in which connections try them: the healthy ones first, each of them in turn.
type pool struct {
	mutex   sync.Mutex
	servers []*server
	next    int
}

type server struct {
	address string
	healthy bool
	stop    chan struct{}
}

func (p *pool) set(addresses []string) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	for _, old := range p.servers {
		close(old.stop)
	}
	p.servers = nil
	for _, address := range addresses {
		added := &server{address: address, stop: make(chan struct{})}
		p.servers = append(p.servers, added)
		go p.check(added)
	}
}

// check asks as kind's Envoy does; an API server that accepts connections may still be far from working.
func (p *pool) check(server *server) {
	transport := &http.Transport{
		TLSClientConfig:   &tls.Config{InsecureSkipVerify: true},
		DisableKeepAlives: true,
	}
	client := http.Client{Timeout: checkTimeout, Transport: transport}
	ticker := time.NewTicker(checkInterval)
	defer ticker.Stop()
	for {
		answer, err := client.Get("https://" + server.address + "/healthz")
		healthy := err == nil && answer.StatusCode == http.StatusOK
		if err == nil {
			answer.Body.Close()
		}
		p.mutex.Lock()
		if healthy != server.healthy {
			log.Printf("%s: healthy: %v", server.address, healthy)
		}
		server.healthy = healthy
		p.mutex.Unlock()
		select {
		case <-ticker.C:
		case <-server.stop:
			return
		}
	}
}

// order names all servers: where none is healthy yet, the first one to accept a connection has to do.
func (p *pool) order() []string {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	var healthy, others []string
	for i := range p.servers {
		server := p.servers[(p.next+i)%len(p.servers)]
		if server.healthy {
			healthy = append(healthy, server.address)
		} else {
			others = append(others, server.address)
		}
	}
	p.next++
	return append(healthy, others...)
}

func (p *pool) forward(client net.Conn) {
	defer client.Close()
	for _, address := range p.order() {
		upstream, err := net.DialTimeout("tcp", address, connectTimeout)
		if err != nil {
			continue
		}
		defer upstream.Close()
		var both sync.WaitGroup
		both.Go(func() { pipe(upstream, client) })
		both.Go(func() { pipe(client, upstream) })
		both.Wait()
		return
	}
	log.Printf("no server for %s", client.RemoteAddr())
}

// pipe hands an end of the stream on as well, and takes an error for one.
func pipe(to, from net.Conn) {
	io.Copy(to, from)
	to.(*net.TCPConn).CloseWrite()
}
