package bench

import (
	"slices"
	"time"
)

// Quantile returns the duration that the share q of all (0 to 1) does not exceed. There must be at least one.
func Quantile(all []time.Duration, q float64) time.Duration {
	sorted := slices.Sorted(slices.Values(all))
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}

// Median returns the middle of all. There must be at least one.
func Median(all []time.Duration) time.Duration { return Quantile(all, 0.5) }

// Ratio returns how many times b is in a.
func Ratio(a, b time.Duration) float64 { return float64(a) / float64(b) }
