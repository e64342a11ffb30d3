/* See file_rules.h. A transactional file is judged statement by statement, by a table; a file without a
 * transaction is followed from BEGIN to COMMIT. */
#include "migrate/file_rules.h"

#define OWN_TRANSACTION                                                                                                \
    "Take it out: pgdeck begins and commits. A file with transactions of its own has the first line -- pgdeck: "       \
    "no-transaction"
#define NEEDS_NONE "Put \"-- pgdeck: no-transaction\" on the file's first line."

/* Why a kind cannot stand in a transactional file; no reason: it can. */
static const struct {
    const char *why, *hint;
} refusals[] = {
    [STATEMENT_BEGIN] = {"cannot stand in a file that runs in one transaction", OWN_TRANSACTION},
    [STATEMENT_COMMIT] = {"cannot stand in a file that runs in one transaction", OWN_TRANSACTION},
    [STATEMENT_ROLLBACK] =
        {"cannot stand in a file that runs in one transaction",
         "Take it out: pgdeck rolls back when a statement fails. ROLLBACK TO a savepoint is allowed."},
    [STATEMENT_CHAIN] = {"cannot stand in a migration", "Take it out: pgdeck begins and commits."},
    [STATEMENT_PREPARED] = {"cannot stand in a migration",
                            "Take it out: the outcome of a prepared transaction would be unknown."},
    [STATEMENT_SET_TRANSACTION] = {"cannot stand in a file that runs in one transaction",
                                   "Take it out: the transaction has begun with the ledger's row and keeps its modes."},
    [STATEMENT_CONCURRENTLY] = {"cannot run in a transaction", NEEDS_NONE},
    [STATEMENT_NO_TRANSACTION] = {"cannot run in a transaction", NEEDS_NONE},
};
_Static_assert(countof(refusals) == STATEMENT_NO_TRANSACTION + 1, "the last kind has its row");

/* A file without a transaction, as far as it was followed. */
struct blocks {
    const struct statement *open; /* the BEGIN that waits for its COMMIT, or NULL */
    bool is_fresh;                /* nothing but SET TRANSACTION came after it */
};

static bool refuse(TALLOC_CTX *scratch, const struct migration_file *file, const struct statement *statement,
                   const char *why, const char *hint, struct error *error)
{
    char *name = statement_name(scratch, statement);
    error_set(error, ERROR_PROJECT, "%s %s", name, why);
    talloc_free(name);
    error_hint(error, "%s", hint);
    error->statement = (int)(statement - file->statements.items) + 1;
    return error_place(error, file->path, statement->line, statement->column);
}

/* Why a statement cannot stand where it does in a file without a transaction, or NULL. *hint is set with it. */
static const char *judge(struct blocks *blocks, const struct statement *statement, const char **hint)
{
    bool is_open = blocks->open != NULL, was_fresh = blocks->is_fresh;
    blocks->is_fresh = false;
    switch (statement->kind) {
    case STATEMENT_BEGIN:
        *hint = "Put the COMMIT of the block before it, or take it out.";
        blocks->open = statement;
        blocks->is_fresh = true;
        return is_open ? "stands inside a block that is still open" : NULL;
    case STATEMENT_COMMIT:
        *hint = "Take it out, or put the BEGIN of its block before it.";
        blocks->open = NULL;
        return is_open ? NULL : "has no BEGIN in this file";
    case STATEMENT_ROLLBACK:
        *hint = "Take it out: what a migration does must not be undone by itself. ROLLBACK TO a savepoint is allowed "
                "in a block.";
        return "cannot stand in a migration";
    case STATEMENT_CHAIN:
        *hint = "Write COMMIT and BEGIN: a block is one step, and steps are recorded one by one.";
        return "cannot stand in a migration";
    case STATEMENT_PREPARED:
        *hint = refusals[STATEMENT_PREPARED].hint;
        return refusals[STATEMENT_PREPARED].why;
    case STATEMENT_SET_TRANSACTION:
        *hint = "Put it directly behind the BEGIN of a block.";
        blocks->is_fresh = was_fresh;
        return was_fresh ? NULL : "must be the first statement of a block";
    case STATEMENT_SAVEPOINT:
        *hint = "Put BEGIN and COMMIT around it.";
        return is_open ? NULL : "stands outside a block";
    case STATEMENT_CONCURRENTLY:
    case STATEMENT_NO_TRANSACTION:
        *hint = "Move it out of the block: before its BEGIN or behind its COMMIT.";
        return is_open ? "cannot run in a transaction" : NULL;
    case STATEMENT_OTHER:
    case STATEMENT_SET:
    case STATEMENT_COPY_STDIN:
        return NULL;
    }
    return NULL;
}

bool file_rules_check(TALLOC_CTX *scratch, const struct migration_file *file, struct error *error)
{
    struct blocks blocks = {0};
    for (size_t i = 0; i < file->statements.count; i++) {
        const struct statement *statement = &file->statements.items[i];
        const char *hint = refusals[statement->kind].hint, *why = refusals[statement->kind].why;
        if (!file->is_transactional)
            why = judge(&blocks, statement, &hint);
        if (why)
            return refuse(scratch, file, statement, why, hint, error);
    }
    if (!blocks.open)
        return true;
    return refuse(scratch, file, blocks.open, "has no COMMIT in this file",
                  "Put COMMIT behind the last statement of its block.", error);
}
