module k8s-bootstrap.test/testbed/runc-wrapper

go 1.26.0
