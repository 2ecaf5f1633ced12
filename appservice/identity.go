package appservice

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"maunium.net/go/mautrix"
	mxas "maunium.net/go/mautrix/appservice"
	"maunium.net/go/mautrix/id"
)

// maxAnswer bounds what is read of one answer of the homeserver.
const maxAnswer = 64 << 20

// IdentityOptions is what an [Identity] is made of.
type IdentityOptions struct {
	HomeserverURL string
	Bot           id.UserID
	Registration  *mxas.Registration
	UserAgent     string // of the requests; empty: the library's
	Log           zerolog.Logger
}

// Identity is the bot as a user of the homeserver: the client-server API with the as_token, acting as the bot. It is not
// the admin API's client. Safe for concurrent use.
type Identity struct {
	client         *mautrix.Client
	registrationID string
	log            zerolog.Logger
}

// NewIdentity makes the client without asking anything of the homeserver.
func NewIdentity(opts IdentityOptions) (*Identity, error) {
	client, err := mautrix.NewClient(opts.HomeserverURL, opts.Bot, opts.Registration.AppToken)
	if err != nil {
		return nil, fmt.Errorf("homeserver.url %q is not a URL: %w", opts.HomeserverURL, err)
	}
	client.SetAppServiceUserID = true
	client.Client = httpClient(opts.Log)
	client.Log = zerolog.Nop()
	client.RequestHook = quietLibrary
	// Never written again. All that the library needs to know is that media are downloaded with a token.
	client.SpecVersions = &mautrix.RespVersions{Versions: []mautrix.SpecVersion{mautrix.SpecV111}}
	client.ResponseSizeLimit = maxAnswer
	client.DefaultHTTPRetries = 3
	client.DefaultHTTPBackoff = time.Second
	client.MaxHTTPBackoff = requestTimeout
	if opts.UserAgent != "" {
		client.UserAgent = opts.UserAgent
	}
	return &Identity{client: client, registrationID: opts.Registration.ID, log: opts.Log}, nil
}

// Client is the library's client for everything else: sending, reacting, joining. It repeats what failed in transit, or
// was answered with 429 or 502 to 504, three times, whatever the method; [mautrix.WithMaxRetries] in the context switches
// that off for what must not happen twice.
func (b *Identity) Client() *mautrix.Client { return b.client }

// UserID is the bot's.
func (b *Identity) UserID() id.UserID { return b.client.UserID }

// Register makes the bot's account. That it exists already is no error.
//
// POST /_matrix/client/v3/register
func (b *Identity) Register(ctx context.Context) error {
	_, err := b.client.MakeRequest(ctx, http.MethodPost, b.client.BuildClientURL("v3", "register"), &mautrix.ReqRegister[any]{
		Type:         mautrix.AuthTypeAppservice,
		Username:     b.UserID().Localpart(),
		InhibitLogin: true,
	}, nil)
	if err != nil && !errors.Is(err, mautrix.MUserInUse) {
		return fmt.Errorf("register %s: %w", b.UserID(), err)
	}
	return nil
}

// WhoAmI asks the homeserver whom it takes the bot for.
//
// GET /_matrix/client/v3/account/whoami
func (b *Identity) WhoAmI(ctx context.Context) (id.UserID, error) {
	resp, err := b.client.Whoami(ctx)
	if err != nil {
		return "", fmt.Errorf("ask who the bot is: %w", err)
	}
	return resp.UserID, nil
}

// Versions asks what the homeserver can do.
//
// GET /_matrix/client/versions
func (b *Identity) Versions(ctx context.Context) (*mautrix.RespVersions, error) {
	// Not the library's method, which writes to the client while others read it.
	versions := new(mautrix.RespVersions)
	_, err := b.client.MakeRequest(ctx, http.MethodGet, b.client.BuildClientURL("versions"), nil, versions)
	if err != nil {
		return nil, fmt.Errorf("ask for the versions: %w", err)
	}
	return versions, nil
}

// Ping is what the homeserver's ping of our listener gave.
type Ping struct {
	Supported bool // false: this homeserver cannot ping; nothing is known
	RoundTrip time.Duration
}

// Ping has the homeserver call our listener, which must be up. It also ends the wait of a Synapse that has given up on
// us for the time being. It works after [Identity.Register]: until then Synapse does not even tell its versions.
//
// POST /_matrix/client/v1/appservice/{appserviceId}/ping
func (b *Identity) Ping(ctx context.Context) (Ping, error) {
	versions, err := b.Versions(ctx)
	if err != nil {
		return Ping{}, err
	}
	if !versions.Supports(mautrix.FeatureAppservicePing) {
		return Ping{}, nil
	}
	resp, err := b.client.AppservicePing(ctx, b.registrationID, b.client.TxnID())
	switch {
	case errors.Is(err, mautrix.MUnrecognized):
		return Ping{}, nil
	case err != nil:
		return Ping{Supported: true}, fmt.Errorf("have the homeserver ping the bot: %w", err)
	}
	return Ping{Supported: true, RoundTrip: time.Duration(resp.DurationMS) * time.Millisecond}, nil
}

// Profile is how the bot looks in rooms. Empty fields are left as they are.
type Profile struct {
	DisplayName string
	Avatar      string // mxc:// URI, or the path of an image
}

// SetProfile writes what differs from the profile that the bot has.
func (b *Identity) SetProfile(ctx context.Context, want Profile) error {
	has, err := b.client.GetProfile(ctx, b.UserID())
	if err != nil && !errors.Is(err, mautrix.MNotFound) {
		return fmt.Errorf("read the bot's profile: %w", err)
	}
	if has == nil {
		has = new(mautrix.RespUserProfile)
	}
	if want.DisplayName != "" && want.DisplayName != has.DisplayName {
		if err := b.client.SetDisplayName(ctx, want.DisplayName); err != nil {
			return fmt.Errorf("set the bot's display name: %w", err)
		}
	}
	if want.Avatar == "" {
		return nil
	}
	if err := b.setAvatar(ctx, has.AvatarURL, want.Avatar); err != nil {
		return fmt.Errorf("set the bot's avatar: %w", err)
	}
	return nil
}

func (b *Identity) setAvatar(ctx context.Context, has id.ContentURI, want string) error {
	uri, err := b.avatarURI(ctx, has, want)
	if err != nil || uri == has {
		return err
	}
	return b.client.SetProfileField(ctx, "avatar_url", uri.CUString())
}

// avatarURI uploads an image only when the server does not have it yet.
func (b *Identity) avatarURI(ctx context.Context, has id.ContentURI, want string) (id.ContentURI, error) {
	if strings.HasPrefix(want, "mxc://") {
		return id.ParseContentURI(want)
	}
	image, err := os.ReadFile(want)
	if err != nil {
		return id.ContentURI{}, err
	}
	if !has.IsEmpty() {
		current, err := b.client.DownloadBytes(ctx, has)
		if err == nil && bytes.Equal(current, image) {
			return has, nil
		}
	}
	resp, err := b.client.UploadBytes(ctx, image, http.DetectContentType(image))
	if err != nil {
		return id.ContentURI{}, err
	}
	return resp.ContentURI, nil
}
