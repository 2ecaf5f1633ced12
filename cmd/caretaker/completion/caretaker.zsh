#compdef caretaker
# Completion of caretaker for zsh. Load it with: source <(caretaker completion zsh)
# or put it into a folder of $fpath as _caretaker.

_caretaker() {
    local -a candidates
    local line text help

    for line in "${(@f)$("${words[1]}" __complete "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
        [[ -z $line ]] && continue
        text=${line%%$'\t'*}
        help=${line#*$'\t'}
        candidates+=("${text//:/\\:}:$help")
    done

    if (( ${#candidates} )); then
        _describe -o caretaker candidates
    else
        _files
    fi
}

if [[ ${funcstack[1]} == _caretaker ]]; then
    _caretaker "$@"
else
    compdef _caretaker caretaker
fi
