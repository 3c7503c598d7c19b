// Command envoy stands in for Envoy as kind runs it before several control planes: it forwards TCP connections from the
// listener that kind writes down to one of the API servers that kind writes down, and follows changes of both files.
package main

import (
	"flag"
	"log"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
)

// Of kind's files, only the addresses matter.
var (
	configPath = regexp.MustCompile(`(?m)^\s+path: (\S+)$`)
	address    = regexp.MustCompile(`(?m)^\s+address: "?([^"\s]+)"?\n\s+port_value: (\d+)$`)
)

func main() {
	bootstrap := flag.String("c", "", "Envoy's bootstrap configuration")
	flag.Parse()
	text, err := os.ReadFile(*bootstrap)
	if err != nil {
		log.Fatal(err)
	}
	paths := configPath.FindAllStringSubmatch(string(text), -1)
	if len(paths) != 2 {
		log.Fatalf("%s: not the two files (clusters, listeners) that kind names", *bootstrap)
	}
	clusters, listeners := paths[0][1], paths[1][1]
	moved, err := watch(filepath.Dir(clusters))
	if err != nil {
		log.Fatal(err)
	}
	servers := &pool{}
	open := map[string]net.Listener{}
	for {
		servers.set(addressesIn(clusters))
		serve(open, addressesIn(listeners), servers)
		if _, more := <-moved; !more {
			log.Fatal("can't watch the configuration any more")
		}
	}
}

func addressesIn(path string) []string {
	text, err := os.ReadFile(path)
	if err != nil {
		log.Print(err)
		return nil
	}
	var found []string
	for _, match := range address.FindAllStringSubmatch(string(text), -1) {
		found = append(found, net.JoinHostPort(match[1], match[2]))
	}
	log.Printf("%s: %v", path, found)
	return found
}

// serve makes the open listeners those wanted.
func serve(open map[string]net.Listener, wanted []string, servers *pool) {
	for at, listener := range open {
		if !slices.Contains(wanted, at) {
			listener.Close()
			delete(open, at)
		}
	}
	for _, at := range wanted {
		if open[at] != nil {
			continue
		}
		listener, err := net.Listen("tcp", at)
		if err != nil {
			log.Fatal(err)
		}
		open[at] = listener
		go accept(listener, servers)
	}
}

func accept(listener net.Listener, servers *pool) {
	for {
		client, err := listener.Accept()
		if err != nil {
			return
		}
		go servers.forward(client)
	}
}
