/* Error values: see error.h. The mapping from SQLSTATE to code is the only place that knows classes. */
#include "store/error.h"

static const struct error_kind kinds[] = {
#define ERROR(code, name, status, retry, text) [ERROR_##code] = {name, status, RETRY_##retry, text},
#include "store/errors.def"
#undef ERROR
};
_Static_assert(countof(kinds) == ERROR_COUNT, "every error code has its row");

/* From the most to the least special: the first match counts. Source: PostgreSQL, appendix A. */
static const struct {
    const char *prefix;
    enum error_code code;
} sqlstates[] = {
    {"55P03", ERROR_LOCK_TIMEOUT}, {"40001", ERROR_SERIALIZATION}, {"40P01", ERROR_SERIALIZATION},
    {"57014", ERROR_CANCELLED},    {"25006", ERROR_READ_ONLY},     {"08", ERROR_CONNECTION},
    {"57P", ERROR_CONNECTION},
};

struct error *error_new(TALLOC_CTX *owner)
{
    struct error *error = talloc_zero(owner, struct error);
    if (!error)
        abort();
    return error;
}

void error_clear(struct error *error)
{
    talloc_free_children(error);
    *error = (struct error){0};
}

bool error_set(struct error *error, enum error_code code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    /* Formatted before the old texts go: the arguments may point at them. */
    char *message = talloc_vasprintf(NULL, format, arguments);
    va_end(arguments);
    error_clear(error);
    error->code = code;
    error->message = talloc_steal(error, message);
    return false;
}

bool error_prefix(struct error *error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *prefix = talloc_vasprintf(NULL, format, arguments);
    va_end(arguments);
    error->message = talloc_asprintf(error, "%s: %s", prefix, error->message ? error->message : "");
    talloc_free(prefix);
    return false;
}

bool error_hint(struct error *error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    error->hint = talloc_vasprintf(error, format, arguments);
    va_end(arguments);
    return false;
}

bool error_detail(struct error *error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    error->detail = talloc_vasprintf(error, format, arguments);
    va_end(arguments);
    return false;
}

bool error_stands(struct error *error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    error->stands = talloc_vasprintf(error, format, arguments);
    va_end(arguments);
    return false;
}

bool error_place(struct error *error, const char *file, int line, int column)
{
    error->file = file ? talloc_strdup(error, file) : NULL;
    error->line = line;
    error->column = column;
    return false;
}

void error_copy(struct error *to, const struct error *from)
{
    if (to == from)
        return;
    error_clear(to);
    *to = *from;
#define COPY(member) to->member = from->member ? talloc_strdup(to, from->member) : NULL
    COPY(message);
    COPY(detail);
    COPY(stands);
    COPY(hint);
    COPY(context);
    COPY(file);
    COPY(schema);
    COPY(table);
    COPY(column_name);
    COPY(constraint);
#undef COPY
}

bool error_is_set(const struct error *error) { return error->code != ERROR_NONE; }

const struct error_kind *error_kind(enum error_code code) { return &kinds[code]; }

int error_exit_status(const struct error *error) { return kinds[error->code].exit_status; }

enum error_code error_code_of_sqlstate(const char *sqlstate)
{
    for (size_t i = 0; i < countof(sqlstates); i++)
        if (!strncmp(sqlstate, sqlstates[i].prefix, strlen(sqlstates[i].prefix)))
            return sqlstates[i].code;
    return ERROR_STATEMENT;
}

bool error_is_sqlstate(const struct error *error, const char *class_or_code)
{
    return !strncmp(error->sqlstate, class_or_code, strlen(class_or_code));
}
