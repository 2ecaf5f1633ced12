package synapse_test

import (
	"net/http/httptest"
	"testing"

	"caretaker/admin/admintest"
	"caretaker/admin/synapse"
)

func TestSuite(t *testing.T) {
	t.Parallel()
	fake := admintest.NewFake("example.org")
	server := httptest.NewServer(fake)
	t.Cleanup(server.Close)
	admintest.Run(t, synapse.New(options(server.URL)), fake.World())
}
