/* See step.h. */
#include "migrate/step.h"

#include "store/digest.h"

static bool is_autocommit(const struct statement *statement)
{
    return statement->kind == STATEMENT_CONCURRENTLY || statement->kind == STATEMENT_NO_TRANSACTION;
}

/* Where the block that begins at `first` ends: the index of its COMMIT. */
static size_t block_end(const struct statement_list *statements, size_t first)
{
    size_t end = first + 1;
    while (end < statements->count && statements->items[end].kind != STATEMENT_COMMIT)
        end++;
    return end;
}

static const char *block_hash(TALLOC_CTX *owner, const struct statement_list *statements, size_t first, size_t end)
{
    char *hashes = talloc_strdup(NULL, "");
    for (size_t i = first; i <= end && i < statements->count; i++)
        hashes = talloc_strdup_append_buffer(hashes, statement_hash(owner, &statements->items[i]));
    const char *hash = digest_sha256(owner, hashes, strlen(hashes));
    talloc_free(hashes);
    return hash;
}

struct step *step_list(TALLOC_CTX *owner, const struct migration_file *file, size_t *count)
{
    const struct statement_list *statements = &file->statements;
    struct step *steps = talloc_zero_array(owner, struct step, (unsigned)statements->count + 1);
    *count = 0;
    for (size_t i = 0; i < statements->count; i++) {
        const struct statement *statement = &statements->items[i];
        struct step *step = &steps[(*count)++];
        step->number = (int)i + 1;
        if (statement->kind == STATEMENT_BEGIN) {
            size_t end = block_end(statements, i);
            *step = (struct step){STEP_BLOCK,
                                  (int)i + 1,
                                  i + 1,
                                  end - i - 1,
                                  statement->text,
                                  statement->size_bytes,
                                  block_hash(steps, statements, i, end)};
            i = end;
        } else {
            step->kind = is_autocommit(statement) ? STEP_AUTOCOMMIT : STEP_STATEMENT;
            step->first = i;
            step->count = 1;
            step->hash = statement_hash(steps, statement);
        }
    }
    return steps;
}
