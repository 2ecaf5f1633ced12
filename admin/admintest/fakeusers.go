package admintest

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

func (f *Fake) serveUsers() {
	f.handle("GET v2/users/{user}", func(c *call) { c.find(f.users, "user") })
	f.handle("PUT v2/users/{user}", func(c *call) { c.answer(f.putUser(c.part("user"), c.body)) })
	f.handle("GET v2/users", f.listUsers)
	f.handle("GET v1/whois/{user}", func(c *call) { c.answer(object{"user_id": c.part("user"), "devices": object{}}) })
	f.handle("PUT v1/suspend/{user}", f.changeUser(func(u, body object) { u["suspended"] = body["suspend"] }))
	f.handle("POST v1/reset_password/{user}", f.changeUser(func(object, object) {}))
	f.handle("POST v1/deactivate/{user}", f.changeUser(func(u, _ object) { u["deactivated"] = true }))
	f.handle("GET v1/register", func(c *call) { c.answer(object{"nonce": "nonce"}) })
	f.handle("POST v1/register", func(c *call) {
		user := "@" + c.body["username"].(string) + ":" + f.serverName
		if f.users[user] != nil {
			refuse(c.w, 400, "M_USER_IN_USE", "User ID already taken.")
			return
		}
		f.putUser(user, object{"admin": c.body["admin"]})
		c.answer(object{"user_id": user, "home_server": f.serverName})
	})
}

func (f *Fake) putUser(user string, change object) object {
	if f.users[user] == nil {
		f.users[user] = object{
			"name": user, "displayname": nil, "admin": false, "deactivated": false, "locked": false,
			"creation_ts": time.Now().Unix(), "threepids": []any{},
		}
	}
	delete(change, "password")
	maps.Copy(f.users[user], change)
	return f.users[user]
}

func (f *Fake) changeUser(change func(user, body object)) func(*call) {
	return func(c *call) {
		user := f.users[c.part("user")]
		if user == nil {
			c.missing()
			return
		}
		change(user, c.body)
		c.answer(object{})
	}
}

func (f *Fake) listUsers(c *call) {
	query := c.r.URL.Query()
	var rows []object
	for _, user := range f.users {
		hidden := user["deactivated"] == true && query.Get("deactivated") != "true" || user["locked"] == true && query.Get("locked") != "true"
		admins := query.Get("admins")
		if hidden || !strings.Contains(user["name"].(string), query.Get("name")) || admins != "" && admins != strconv.FormatBool(user["admin"] == true) {
			continue
		}
		row := maps.Clone(user)
		row["creation_ts"] = user["creation_ts"].(int64) * 1000
		rows = append(rows, row)
	}
	slices.SortFunc(rows, func(a, b object) int { return cmp.Compare(a["name"].(string), b["name"].(string)) })
	if query.Get("dir") == "b" {
		slices.Reverse(rows)
	}
	from, _ := strconv.Atoi(query.Get("from"))
	limit, err := strconv.Atoi(query.Get("limit"))
	if err != nil {
		limit = 100
	}
	end := min(from+limit, len(rows))
	page := object{"users": append([]object{}, rows[min(from, end):end]...), "total": len(rows)}
	if end < len(rows) {
		page["next_token"] = strconv.Itoa(end)
	}
	c.answer(page)
}
