/* PostgreSQL's own grammar (libpg_query), in a process of its own with limits on time and memory: a text can make it
 * run for a minute or crash. A parse failure means "not analysed" and is no error. */
#ifndef MIGRATE_PARSER_H
#define MIGRATE_PARSER_H

#include <talloc.h>

#include "store/base.h"
#include "store/cancel.h"

/* The first argument with which pgdeck is executed again to be the parser; main calls parser_main then. */
#define PARSER_WORD "--sql-parser"

/* The parser's own main: statements from the standard input, their trees to the standard output, each behind its length
 * in bytes (size_t); of a statement that has no tree the length 0. Returns the exit status. */
int parser_main(void);

/* Not terminated. */
struct parser_text {
    const char *text;
    size_t size_bytes;
};

/* The parse trees of statements as JSON: trees[i], or NULL: refused by the grammar, too long, too slow, deadly,
 * cancelled. One process parses all of them; another one goes on behind a text that kills it. Owner of the trees:
 * `owner`. Blocks. */
void parser_trees(TALLOC_CTX *owner, const struct parser_text *texts, size_t count, struct cancel *cancel,
                  char **trees);

#endif
