/* Values as SQL. Declared in plan.h. */
#include <ctype.h>

#include "migrate/baseline/plan.h"
#include "store/digest.h"
#include "store/sql.h"

/* ---- literals ---- */

static bool is_any(const char *text, const char *const *texts)
{
    while (*texts && strcmp(*texts, text) != 0)
        texts++;
    return *texts != NULL;
}

static bool is_number_type(const struct row_column *column)
{
    static const char *const types[] = {"smallint", "integer", "bigint", "numeric", "real", "double precision", NULL};
    return is_any(column->base, types);
}

/* Digits, perhaps with a sign and a point: what SQL reads as a number and gives back as it was. Not so a float's -0. */
static bool is_number(const char *text)
{
    if (!strcmp(text, "-0"))
        return false;
    text += *text == '-';
    size_t digits = strspn(text, "0123456789");
    const char *rest = text + digits;
    if (digits && *rest == '.')
        rest += 1 + strspn(rest + 1, "0123456789");
    return digits && !*rest;
}

const char *values_literal(TALLOC_CTX *owner, const struct row_column *column, const char *value)
{
    if (!value)
        return "NULL";
    if (is_number_type(column) && is_number(value))
        return value;
    if (!strcmp(column->base, "boolean"))
        return *value == 't' ? "true" : "false";
    return sql_literal(owner, value);
}

bool values_is_comparable(const struct row_column *column)
{
    static const char *const types[] = {"smallint",  "integer", "bigint",  "numeric", "text", "character varying",
                                        "character", "uuid",    "boolean", "date",    "name", NULL};
    return is_any(column->base, types) || !strcmp(column->category, "E");
}

/* ---- what yields another value each time ---- */

static const char *cut_to(TALLOC_CTX *owner, const struct row_column *column, const char *expression, int64_t bytes)
{
    if (column->size == INTEGER_NULL || column->size >= bytes)
        return expression;
    return talloc_asprintf(owner, "left(%s, %lld)", expression, (long long)column->size);
}

const char *values_expression(TALLOC_CTX *owner, const struct row_column *column, int server_version)
{
    static const struct {
        const char *type, *expression;
    } expressions[] = {
        {"timestamp with time zone", "now()"},
        {"timestamp without time zone", "now()"},
        {"date", "CURRENT_DATE"},
        {"time with time zone", "CURRENT_TIME"},
        {"time without time zone", "LOCALTIME"},
        {"bytea", "decode(md5(random()::text), 'hex')"},
        {"double precision", "random()"},
        {"real", "random()"},
        {"numeric", "random()"},
        {"smallint", "floor(random() * 32767)"},
        {"integer", "floor(random() * 2147483647)"},
        {"bigint", "floor(random() * 9007199254740991)"},
    };
    static const char *const texts[] = {"text", "character varying", "character", NULL};
    if (is_any(column->base, texts))
        return cut_to(owner, column, "md5(random()::text)", 32);
    if (!strcmp(column->base, "uuid")) /* gen_random_uuid() came with 13 */
        return server_version >= 130000 ? "gen_random_uuid()" : "md5(random()::text || clock_timestamp()::text)::uuid";
    for (size_t i = 0; i < countof(expressions); i++)
        if (!strcmp(column->base, expressions[i].type))
            return expressions[i].expression;
    return NULL;
}

/* ---- one value, always the same ---- */

const char *values_stand_in(TALLOC_CTX *owner, const struct row_column *column, const char *seed)
{
    static const struct {
        const char *type;
        int64_t most;
    } numbers[] = {{"bigint", INT64_MAX}, {"integer", INT32_MAX}, {"smallint", INT16_MAX}};
    static const char *const texts[] = {"text", "character varying", "character", NULL};
    const char *hex = digest_sha256(owner, seed, strlen(seed));
    if (!strcmp(column->base, "uuid")) /* version 8: made by a rule of one's own (RFC 9562) */
        return talloc_asprintf(owner, "'%.8s-%.4s-8%.3s-8%.3s-%.12s'", hex, hex + 8, hex + 13, hex + 17, hex + 20);
    if (is_any(column->base, texts))
        return talloc_asprintf(owner, "'%.*s'",
                               column->size == INTEGER_NULL || column->size > 32 ? 32 : (int)column->size, hex);
    for (size_t i = 0; i < countof(numbers); i++)
        if (!strcmp(column->base, numbers[i].type))
            return talloc_asprintf(owner, "%lld", (long long)(digest_key(seed, strlen(seed)) & numbers[i].most));
    return NULL;
}

/* ---- order ---- */

static int compare_digits(const char *one, const char *other)
{
    one += strspn(one, "0");
    other += strspn(other, "0");
    size_t a = strspn(one, "0123456789"), b = strspn(other, "0123456789");
    if (a != b)
        return a < b ? -1 : 1;
    int order = strncmp(one, other, a);
    return order ? order : strcmp(one + a, other + b);
}

int values_compare(const struct row_column *column, const char *one, const char *other)
{
    if (!one || !other)
        return (one == NULL) - (other == NULL);
    if (!is_number_type(column) || !is_number(one) || !is_number(other))
        return strcmp(one, other);
    if ((*one == '-') != (*other == '-'))
        return *one == '-' ? -1 : 1;
    return *one == '-' ? compare_digits(other + 1, one + 1) : compare_digits(one, other);
}
