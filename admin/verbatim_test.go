package admin_test

import (
	"strings"
	"testing"

	"caretaker/admin"
)

func TestDecodeVerbatim(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, raw, wrong string
		users, total     int
	}{
		{"many rows", `{"users":[{"name":"@a:b","external_ids":[{},{}]},{"name":"@c:d"},{"name":"@e:f"}],"total":3,"next_token":"3"}`, "", 1, 3},
		{"one row", ` {"total": 1, "users": [{"name": "@a:b"}]} `, "", 1, 1},
		{"no rows", `{"users":[],"total":0}`, "", 0, 0},
		{"quotes and brackets in a name", `{"users":[{"name":"\"],\\"},{"name":"@c:d"}],"total":2}`, "", 1, 2},
		{"two lists", `{"more":[1,2,3],"users":[{"name":"@a:b"},{}],"others":[[1,2],3],"total":2}`, "", 1, 2},
		{"no list", `{"total":3}`, `no "users"`, 0, 0},
		{"null for a list", `{"users":null,"total":3}`, `no "users"`, 0, 0},
		{"a row without a name", `{"users":[{}],"total":3}`, `no "name"`, 0, 0},
		{"wrong types", `{"users":[{"name":1}],"total":3}`, "decode answer", 0, 0},
		{"cut off behind the first row", `{"users":[{"name":"@a:b"},{"na`, "not JSON", 0, 0},
		{"a list", `[{"name":"@a:b"}]`, "decode answer", 0, 0},
		{"nothing", ``, "not JSON", 0, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var page admin.UserPage
			err := admin.DecodeVerbatim([]byte(test.raw), &page)
			if test.wrong != "" {
				if err == nil || !strings.Contains(err.Error(), test.wrong) {
					t.Errorf("got error %v, want one about %s", err, test.wrong)
				}
				return
			}
			if err != nil || len(page.Users) != test.users || page.Total != test.total {
				t.Errorf("got %d users of %d, %v", len(page.Users), page.Total, err)
			}
		})
	}
}
