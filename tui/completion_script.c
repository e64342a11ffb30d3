/* The shells' own side of completion: they hand over the line and show what comes back, so that the tables are asked at
 * the time and a script never grows old. `pgdeck` is called as the person called it. */
#include "tui/completion.h"

static const char bash[] =
    "# pgdeck completion for bash: source <(pgdeck completion bash)\n"
    "_pgdeck() {\n"
    "    local kind word current=${COMP_WORDS[COMP_CWORD]}\n"
    "    [ \"$current\" = '=' ] && current=''\n"
    "    COMPREPLY=()\n"
    "    {\n"
    "        IFS= read -r kind\n"
    "        while IFS=$'\\t' read -r word _; do printf -v word %q \"$word\"; COMPREPLY+=(\"$word\"); done\n"
    "    } < <(\"${COMP_WORDS[0]}\" " COMPLETION_WORD " \"${COMP_WORDS[@]:1:COMP_CWORD}\" 2>/dev/null)\n"
    "    case $kind in\n"
    "        files) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- \"$current\") ;;\n"
    "        folders) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- \"$current\") ;;\n"
    "    esac\n"
    "}\n"
    "complete -F _pgdeck pgdeck\n";

static const char zsh[] =
    "#compdef pgdeck\n"
    "# pgdeck completion for zsh: put it as _pgdeck into a folder of $fpath, or: source <(pgdeck completion zsh)\n"
    "_pgdeck() {\n"
    "    local -a lines plain\n"
    "    local line name\n"
    "    lines=(\"${(@f)$(\"${words[1]}\" " COMPLETION_WORD " \"${(@)words[2,CURRENT]}\" 2>/dev/null)}\")\n"
    "    case ${lines[1]} in\n"
    "        files) _files ;;\n"
    "        folders) _files -/ ;;\n"
    "        *)\n"
    "            for line in \"${(@)lines[2,-1]}\"; do\n"
    "                name=${line%%$'\\t'*}\n"
    "                plain+=(\"${name//:/\\\\:}:${line#*$'\\t'}\")\n"
    "            done\n"
    "            [[ $PREFIX == --*=* ]] && compset -P '*='\n"
    "            _describe 'pgdeck' plain ;;\n"
    "    esac\n"
    "}\n"
    "if [ \"$funcstack[1]\" = _pgdeck ]; then _pgdeck \"$@\"; else compdef _pgdeck pgdeck; fi\n";

static const char fish[] =
    "# pgdeck completion for fish: pgdeck completion fish > ~/.config/fish/completions/pgdeck.fish\n"
    "function __pgdeck_complete\n"
    "    set -l words (commandline -opc) (commandline -ct)\n"
    "    set -l current (commandline -ct)\n"
    "    set -l lines ($words[1] " COMPLETION_WORD " $words[2..-1] 2>/dev/null)\n"
    "    switch \"$lines[1]\"\n"
    "        case files\n"
    "            __fish_complete_path $current\n"
    "        case folders\n"
    "            __fish_complete_directories $current\n"
    "        case '*'\n"
    "            set -l stem (string match -r -- '^--[^=]+=' $current)\n"
    "            for line in $lines[2..-1]\n"
    "                echo $stem$line\n"
    "            end\n"
    "    end\n"
    "end\n"
    "complete -c pgdeck -f -a '(__pgdeck_complete)'\n";

static const struct {
    const char *shell, *script;
} scripts[] = {{"bash", bash}, {"zsh", zsh}, {"fish", fish}};

const char *completion_script(const char *shell)
{
    for (size_t i = 0; i < countof(scripts); i++)
        if (!strcmp(scripts[i].shell, shell))
            return scripts[i].script;
    return NULL;
}
