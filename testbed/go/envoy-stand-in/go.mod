module k8s-bootstrap.test/testbed/envoy-stand-in

go 1.26.0
