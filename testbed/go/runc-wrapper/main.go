// Command runc-wrapper lets a Docker engine start privileged containers on a machine that lacks CAP_SYS_RESOURCE:
// it takes that capability out of what runc is asked to grant, and hands over to the real runc.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

const missing = "CAP_SYS_RESOURCE"

func main() {
	args := os.Args[1:]
	if err := prepare(args); err != nil {
		fmt.Fprintln(os.Stderr, "runc-wrapper:", err)
		os.Exit(1)
	}
	real, err := exec.LookPath("runc")
	if err == nil {
		err = syscall.Exec(real, append([]string{"runc"}, args...), os.Environ())
	}
	fmt.Fprintln(os.Stderr, "runc-wrapper:", err)
	os.Exit(1)
}

// prepare edits the file that describes the process to start, if this call starts one.
func prepare(args []string) error {
	switch {
	case slices.Contains(args, "create"), slices.Contains(args, "run"):
		bundle, ok := option(args, "--bundle", "-b")
		if !ok {
			bundle = "."
		}
		return edit(filepath.Join(bundle, "config.json"), func(doc map[string]any) map[string]any {
			process, _ := doc["process"].(map[string]any)
			return process
		})
	case slices.Contains(args, "exec"):
		if file, ok := option(args, "--process", "-p"); ok {
			return edit(file, func(doc map[string]any) map[string]any { return doc })
		}
	}
	return nil
}

func option(args []string, names ...string) (string, bool) {
	for i, arg := range args {
		for _, name := range names {
			if arg == name && i+1 < len(args) {
				return args[i+1], true
			}
			if value, ok := strings.CutPrefix(arg, name+"="); ok {
				return value, true
			}
		}
	}
	return "", false
}

func edit(file string, processOf func(map[string]any) map[string]any) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	decoder := json.NewDecoder(strings.NewReader(string(text)))
	decoder.UseNumber()
	var doc map[string]any
	if err := decoder.Decode(&doc); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	capabilities, _ := processOf(doc)["capabilities"].(map[string]any)
	for set, value := range capabilities {
		if list, ok := value.([]any); ok {
			capabilities[set] = slices.DeleteFunc(list, func(name any) bool { return name == missing })
		}
	}
	out, err := json.Marshal(doc)
	if err != nil {
		return err
	}
	return os.WriteFile(file, out, 0o600)
}
