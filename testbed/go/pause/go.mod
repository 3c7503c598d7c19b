module k8s-bootstrap.test/testbed/pause

go 1.26.0
