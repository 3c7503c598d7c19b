// Command no-names is the bed's upstream name server: it knows no name at all, and says so at once. Without it, each
// look-up of an outside name on a host takes until its time limit.
package main

import (
	"log"
	"net"
)

const (
	headerLength = 12
	response     = 0x80
	nameError    = 3
)

func main() {
	socket, err := net.ListenPacket("udp", ":53")
	if err != nil {
		log.Fatal(err)
	}
	packet := make([]byte, 4096)
	for {
		length, peer, err := socket.ReadFrom(packet)
		if err != nil {
			log.Fatal(err)
		}
		if length < headerLength || packet[2]&response != 0 {
			continue
		}
		// The question goes back as it came, without records added to it.
		packet[2] |= response
		packet[3] = nameError
		if _, err := socket.WriteTo(packet[:length], peer); err != nil {
			log.Print(err)
		}
	}
}
