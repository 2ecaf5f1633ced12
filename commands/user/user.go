// Package user holds the commands about accounts.
package user

import "caretaker/commands"

// Group lists the commands about accounts.
var Group = commands.Group{
	Name:    "user",
	Summary: "Accounts of this server: look at them, make, change and close them.",
	Commands: []*commands.Command{
		listCmd, searchCmd, detailsCmd, registerCmd, modifyCmd, passwordCmd, lockCmd, unlockCmd,
		suspendCmd, shadowBanCmd, deactivateCmd, deactivateRegexCmd, reactivateCmd,
		authProviderCmd, threepidCmd, availableCmd,
		whoisCmd, activityCmd, membershipCmd, mediaCmd, pushersCmd, accountDataCmd,
		loginCmd, logoutCmd, pruneDevicesCmd,
		redactCmd, redactStatusCmd, deleteMediaCmd,
		adminCmd, rateLimitCmd, featuresCmd, validityCmd, keyResetCmd,
	},
}
