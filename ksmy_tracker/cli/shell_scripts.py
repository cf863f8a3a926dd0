"""The completion scripts of bash, zsh and fish: which shell this is, its script, and where it belongs."""

import os
from pathlib import Path
from typing import Final

from ksmy_tracker.cli.completion import FILE_MEANT
from ksmy_tracker.errors import KsmyError, Usage
from ksmy_tracker.storage.files import write_whole

_BASH: Final = r"""_ksmy() {
    local IFS=$'\n' offers offer
    local words="${COMP_WORDS[*]:0:COMP_CWORD+1}" # bash parts --option=value into three
    words=${words//$'\n=\n'/=}
    words=${words/%$'\n='/=}
    local breaks=${words//[!$'\n']/}
    COMPREPLY=()
    offers=$(env COMP_WORDS="$words" COMP_CWORD=${#breaks} _KSMY_COMPLETE=complete_bash "$1" 2>/dev/null)
    case $? in
        0) while read -r offer; do [[ $offer ]] && COMPREPLY+=("$offer"); done <<<"$offers" ;;
        FILE_MEANT) compopt -o default 2>/dev/null ;;
    esac
}
complete -F _ksmy ksmy
"""

# What zsh reads from its function path is the body of _ksmy at first; sourced, it only says whose completion it is.
# Nothing of the answer is evaluated: `compadd` takes words as they are, and quotes what it puts on the line.
_ZSH: Final = r"""#compdef ksmy
_ksmy() {
    local answer line word
    local -i code longest
    local -a offers means shown
    answer=$(env _TYPER_COMPLETE_ARGS="${words[1,CURRENT]}" _KSMY_COMPLETE=complete_plain "${(Q)words[1]}" 2>/dev/null)
    code=$?
    [[ $PREFIX == --*=* ]] && compset -P 1 '*='
    case $code in
        FILE_MEANT) _files; return ;;
        0) ;;
        *) return 1 ;;
    esac
    for line in "${(f)answer}"; do
        word=${line%%$'\t'*}
        [[ -n $word ]] || continue
        offers+=("$word")
        means+=("${line#*$'\t'}")
        (( longest < ${#word} )) && longest=${#word}
    done
    for word line in "${(@)offers:^means}"; do
        shown+=("${(r:longest:)word}${line:+  -- $line}")
    done
    if [[ -n ${means[*]//[[:space:]]/} ]]; then
        compadd -V ksmy -l -d shown -a offers
    else
        compadd -V ksmy -a offers
    fi
}
if [[ $funcstack[1] == _ksmy ]]; then _ksmy "$@"; else compdef _ksmy ksmy; fi
"""

_FISH: Final = r"""function __ksmy_offers
    set -l option (string match --regex '^--[^=]*=' -- (commandline -ct))
    set -l offers (env _TYPER_COMPLETE_ARGS=(commandline -cp) _TYPER_COMPLETE_FISH_ACTION=get-args \
        _KSMY_COMPLETE=complete_fish ksmy 2>/dev/null)
    switch $status
        case FILE_MEANT
            set offers (__fish_complete_path (string replace --regex '^--[^=]*=' '' -- (commandline -ct)))
        case '*'
            set offers (string match --regex '.+' -- $offers)
    end
    set --query offers[1]; and printf '%s\n' "$option"$offers
end
complete --command ksmy --no-files --arguments '(__ksmy_offers)'
"""

SCRIPTS: Final = {
    shell: script.replace("FILE_MEANT", str(FILE_MEANT))
    for shell, script in {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}.items()
}


def current() -> str:
    """The shell that has started this program; raises `Usage` where it is none with a script."""
    from shellingham import ShellDetectionFailure, detect_shell

    try:
        shell: str = detect_shell()[0]
    except ShellDetectionFailure:
        raise Usage("the shell cannot be told; start this from bash, zsh or fish") from None
    if shell not in SCRIPTS:
        raise Usage(f"there is no completion for {shell}; there is one for bash, zsh and fish")
    return shell


def install(shell: str) -> Path:
    """Put a shell's script where the shell finds it, once; raises `Usage` or `KsmyError` where it cannot."""
    try:
        home = Path.home()
    except RuntimeError:
        raise Usage("the home directory is not known; set HOME") from None
    if shell == "bash":
        place = home / ".bash_completions" / "ksmy.sh"
        quoted = str(place).replace("'", r"'\''")
        settings, line = home / ".bashrc", f"source '{quoted}'"
    elif shell == "zsh":
        place = home / ".zfunc" / "_ksmy"
        settings = Path(os.environ.get("ZDOTDIR") or home) / ".zshrc"
        line = "fpath+=~/.zfunc; autoload -Uz compinit; compinit"
    else:
        folder = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
        place, settings, line = folder / "fish" / "completions" / "ksmy.fish", None, ""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        write_whole(place, SCRIPTS[shell], "completion script")
        if settings is not None:
            _add_line(settings, line)
    except OSError as error:
        raise KsmyError(
            f"completion cannot be installed in {place}: {error.strerror}; "
            "`ksmy --show-completion` shows what to put elsewhere"
        ) from None
    return place


def _add_line(settings: Path, line: str) -> None:
    """Add a line to a file that a user may have written, unless it is there."""
    before = settings.read_bytes() if settings.exists() else b""
    if os.fsencode(line) not in before.splitlines():
        gap = b"\n" if before and not before.endswith(b"\n") else b""
        with settings.open("ab") as file:
            file.write(gap + os.fsencode(line) + b"\n")
