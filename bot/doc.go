// Package bot takes events out of the inbox and answers them: it finds the command
// in a message, checks sender, room and age, asks for confirmation, runs it, and
// puts the answer into the outbox, from where it is delivered.
//
// One command travels like this:
//
//	inbox row → dispatcher (order, parallelism) → message (is it a command?) →
//	pipeline (authorise, read back, confirm, run) → answer (render) →
//	outbox row → deliverer → room
//
// Everything that must survive a crash is a row of the store; nothing else is.
package bot
