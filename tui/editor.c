/* See editor.h. */
#include "tui/editor.h"


/* What programs want before "FILE":LINE that do not take +LINE. */
static const struct {
    const char *program, *option;
} manners[] = {{"code", "--goto "}, {"codium", "--goto "}, {"subl", ""}, {"zed", ""}, {"hx", ""}};

/* Whether a command's program has this name, whatever its folder and its arguments. */
static bool is_program(const char *command, const char *name)
{
    size_t size = strcspn(command, " "), start = size;
    while (start > 0 && command[start - 1] != '/')
        start--;
    return size - start == strlen(name) && strncmp(command + start, name, size - start) == 0;
}

char *editor_command(TALLOC_CTX *owner, const char *editor, int line)
{
    if (line < 1)
        return talloc_asprintf(owner, "exec %s \"$1\"", editor);
    for (size_t i = 0; i < countof(manners); i++)
        if (is_program(editor, manners[i].program))
            return talloc_asprintf(owner, "exec %s %s\"$1\":%d", editor, manners[i].option, line);
    return talloc_asprintf(owner, "exec %s +%d \"$1\"", editor, line);
}

static const char *name_of_editor(const struct console *console)
{
    const char *visual = console_variable(console, "VISUAL"), *editor = console_variable(console, "EDITOR");
    return visual && *visual ? visual : editor && *editor ? editor : "vi";
}

void editor_open(struct console *console, const char *path, int line)
{
    const char *editor = name_of_editor(console);
    char *command = editor_command(console, editor, line);
    const char *const words[] = {"/bin/sh", "-c", command, "pgdeck", path, NULL};
    int status = terminal_lend(console->terminal, words);
    if (status != 0)
        console_say(console, MESSAGE_WARNING, status < 0 ? "%s could not be run" : "%s ended with a failure", editor);
    console_forget(console);
    console_refresh(console);
    talloc_free(command);
}
