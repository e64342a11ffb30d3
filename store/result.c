/* See result.h. */
#include "store/connection/private.h"

#include <errno.h>

struct result {
    PGresult *pg;
};

static int clear_result(struct result *result)
{
    PQclear(result->pg);
    return 0;
}

struct result *result_wrap(TALLOC_CTX *owner, PGresult *pg)
{
    struct result *result = talloc(owner, struct result);
    result->pg = pg;
    talloc_set_destructor(result, clear_result);
    return result;
}

/* Every column of the query has its member, and the other way round. */
static bool match_columns(const struct result *result, const struct column *columns, size_t column_count, int *numbers,
                          struct error *error)
{
    for (size_t i = 0; i < column_count; i++) {
        numbers[i] = -1;
        for (int j = 0; j < PQnfields(result->pg); j++)
            if (!strcmp(PQfname(result->pg, j), columns[i].name))
                numbers[i] = j;
        if (numbers[i] < 0)
            return error_set(error, ERROR_INTERNAL, "the query has no column \"%s\"", columns[i].name);
    }
    if ((size_t)PQnfields(result->pg) != column_count)
        return error_set(error, ERROR_INTERNAL, "the query has %d columns, %zu are known", PQnfields(result->pg),
                         column_count);
    return true;
}

static bool bind_integer(const char *text, const char *name, int64_t *value, struct error *error)
{
    char *end;
    errno = 0;
    long long number = strtoll(text, &end, 10);
    if (errno || end == text || *end)
        return error_set(error, ERROR_INTERNAL, "column \"%s\" is no 64-bit integer", name);
    *value = number;
    return true;
}

static bool bind_cell(const struct result *result, int row, int number, const struct column *column, char *structure,
                      struct error *error)
{
    bool is_null = PQgetisnull(result->pg, row, number);
    const char *text = is_null ? NULL : PQgetvalue(result->pg, row, number);
    void *member = structure + column->offset;
    switch (column->type) {
    case COLUMN_TEXT:
        memcpy(member, &text, sizeof text);
        return true;
    case COLUMN_BOOLEAN:
        if (!is_null && strcmp(text, "t") != 0 && strcmp(text, "f") != 0)
            return error_set(error, ERROR_INTERNAL, "column \"%s\" is no boolean", column->name);
        *(bool *)member = text && *text == 't';
        return true;
    case COLUMN_INTEGER:
        if (!is_null)
            return bind_integer(text, column->name, member, error);
        *(int64_t *)member = INTEGER_NULL;
        return true;
    }
    return true;
}

void *result_bind(struct result *result, const struct column *columns, size_t column_count, size_t size_bytes,
                  size_t *count, struct error *error)
{
    int numbers[64];
    if (column_count > countof(numbers)) {
        error_set(error, ERROR_INTERNAL, "a query of %zu columns cannot be bound", column_count);
        return NULL;
    }
    if (!match_columns(result, columns, column_count, numbers, error))
        return NULL;
    int rows = PQntuples(result->pg);
    char *array = talloc_zero_size(result, size_bytes * (size_t)rows + 1);
    if (!array) {
        error_set(error, ERROR_INTERNAL, "%d rows are too many to be held", rows);
        return NULL;
    }
    for (int row = 0; row < rows; row++) {
        for (size_t i = 0; i < column_count; i++) {
            if (!bind_cell(result, row, numbers[i], &columns[i], array + (size_t)row * size_bytes, error)) {
                talloc_free(array);
                return NULL;
            }
        }
    }
    *count = (size_t)rows;
    return array;
}

bool result_bind_one(struct result *result, const struct column *columns, size_t column_count, void *row,
                     struct error *error)
{
    size_t size_bytes = 0, count = 0;
    for (size_t i = 0; i < column_count; i++) {
        size_t end = columns[i].offset + (columns[i].type == COLUMN_BOOLEAN ? sizeof(bool) : sizeof(int64_t));
        size_bytes = end > size_bytes ? end : size_bytes;
    }
    if (PQntuples(result->pg) != 1)
        return error_set(error, ERROR_INTERNAL, "the query has %d rows where one was expected", PQntuples(result->pg));
    char *bound = result_bind(result, columns, column_count, size_bytes, &count, error);
    if (!bound)
        return false;
    for (size_t i = 0; i < column_count; i++) {
        size_t size = columns[i].type == COLUMN_BOOLEAN ? sizeof(bool) : sizeof(int64_t);
        memcpy((char *)row + columns[i].offset, bound + columns[i].offset, size);
    }
    return true;
}

const char *result_value(const struct result *result)
{
    if (PQntuples(result->pg) < 1 || PQnfields(result->pg) < 1)
        return NULL;
    return result_cell(result, 0, 0);
}

size_t result_row_count(const struct result *result) { return (size_t)PQntuples(result->pg); }

size_t result_column_count(const struct result *result) { return (size_t)PQnfields(result->pg); }

const char *result_column_name(const struct result *result, size_t column) { return PQfname(result->pg, (int)column); }

const char *result_cell(const struct result *result, size_t row, size_t column)
{
    if (PQgetisnull(result->pg, (int)row, (int)column))
        return NULL;
    return PQgetvalue(result->pg, (int)row, (int)column);
}

const char *result_tag(const struct result *result) { return PQcmdStatus(result->pg); }

int64_t result_affected(const struct result *result)
{
    const char *text = PQcmdTuples(result->pg);
    return *text ? strtoll(text, NULL, 10) : 0;
}
