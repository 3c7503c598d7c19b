//go:build tools

// Package tools names the main packages that the test bed builds, so that "go mod tidy" keeps what they need.
package tools

import (
	_ "go.etcd.io/etcd/server/v3"
	_ "go.etcd.io/etcd/etcdctl/v3"
)
