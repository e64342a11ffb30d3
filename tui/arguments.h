/* GNU-style options, parsed from a table: long and short names, --name=value, options after operands, "--", repeated
 * options, "did you mean". The same table makes help, manual and completion. */
#ifndef TUI_ARGUMENTS_H
#define TUI_ARGUMENTS_H

#include <talloc.h>

#include "store/base.h"
#include "store/error.h"

enum option_arity {
    OPTION_FLAG,
    OPTION_VALUE,
    OPTION_VALUES /* may be repeated */,
    OPTION_LIST /* takes all words up to the next option: --only V... */
};

/* What a value or operand is, for completion. */
enum option_kind {
    KIND_NONE,
    KIND_WORDS /* of `words` */,
    KIND_FILE,
    KIND_FOLDER,
    KIND_TARGET,
    KIND_VERSION,
    KIND_COMMAND
};

struct option {
    const char *name; /* "out-of-order" */
    char letter;      /* or 0 */
    enum option_arity arity;
    const char *value; /* name of the value in help: "V"; NULL for a flag */
    enum option_kind kind;
    const char *words; /* "text|json|markdown", or NULL */
    const char *text;  /* one sentence */
};

struct operands {
    const char *name; /* in help: "V...", "[COMMAND]"; NULL: none taken */
    int least, most;  /* most -1: any number */
    enum option_kind kind;
    const char *words; /* "start|stop|status|url|destroy", or NULL */
    const char *text;
};

struct arguments; /* opaque */

/* Parses words (NULL-terminated, without the program's and the command's names; they must outlive the arguments).
 * `globals` are options that every command takes too; with --help too few operands are no error.
 * Owner: `owner`. Errors: ERROR_USAGE: unknown (with "did you mean"), missing value, unwanted value, too few or too
 * many operands, a word not in `words`. */
struct arguments *arguments_parse(TALLOC_CTX *owner, const struct option *globals, size_t global_count,
                                  const struct option *options, size_t option_count, const struct operands *operands,
                                  const char *const *words, struct error *error) NODISCARD;

/* Index of the first word that is neither an option of the table nor the value of one (that of the end when there is
 * none): where the command stands. "--" and what follows it count as no options. */
size_t arguments_first_operand(const struct option *options, size_t count, const char *const *words);

bool arguments_has(const struct arguments *arguments, const char *name);
const char *arguments_value(const struct arguments *arguments, const char *name); /* the last one given, or NULL */
const char *const *arguments_values(const struct arguments *arguments,
                                    const char *name); /* NULL-terminated; NULL when not given */
const char *const *arguments_operands(const struct arguments *arguments,
                                      size_t *count); /* NULL-terminated; `count` may be NULL */

/* A row of `options` by its long name or its letter, or NULL. */
const struct option *arguments_find(const struct option *options, size_t count, const char *name, size_t length);
const struct option *arguments_find_letter(const struct option *options, size_t count, char letter);

/* Whether `word` is one of "a|b|c". */
bool arguments_is_listed(const char *words, const char *word);

/* "a|b|c" as a NULL-terminated array. Owner: `owner`. */
const char *const *arguments_split_words(TALLOC_CTX *owner, const char *words);

#endif
