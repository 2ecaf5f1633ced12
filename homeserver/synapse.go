package homeserver

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"

	"gopkg.in/yaml.v3"
)

// configure writes what Synapse reads at start. Paths in it are relative to the directory it runs in.
func (s *Server) configure() error {
	registrations, err := absolute(s.opts.Registrations)
	if err != nil {
		return err
	}
	config := synapseConfig(s, registrations)
	maps.Copy(config, s.opts.Extra)
	if err := writeYAML(filepath.Join(s.Dir, "homeserver.yaml"), config); err != nil {
		return err
	}
	if err := writeYAML(filepath.Join(s.Dir, "log.yaml"), synapseLog()); err != nil {
		return err
	}
	return writeSigningKey(filepath.Join(s.Dir, "signing.key"))
}

func synapseConfig(s *Server, registrations []string) map[string]any {
	config := map[string]any{
		"server_name":                        s.ServerName,
		"report_stats":                       false,
		"signing_key_path":                   "signing.key",
		"media_store_path":                   "media",
		"log_config":                         "log.yaml",
		"macaroon_secret_key":                "throw-away",
		"form_secret":                        "throw-away",
		"registration_shared_secret":         s.SharedSecret,
		"trusted_key_servers":                []string{},
		"suppress_key_server_warning":        true,
		"app_service_config_files":           registrations,
		"enable_registration":                true,
		"registration_requires_token":        true, // so that registration tokens can be tried for real
		"bcrypt_rounds":                      4,
		"filter_timeline_limit":              5000, // a burst of messages arrives in one answer
		"presence":                           map[string]any{"enabled": false},
		"room_list_publication_rules":        []any{map[string]any{"action": "allow"}},
		"federation_domain_whitelist":        []string{}, // nothing leaves this machine
		"database":                           map[string]any{"name": "sqlite3", "args": map[string]any{"database": "homeserver.db"}},
		"listeners":                          []any{clientListener(s.opts.Port)},
		"allow_public_rooms_over_federation": false,
	}
	if !s.opts.NoServerNotices {
		config["server_notices"] = map[string]any{
			"system_mxid_localpart":    "notices",
			"system_mxid_display_name": "Server Notices",
			"room_name":                "Server Notices",
			"auto_join":                true,
		}
	}
	if !s.opts.RateLimits {
		maps.Copy(config, generousLimits())
	}
	return config
}

func clientListener(port int) map[string]any {
	return map[string]any{
		"port":           port,
		"bind_addresses": []string{"127.0.0.1"},
		"type":           "http",
		"resources":      []any{map[string]any{"names": []string{"client"}}},
	}
}

// generousLimits are rate limits that no test meets.
func generousLimits() map[string]any {
	plenty := map[string]any{"per_second": 10000, "burst_count": 100000}
	return map[string]any{
		"rc_message":         plenty,
		"rc_registration":    plenty,
		"rc_admin_redaction": plenty,
		"rc_login":           map[string]any{"address": plenty, "account": plenty, "failed_attempts": plenty},
		"rc_joins":           map[string]any{"local": plenty, "remote": plenty},
		"rc_joins_per_room":  plenty,
		"rc_invites":         map[string]any{"per_room": plenty, "per_user": plenty, "per_issuer": plenty},
		"rc_room_creation":   plenty,
		"rc_reports":         plenty,
		"rc_media_create":    plenty,
		"rc_user_directory":  plenty,
	}
}

func synapseLog() map[string]any {
	return map[string]any{
		"version":    1,
		"formatters": map[string]any{"short": map[string]any{"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
		"handlers": map[string]any{
			"file": map[string]any{"class": "logging.FileHandler", "filename": "homeserver.log", "formatter": "short"},
		},
		"root":                     map[string]any{"level": "WARNING", "handlers": []string{"file"}},
		"disable_existing_loggers": false,
	}
}

// writeSigningKey makes the key that Synapse would make in a run of its own, which costs a second.
func writeSigningKey(path string) error {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	seed := make([]byte, 32)
	_, _ = rand.Read(seed) // never fails, see crypto/rand
	line := fmt.Sprintf("ed25519 a_%s %s\n", randomHex(2), base64.RawStdEncoding.EncodeToString(seed))
	if err := os.WriteFile(path, []byte(line), 0o600); err != nil {
		return fmt.Errorf("write the signing key: %w", err)
	}
	return nil
}

func writeYAML(path string, value any) error {
	content, err := yaml.Marshal(value)
	if err != nil {
		return fmt.Errorf("encode %s: %w", filepath.Base(path), err)
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		return fmt.Errorf("write the homeserver's configuration: %w", err)
	}
	return nil
}

func absolute(paths []string) ([]string, error) {
	all := make([]string, 0, len(paths))
	for _, path := range paths {
		abs, err := filepath.Abs(path)
		if err != nil {
			return nil, fmt.Errorf("find registration %s: %w", path, err)
		}
		all = append(all, abs)
	}
	return all, nil
}
