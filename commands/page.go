package commands

// Page is embedded by the arguments of lists that come in pages.
type Page struct {
	From  int `short:"f" default:"0" min:"0" value:"N" help:"Start at this row; the answer names the next one."`
	Limit int `short:"l" default:"100" room:"25" min:"1" value:"N" help:"Rows per page."`
}

// RoomRows is how many rows an answer in a room shows; more go into a file.
const RoomRows = 25
