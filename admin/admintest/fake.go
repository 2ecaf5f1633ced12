package admintest

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"maunium.net/go/mautrix/id"
)

// Fake is the part of Synapse's admin API that the suite uses, kept in memory. It is safe for concurrent use.
type Fake struct {
	serverName string
	mux        *http.ServeMux

	mu        sync.Mutex // guards what follows
	users     map[string]object
	rooms     map[string]object
	blocked   map[string]bool
	deletions map[string]object
	tokens    map[string]object
	media     map[string]object
}

// object is a JSON object.
type object = map[string]any

// NewFake returns an empty server.
func NewFake(serverName string) *Fake {
	f := &Fake{
		serverName: serverName, mux: http.NewServeMux(),
		users: map[string]object{}, rooms: map[string]object{}, blocked: map[string]bool{},
		deletions: map[string]object{}, tokens: map[string]object{}, media: map[string]object{},
	}
	f.serveUsers()
	f.serveRooms()
	f.serveTokens()
	f.serveMedia()
	f.mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { refuse(w, 404, "M_UNRECOGNIZED", "Unrecognized request") })
	return f
}

// ServeHTTP answers a request of the admin API.
func (f *Fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.mux.ServeHTTP(w, r)
}

// World returns what the suite needs besides the API.
func (f *Fake) World() World {
	owner := id.NewUserID("owner", f.serverName)
	return World{
		ServerName: f.serverName,
		NewRoom: func(*testing.T) id.RoomID {
			f.mu.Lock()
			defer f.mu.Unlock()
			room := "!" + unique("room") + ":" + f.serverName
			f.rooms[room] = object{"room_id": room, "joined_members": 1, "creator": owner, "name": nil}
			return id.RoomID(room)
		},
		Upload: func(*testing.T) (id.ContentURI, id.UserID) {
			f.mu.Lock()
			defer f.mu.Unlock()
			media := unique("media")
			f.media[media] = object{
				"media_id": media, "user_id": owner, "media_length": 5, "created_ts": time.Now().UnixMilli(),
				"quarantined_by": nil, "safe_from_quarantine": 0, "authenticated": 1,
			}
			return id.ContentURI{Homeserver: f.serverName, FileID: media}, owner
		},
	}
}

func (f *Fake) serveRooms() {
	f.handle("GET v1/rooms/{room}", func(c *call) { c.find(f.rooms, "room") })
	f.handle("GET v1/rooms", func(c *call) {
		rooms := []object{}
		if room := f.rooms[c.r.URL.Query().Get("search_term")]; room != nil {
			rooms = append(rooms, room)
		}
		c.answer(object{"rooms": rooms, "offset": 0, "total_rooms": len(rooms)})
	})
	f.handle("GET v1/rooms/{room}/members", func(c *call) {
		c.answer(object{"members": []any{f.rooms[c.part("room")]["creator"]}, "total": 1})
	})
	f.handle("GET v1/rooms/{room}/block", func(c *call) { c.answer(object{"block": f.blocked[c.part("room")]}) })
	f.handle("PUT v1/rooms/{room}/block", func(c *call) {
		f.blocked[c.part("room")] = c.body["block"] == true
		c.answer(c.body)
	})
	f.handle("DELETE v2/rooms/{room}", func(c *call) {
		room, deletion := c.part("room"), unique("deletion")
		f.deletions[deletion] = object{
			"delete_id": deletion, "room_id": room, "status": "complete",
			"shutdown_room": object{"kicked_users": []any{f.rooms[room]["creator"]}},
		}
		f.blocked[room] = c.body["block"] == true
		delete(f.rooms, room)
		c.answer(object{"delete_id": deletion})
	})
	// Two patterns in one: "delete_status/{id}" and "{room}/delete_status".
	f.handle("GET v2/rooms/{room}/{id}", func(c *call) {
		if c.part("room") == "delete_status" {
			c.find(f.deletions, "id")
			return
		}
		for _, deletion := range f.deletions {
			if deletion["room_id"] == c.part("room") {
				c.answer(object{"results": []any{deletion}})
				return
			}
		}
		c.missing()
	})
}

func (f *Fake) serveTokens() {
	f.handle("GET v1/registration_tokens", func(c *call) {
		tokens, valid := []object{}, c.r.URL.Query().Get("valid")
		for _, token := range f.tokens {
			if valid == "" || valid == strconv.FormatBool(token["uses_allowed"] != float64(0)) {
				tokens = append(tokens, token)
			}
		}
		c.answer(object{"registration_tokens": tokens})
	})
	f.handle("POST v1/registration_tokens/new", func(c *call) {
		name, ok := c.body["token"].(string)
		if !ok {
			name = strings.Repeat("r", int(c.body["length"].(float64)))
		}
		if f.tokens[name] != nil {
			refuse(c.w, 400, "M_INVALID_PARAM", "Token already exists: "+name)
			return
		}
		f.tokens[name] = object{
			"token": name, "uses_allowed": c.body["uses_allowed"], "expiry_time": c.body["expiry_time"], "pending": 0, "completed": 0,
		}
		c.answer(f.tokens[name])
	})
	f.handle("GET v1/registration_tokens/{token}", func(c *call) { c.find(f.tokens, "token") })
	f.handle("PUT v1/registration_tokens/{token}", func(c *call) {
		if token := f.tokens[c.part("token")]; token != nil {
			maps.Copy(token, c.body)
		}
		c.find(f.tokens, "token")
	})
	f.handle("DELETE v1/registration_tokens/{token}", func(c *call) {
		delete(f.tokens, c.part("token"))
		c.answer(object{})
	})
}

func (f *Fake) serveMedia() {
	f.handle("GET v1/media/{server}/{media}", func(c *call) {
		if media := f.media[c.part("media")]; media != nil {
			c.answer(object{"media_info": media})
			return
		}
		c.missing()
	})
	f.handle("GET v1/users/{user}/media", func(c *call) {
		media := slices.Collect(maps.Values(f.media))
		c.answer(object{"media": media, "total": len(media)})
	})
	f.handle("POST v1/media/quarantine/{server}/{media}", f.markMedia("quarantined_by", "@admin:"+f.serverName))
	f.handle("POST v1/media/unquarantine/{server}/{media}", f.markMedia("quarantined_by", nil))
	f.handle("POST v1/media/protect/{media}", f.markMedia("safe_from_quarantine", 1))
	f.handle("POST v1/media/unprotect/{media}", f.markMedia("safe_from_quarantine", 0))
	f.handle("DELETE v1/media/{server}/{media}", func(c *call) {
		media := c.part("media")
		if f.media[media] == nil {
			c.missing()
			return
		}
		delete(f.media, media)
		c.answer(object{"deleted_media": []string{media}, "total": 1})
	})
}

func (f *Fake) markMedia(key string, value any) func(*call) {
	return func(c *call) {
		if media := f.media[c.part("media")]; media != nil {
			media[key] = value
		}
		c.answer(object{})
	}
}

// call is a request that the fake answers.
type call struct {
	w    http.ResponseWriter
	r    *http.Request
	body object
}

func (f *Fake) handle(pattern string, answer func(*call)) {
	method, path, _ := strings.Cut(pattern, " ")
	f.mux.HandleFunc(method+" /_synapse/admin/"+path, func(w http.ResponseWriter, r *http.Request) {
		c := &call{w: w, r: r}
		if r.Method != http.MethodGet {
			_ = json.NewDecoder(r.Body).Decode(&c.body)
		}
		answer(c)
	})
}

func (c *call) part(name string) string { return c.r.PathValue(name) }

func (c *call) answer(value any) { _ = json.NewEncoder(c.w).Encode(value) }

// find answers with the object that a part of the path names.
func (c *call) find(objects map[string]object, part string) {
	found := objects[c.part(part)]
	if found == nil {
		c.missing()
		return
	}
	c.answer(found)
}

func (c *call) missing() { refuse(c.w, 404, "M_NOT_FOUND", "Not found") }

func refuse(w http.ResponseWriter, status int, errcode, text string) {
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(object{"errcode": errcode, "error": text})
}
