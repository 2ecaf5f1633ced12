# Completion of caretaker for bash. Load it with: source <(caretaker completion bash)

_caretaker() {
    local words=() part joined="" i text help

    # Bash takes "=" and ":" for words of their own; put what belongs together together again.
    for ((i = 1; i <= COMP_CWORD; i++)); do
        part=${COMP_WORDS[i]}
        if ((${#words[@]} > 0)) && [[ $part == [=:]* || $joined == *[=:] ]]; then
            joined+=$part
            words[${#words[@]} - 1]=$joined
        else
            joined=$part
            words+=("$part")
        fi
    done

    # Bash replaces only its own last word, so leave out what stands before that.
    local before=${joined%"${COMP_WORDS[COMP_CWORD]}"}
    [[ ${COMP_WORDS[COMP_CWORD]} == [=:] ]] && before=$joined

    COMPREPLY=()
    while IFS=$'\t' read -r text help; do
        COMPREPLY+=("${text#"$before"}")
    done < <("${COMP_WORDS[0]}" __complete "${words[@]}" 2>/dev/null)
}

complete -o default -F _caretaker caretaker
