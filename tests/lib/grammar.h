/* A text with choices, from which random schemas are drawn: SQL in which
 *   «: a ¦ b»              stands for one of its options, the same on both sides of a pair;
 *   «column.type: a ¦ b»   for one that the other side may draw anew: it changes that attribute of that kind;
 *   «index: a ¦ »          likewise: an object comes or goes;
 *   «x=column.type: a ¦ b» has a name («x=: a ¦ b» has one, and does not change), so that
 *   «x»                    repeats its text, and
 *   «x? a ¦ b»             takes the option of the same number (the last one, where there are fewer);
 *   §                      is the name of the schema that the text lives in.
 * Options may hold choices. A star behind a tag («column.type*: ...»): it may change something else, too. Lines that
 * begin with --# are for the generator: "--# once" lets a database hold one such text at most, "--# loses: §.t.c" names
 * values that may go. */
#ifndef TESTS_LIB_GRAMMAR_H
#define TESTS_LIB_GRAMMAR_H

#include <talloc.h>

#include "store/base.h"

/* A choice that is drawn. */
struct grammar_choice {
    const char *name;             /* or NULL */
    const char *kind, *attribute; /* NULL: not changed, or an object as a whole */
    bool is_alone;                /* changing it changes nothing else */
    size_t option_count;
    size_t parent, parent_option; /* the choice and option that it stands in; GRAMMAR_NO_PARENT */
};
#define GRAMMAR_NO_PARENT ((size_t)-1)

struct grammar {
    const char *name; /* "column/random" */
    struct grammar_choice *choices;
    size_t choice_count;
    enum { GRAMMAR_ANY, GRAMMAR_ONCE } limit;
    const char *loses; /* the words behind "loses:", or NULL */
    const struct grammar_node *root;
};

/* Takes a text apart. Owner: `owner`. NULL: *report (owner: `owner`) says what is wrong with it. */
struct grammar *grammar_parse(TALLOC_CTX *owner, const char *name, const char *text, const char **report) NODISCARD;

/* The text that these picks (an option for each choice) make. Owner: `owner`. */
char *grammar_write(TALLOC_CTX *owner, const struct grammar *grammar, const size_t *picks, const char *schema);

/* Whether a choice shows in the text: whether all that it stands in are picked so. */
bool grammar_is_visible(const struct grammar *grammar, const size_t *picks, size_t choice);

/* Picks what a choice stands in, so that it shows. */
void grammar_show(const struct grammar *grammar, size_t *picks, size_t choice);

#endif
