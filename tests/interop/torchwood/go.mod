module candor/tests/interop/torchwood

go 1.26.0

require (
	candor/tests/interop v0.0.0
	filippo.io/torchwood v0.9.0
	golang.org/x/crypto v0.57.0
	golang.org/x/mod v0.42.0
)

require (
	golang.org/x/sync v0.23.0 // indirect
	golang.org/x/sys v0.48.0 // indirect
)

replace candor/tests/interop => ../
