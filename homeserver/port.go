package homeserver

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
)

// FreePort returns a port of 127.0.0.1 that nobody listens on. It is chosen below the range from which systems take the
// ports of outgoing connections, so that it is still free when the server gets to it.
func FreePort() (int, error) {
	for range 100 {
		port := 11000 + rand.IntN(20000)
		ln, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			continue
		}
		if err := ln.Close(); err != nil {
			return 0, fmt.Errorf("give back port %d: %w", port, err)
		}
		return port, nil
	}
	return 0, errors.New("no free port on 127.0.0.1 between 11000 and 31000")
}
