# Completion of caretaker for fish. Load it with: caretaker completion fish | source

function __caretaker_complete
    set -l words (commandline -opc)
    set -l last (commandline -ct)
    # An empty last word is a word, too.
    test -n "$last"; or set last ''
    $words[1] __complete $words[2..-1] $last 2>/dev/null
end

complete -c caretaker -f -a '(__caretaker_complete)'
