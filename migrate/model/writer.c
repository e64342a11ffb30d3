/* See writer.h. */
#include "migrate/model/writer.h"

#include "migrate/lexer.h"
#include "store/sql.h"

static void add_origin(struct writer *writer, const struct model_place *place)
{
    struct model_ddl *ddl = writer->ddl;
    if (ddl->line_count == writer->room) {
        writer->room = writer->room ? writer->room * 2 : 64;
        writer->origins = talloc_realloc_size(ddl, writer->origins, writer->room * sizeof *writer->origins);
        if (!writer->origins)
            abort();
    }
    const struct model_place *before = ddl->line_count ? &writer->origins[ddl->line_count - 1] : NULL;
    bool is_same_file = before && !strcmp(before->file, place->file);
    writer->origins[ddl->line_count] = *place;
    writer->origins[ddl->line_count++].file = is_same_file ? before->file : talloc_strdup(ddl, place->file);
}

void writer_line(struct writer *writer, const struct model_place *place, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    char *written = talloc_vasprintf(writer->ddl, format, values);
    va_end(values);
    add_origin(writer, place);
    for (const char *at = written; (at = strchr(at, '\n')); at++)
        add_origin(writer, place);
    writer->text = talloc_asprintf_append_buffer(writer->text, "%s\n", written);
    talloc_free(written);
}

const char *writer_fragment(TALLOC_CTX *owner, const struct model_sql *sql)
{
    size_t size = strlen(sql->text);
    while (size && strchr(" \t\r\n", sql->text[size - 1]))
        size--;
    struct lexer lexer = {.at = sql->text, .end = sql->text + size};
    struct token token;
    bool has_comment = false;
    do {
        lexer_next_or_comment(&lexer, &token);
        has_comment |= token.kind == TOKEN_COMMENT && token.text[0] == '-';
    } while (token.kind != TOKEN_END && token.kind != TOKEN_UNTERMINATED);
    return talloc_asprintf(owner, "%.*s%s", (int)size, sql->text, has_comment ? "\n" : "");
}

const char *writer_identifiers(TALLOC_CTX *owner, const struct model_names *names)
{
    char *list = talloc_strdup(owner, "");
    for (size_t i = 0; i < names->count; i++)
        list = talloc_asprintf_append_buffer(list, "%s%s", i ? ", " : "", sql_identifier(owner, names->items[i]));
    return list;
}

const char *writer_constraint(TALLOC_CTX *owner, const char *name)
{
    return name ? talloc_asprintf(owner, "CONSTRAINT %s ", sql_identifier(owner, name)) : "";
}

const char *writer_check(TALLOC_CTX *owner, const struct model_check *check)
{
    return talloc_asprintf(owner, "%sCHECK (%s)", writer_constraint(owner, check->name),
                           writer_fragment(owner, &check->condition));
}

void writer_comment(struct writer *writer, const struct model_place *place, const char *what, const char *name,
                    const char *comment)
{
    if (!comment)
        return;
    char *literal = sql_literal(NULL, comment);
    writer_line(writer, place, "COMMENT ON %s %s IS %s;", what, name, literal);
    talloc_free(literal);
}

void writer_begin(struct writer *writer, TALLOC_CTX *owner)
{
    *writer = (struct writer){.ddl = talloc_zero(owner, struct model_ddl)};
    if (!writer->ddl)
        abort();
    writer->text = talloc_strdup(writer->ddl, "");
}

struct model_ddl *writer_finish(struct writer *writer)
{
    writer->ddl->text = writer->text;
    writer->ddl->size_bytes = strlen(writer->text);
    writer->ddl->origins = writer->origins;
    return writer->ddl;
}
