/* Draws random pairs of schemas from the grammars of tests/db/cases/KIND/random.sql. A pair is drawn from a seed alone,
 * so that it can be drawn again. A database holds many pairs, each in a schema of its own: what a database costs is
 * shared. */
#ifndef TESTS_LIB_GENERATOR_H
#define TESTS_LIB_GENERATOR_H

#include <talloc.h>

#include "store/base.h"
#include "tests/lib/grammar.h"

struct generator {
    struct grammar **grammars; /* by name */
    size_t count;
};

/* One pair: what is picked on either side of a grammar. */
struct specimen {
    const struct grammar *grammar;
    const char *schema; /* s001 ... */
    size_t *from, *to;
    size_t changed; /* the one choice that differs; GRAMMAR_NO_PARENT: several do */
};

struct specimens {
    struct specimen *items;
    size_t count;
};

/* Reads all grammars. Owner: `owner`. NULL: *report (owner: `owner`) says what is wrong. */
struct generator *generator_load(TALLOC_CTX *owner, const char **report) NODISCARD;

/* A pair of each grammar, with one to eight choices changed. Owner: `owner`. */
struct specimens generator_draw(TALLOC_CTX *owner, const struct generator *generator, uint64_t seed);

/* How many single changes there are: each choice that may change, from each option to the next one. */
size_t generator_single_count(const struct generator *generator);

/* The single changes numbered from `first`, at most `most`; *next gets the number behind them. What does not change is
 * drawn from the seed. Fewer, where one more cannot live in the same database. Owner: `owner`. */
struct specimens generator_singles(TALLOC_CTX *owner, const struct generator *generator, uint64_t seed, size_t first,
                                   size_t most, size_t *next);

/* The SQL of one side of all of them. Owner: `owner`. */
enum specimen_side { SPECIMEN_FROM, SPECIMEN_TO };
char *generator_sql(TALLOC_CTX *owner, const struct specimens *specimens, enum specimen_side side);

/* What may be lost, as row_memory_compare takes it. Owner: `owner`. */
const char *const *generator_lost(TALLOC_CTX *owner, const struct specimens *specimens);

#endif
