module k8s-bootstrap.test/testbed/no-names

go 1.26.0
