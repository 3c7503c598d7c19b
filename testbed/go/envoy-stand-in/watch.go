package main

import (
	"os"
	"syscall"
)

// watch reports whenever a file is moved into a folder, which is how kind (and Envoy's documentation) replaces one. The
// channel is closed where watching ends.
func watch(dir string) (<-chan struct{}, error) {
	descriptor, err := syscall.InotifyInit1(syscall.IN_CLOEXEC)
	if err != nil {
		return nil, err
	}
	if _, err := syscall.InotifyAddWatch(descriptor, dir, syscall.IN_MOVED_TO); err != nil {
		return nil, err
	}
	queue := os.NewFile(uintptr(descriptor), "inotify")
	moved := make(chan struct{})
	go func() {
		defer close(moved)
		events := make([]byte, 4096)
		for {
			// What was moved does not matter: both files are read again.
			if _, err := queue.Read(events); err != nil {
				return
			}
			moved <- struct{}{}
		}
	}()
	return moved, nil
}
