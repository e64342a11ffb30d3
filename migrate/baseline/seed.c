/* See seed.h. */
#include "migrate/baseline/seed.h"

static const char **list_of(TALLOC_CTX *owner, size_t most)
{
    return talloc_zero_array(owner, const char *, (unsigned)most + 1);
}

static bool is_number_in(const struct ledger_row *rows, size_t count, int64_t number)
{
    for (size_t i = 0; i < count; i++)
        if (rows[i].number == number)
            return true;
    return false;
}

static const char *const *find_missing(TALLOC_CTX *owner, const struct directory *directory,
                                       const struct ledger_row *rows, size_t count)
{
    const char **missing = list_of(owner, directory->count);
    for (size_t i = 0, used = 0; i < directory->count; i++)
        if (!is_number_in(rows, count, directory->files[i]->number))
            missing[used++] = directory->files[i]->version;
    return missing;
}

static const struct migration_file *file_of(const struct directory *directory, const struct ledger_row *row)
{
    return row->number < 0 ? NULL : directory_find(directory, row->number);
}

/* Rows are in order: equal versions stand together. */
static bool is_repeated(const struct ledger_row *rows, size_t i)
{
    return i > 0 &&
           (rows[i].number < 0 ? !strcmp(rows[i].version, rows[i - 1].version) : rows[i].number == rows[i - 1].number);
}

static void find_others(TALLOC_CTX *owner, const struct directory *directory, const struct ledger_row *rows,
                        size_t count, struct baseline_seed *seed)
{
    const char **extra = list_of(owner, count), **duplicates = list_of(owner, count);
    struct baseline_description *descriptions =
        talloc_zero_array(owner, struct baseline_description, (unsigned)count + 1);
    size_t extra_count = 0, duplicate_count = 0;
    for (size_t i = 0; i < count; i++) {
        const struct migration_file *file = file_of(directory, &rows[i]);
        const char *version = file ? file->version : rows[i].version;
        if (is_repeated(rows, i)) {
            if (!duplicate_count || strcmp(duplicates[duplicate_count - 1], version) != 0)
                duplicates[duplicate_count++] = version;
            continue;
        }
        if (!file)
            extra[extra_count++] = version;
        else if (rows[i].description && *rows[i].description && strcmp(rows[i].description, file->description) != 0)
            descriptions[seed->description_count++] =
                (struct baseline_description){version, rows[i].description, file->description};
    }
    seed->extra = extra;
    seed->duplicates = duplicates;
    seed->descriptions = descriptions;
}

void seed_compare(TALLOC_CTX *owner, const struct evidence_ledger *ledger, const struct directory *directory,
                  struct baseline_seed *seed)
{
    *seed = (struct baseline_seed){.table = ledger->table};
    if (ledger->shape == LEDGER_ABSENT)
        seed->problem = talloc_asprintf(owner, "the init script does not make the ledger %s", seed->table);
    else if (ledger->shape == LEDGER_SINGLE_ROW || ledger->shape == LEDGER_UNFIT)
        seed->problem = talloc_asprintf(owner, "the ledger that the init script makes has no list of versions: %s",
                                        ledger->problem ? ledger->problem : seed->table);
    else if (ledger->shape == LEDGER_LIST)
        seed->remark = talloc_asprintf(
            owner, "%s has the shape of another tool: its versions are compared, as they are", seed->table);
    seed->missing = find_missing(owner, directory, ledger->rows, ledger->count);
    find_others(owner, directory, ledger->rows, ledger->count, seed);
}

bool seed_differs(const struct baseline_seed *seed)
{
    return seed->problem || *seed->missing || *seed->extra || *seed->duplicates || seed->description_count;
}
