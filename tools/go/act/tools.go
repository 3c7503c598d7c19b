//go:build tools

// Package tools names the main package that the tests use, so that "go mod tidy" keeps what it needs.
package tools

import (
	_ "github.com/nektos/act"
)
