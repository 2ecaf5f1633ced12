package caretaker_test

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

// What looks methods up by names or numbers that the compiler does not know makes the linker keep all methods of all
// types. The daemon then is 3 MB larger, on the disk and in memory.
func TestUnusedMethodsAreLeftOut(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it links the program")
	}
	program := filepath.Join(t.TempDir(), "caretaker")
	said, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "-ldflags=-dumpdep", "./cmd/caretaker").CombinedOutput()
	if err != nil {
		t.Fatalf("go build: %v\n%.2000s", err, said)
	}
	if by := regexp.MustCompile(`-> (\S+) <ReflectMethod>`).FindSubmatch(said); by != nil {
		t.Errorf("%s calls Method or MethodByName of package reflect", by[1])
	}
}
