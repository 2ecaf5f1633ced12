package config

import (
	"cmp"
	"errors"
	"io"
	"os"

	"github.com/rs/zerolog"
)

// Logger makes the logger that the section logging describes. Close what it
// gives after the last line; that closes log files.
func (c *Config) Logger(stdout, stderr io.Writer) (zerolog.Logger, io.Closer, error) {
	var files closers
	var writers []io.Writer
	for _, w := range c.Logging.Writers {
		out, err := c.logOutput(w, stdout, stderr, &files)
		if err != nil {
			return zerolog.Nop(), nil, errors.Join(err, files.Close())
		}
		level := logLevel(cmp.Or(w.MinLevel, c.Logging.MinLevel))
		writers = append(writers, &zerolog.FilteredLevelWriter{Writer: zerolog.LevelWriterAdapter{Writer: out}, Level: level})
	}
	log := zerolog.New(zerolog.MultiLevelWriter(writers...)).Level(logLevel(c.Logging.MinLevel))
	return log.With().Timestamp().Logger(), files, nil
}

func (c *Config) logOutput(w LogWriter, stdout, stderr io.Writer, files *closers) (io.Writer, error) {
	var out io.Writer
	switch w.Type {
	case "stdout":
		out = stdout
	case "file":
		file, err := os.OpenFile(c.File(w.Filename), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			return nil, unwritable("log file "+c.File(w.Filename), "cannot be written", err)
		}
		*files = append(*files, file)
		out = file
	default:
		out = stderr
	}
	if w.Format == "pretty" {
		out = zerolog.ConsoleWriter{Out: out, TimeFormat: "2006-01-02 15:04:05", NoColor: w.Type == "file"}
	}
	return out, nil
}

// logLevel reads a level; validation has made sure that it is one.
func logLevel(word string) zerolog.Level {
	level, err := zerolog.ParseLevel(word)
	if err != nil {
		return zerolog.InfoLevel
	}
	return level
}

// closers closes several things.
type closers []io.Closer

// Close closes all of them.
func (c closers) Close() error {
	var err error
	for _, each := range c {
		err = errors.Join(err, each.Close())
	}
	return err
}
