/* See column_type.h. Sources: pg_cast of PostgreSQL 15 and the documentation of the types: which assignments round or
 * cut in silence. Casts that only ::type makes are taken for lossy but for a few. */
#include "migrate/kinds/column_type.h"

enum { WITHOUT_MODIFIER = INT16_MIN, NUMBERS_MOST = 2 };

/* "timestamp(3) without time zone[]" taken apart. */
struct type {
    char *base; /* "timestamp without time zone" */
    bool is_array;
    int numbers[NUMBERS_MOST]; /* of its modifier; or WITHOUT_MODIFIER */
};

static struct type take_apart(TALLOC_CTX *owner, const char *text)
{
    struct type type = {.base = talloc_strdup(owner, text), .numbers = {WITHOUT_MODIFIER, WITHOUT_MODIFIER}};
    size_t size = strlen(text);
    type.is_array = size > 2 && !strcmp(text + size - 2, "[]");
    if (type.is_array)
        type.base[size - 2] = '\0';
    char *quote = strrchr(type.base, '"'), *open = strchr(quote ? quote : type.base, '(');
    char *close = open ? strchr(open, ')') : NULL;
    if (!close)
        return type;
    if (sscanf(open, "(%d,%d)", &type.numbers[0], &type.numbers[1]) < 1)
        type.numbers[0] = WITHOUT_MODIFIER;
    memmove(open, close + 1, strlen(close + 1) + 1);
    return type;
}

/* ---- USING ---- */

/* A type to cast to that takes any length: a cast to varchar(5) cuts, an assignment refuses. */
static const char *without_length(const char *base)
{
    static const struct {
        const char *base, *wide;
    } types[] = {{"character", "bpchar"}, {"bit", "bit varying"}};
    for (size_t i = 0; i < countof(types); i++)
        if (!strcmp(base, types[i].base))
            return types[i].wide;
    return base;
}

static const char *using_text(struct emission *emission, const char *column, const struct type *from,
                              const struct type *to)
{
    return talloc_asprintf(emission_memory(emission), " USING %s::text%s::%s%s", column,
                           from->is_array && to->is_array ? "[]" : "", without_length(to->base),
                           to->is_array ? "[]" : "");
}

const char *column_type_using_text(struct emission *emission, const char *column, const char *type)
{
    struct type taken = take_apart(emission_memory(emission), type);
    return using_text(emission, column, &taken, &taken);
}

/* What a domain is made of in the end: casts are of that. */
static const char *base_type(struct emission *emission, const struct object *beside, const char *type)
{
    for (const struct object *domain; (domain = emission_find(emission, beside, KIND_domain, type));)
        type = kind_value(domain, "type");
    return type;
}

const char *column_type_using(struct emission *emission, const struct object *from, const char *from_type,
                              const struct object *to, const char *to_type)
{
    TALLOC_CTX *memory = emission_memory(emission);
    const char *from_base = base_type(emission, from, from_type), *to_base = base_type(emission, to, to_type);
    struct type one = take_apart(memory, from_base), other = take_apart(memory, to_type);
    switch (emission_cast(emission, from_base, to_base)) {
    case CAST_ASSIGNMENT:
        return "";
    case CAST_EXPLICIT:
        if (!strcmp(one.base, "character")) /* without its blanks */
            return using_text(emission, to->name, &one, &other);
        return talloc_asprintf(memory, " USING %s::%s%s", to->name, without_length(other.base),
                               other.is_array ? "[]" : "");
    case CAST_NONE:
        return using_text(emission, to->name, &one, &other);
    }
    return "";
}

/* ---- loss ---- */

/* Assignments between types that round or cut. */
static const struct {
    const char *from, *to;
} lossy[] = {
    {"numeric", "smallint"},
    {"numeric", "integer"},
    {"numeric", "bigint"},
    {"numeric", "real"},
    {"numeric", "double precision"},
    {"real", "smallint"},
    {"real", "integer"},
    {"real", "bigint"},
    {"real", "numeric"},
    {"double precision", "smallint"},
    {"double precision", "integer"},
    {"double precision", "bigint"},
    {"double precision", "numeric"},
    {"double precision", "real"},
    {"integer", "real"},
    {"bigint", "real"},
    {"bigint", "double precision"},
    {"timestamp without time zone", "date"},
    {"timestamp without time zone", "time without time zone"},
    {"timestamp with time zone", "date"},
    {"timestamp with time zone", "time without time zone"},
    {"timestamp with time zone", "time with time zone"},
    {"time with time zone", "time without time zone"},
    {"interval", "time without time zone"},
    {"text", "name"},
    {"text", "\"char\""},
    {"character varying", "name"},
    {"character varying", "\"char\""},
    {"character", "name"},
    {"character", "\"char\""},
};

/* Explicit casts that keep every value, or refuse it. */
static const struct {
    const char *from, *to;
} exact[] = {
    {"boolean", "integer"}, {"text", "xml"},   {"character varying", "xml"}, {"character", "xml"},
    {"bit", "integer"},     {"bit", "bigint"}, {"integer", "oid"},           {"jsonb", "boolean"},
};

static bool is_lossy_pair(const char *from, const char *to)
{
    for (size_t i = 0; i < countof(lossy); i++)
        if (!strcmp(from, lossy[i].from) && !strcmp(to, lossy[i].to))
            return true;
    return false;
}

static bool is_exact_pair(const char *from, const char *to)
{
    for (size_t i = 0; i < countof(exact); i++)
        if (!strcmp(from, exact[i].from) && !strcmp(to, exact[i].to))
            return true;
    return false;
}

static bool starts_with(const char *text, const char *start) { return !strncmp(text, start, strlen(start)); }

static bool is_string(const char *base)
{
    static const char *const types[] = {"text", "character varying", "character"};
    for (size_t i = 0; i < countof(types); i++)
        if (!strcmp(base, types[i]))
            return true;
    return false;
}

static int scale_of(const struct type *numeric)
{
    if (numeric->numbers[0] == WITHOUT_MODIFIER)
        return INT16_MAX;
    return numeric->numbers[1] == WITHOUT_MODIFIER ? 0 : numeric->numbers[1];
}

/* Digits behind the point, or of seconds: fewer than before. */
static bool loses_digits(const struct type *from, const struct type *to)
{
    if (!strcmp(to->base, "numeric")) {
        bool is_whole = strcmp(from->base, "numeric") != 0;
        return !is_whole && scale_of(to) < scale_of(from);
    }
    if (!starts_with(to->base, "time") && !starts_with(to->base, "interval"))
        return false;
    int precision = from->numbers[0] == WITHOUT_MODIFIER ? 6 : from->numbers[0];
    int left = to->numbers[0] == WITHOUT_MODIFIER ? 6 : to->numbers[0];
    return starts_with(from->base, "time") && left < precision;
}

static bool loses_interval(const struct type *from, const struct type *to)
{
    if (!starts_with(from->base, "interval") || !starts_with(to->base, "interval"))
        return false;
    bool has_all = !strcmp(to->base, "interval");
    int precision = from->numbers[0] == WITHOUT_MODIFIER ? 6 : from->numbers[0];
    return (!has_all && strcmp(from->base, to->base) != 0) ||
           (to->numbers[0] != WITHOUT_MODIFIER && to->numbers[0] < precision);
}

bool column_type_loses(struct emission *emission, const struct object *from, const char *from_type,
                       const struct object *to, const char *to_type)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    const char *from_base = base_type(emission, from, from_type), *to_base = base_type(emission, to, to_type);
    struct type one = take_apart(memory, from_base), other = take_apart(memory, to_base);
    bool result = is_lossy_pair(one.base, other.base) || loses_digits(&one, &other) || loses_interval(&one, &other);
    /* Strings are parsed: what does not fit is refused. */
    if (!result && emission_cast(emission, from_base, to_base) == CAST_EXPLICIT && !is_string(one.base))
        result = !is_exact_pair(one.base, other.base);
    talloc_free(memory);
    return result;
}
