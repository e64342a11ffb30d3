/* Help, made of the tables: what can be called is what is described. */
#ifndef TUI_HELP_H
#define TUI_HELP_H

#include <talloc.h>

#include "tui/command.h"

/* The answer to "help": about one command, or (NULL) about all of them. Text or JSON as the printer has it. */
void help_print(TALLOC_CTX *owner, struct printer *printer, const struct command *command);

/* The answer to "--version". */
void help_print_version(struct printer *printer);

/* The same as text, at most 80 columns wide. Owner: `owner`. */
char *help_overview(TALLOC_CTX *owner);
char *help_of_command(TALLOC_CTX *owner, const struct command *command);

/* A few lines for who called pgdeck without a command where there is no terminal. Owner: `owner`. */
char *help_usage(TALLOC_CTX *owner);

/* "apply [OPTION]... [ENTITY]": how a command is called. Owner: `owner`. */
char *help_synopsis(TALLOC_CTX *owner, const struct command *command);

/* What a value may be, as prose: "open, confirm, read-only" of "open|confirm|read-only". Owner: `owner`. */
char *help_words(TALLOC_CTX *owner, const char *words);

/* "-C, --project DIR", "--only V...". Owner: `owner`. */
char *help_option(TALLOC_CTX *owner, const struct option *option);

/* A row of cli.md, "Exit codes". */
struct help_exit_status {
    const char *status; /* "0" ... "128+n" */
    const char *text;
};
extern const struct help_exit_status help_exit_statuses[];
extern const size_t help_exit_status_count;

#endif
