// Package commands is the framework that every command is declared in: one
// declaration in one file gives parsing, usage, help, suggestions, completion,
// permission, risk, confirmation, dry run, audit and output in all formats.
//
// A command is a [Command] made by [Define] or [DefineWork]. It runs through an
// [Executor], whether a person typed it in a room, in a terminal, or a schedule
// started it. Groups of commands live in the packages below this one; package
// all lists the groups.
package commands
