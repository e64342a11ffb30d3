/* Writes the DDL of models line by line; each line knows where it comes from. Private to model_ddl. */
#ifndef MIGRATE_MODEL_WRITER_H
#define MIGRATE_MODEL_WRITER_H

#include <talloc.h>

#include "migrate/model_ddl.h"
#include "store/base.h"
#include "store/model.h"

struct writer {
    struct model_ddl *ddl; /* owns the rest */
    char *text;
    struct model_place *origins;
    size_t room; /* of origins */
};

void writer_begin(struct writer *writer, TALLOC_CTX *owner);
struct model_ddl *writer_finish(struct writer *writer);

/* Writes one line, or several that come from one place. */
void writer_line(struct writer *writer, const struct model_place *place, const char *format, ...) PRINTF_LIKE(3, 4);

/* COMMENT ON what name; nothing where comment is NULL. */
void writer_comment(struct writer *writer, const struct model_place *place, const char *what, const char *name,
                    const char *comment);

/* SQL text as it may stand within a line: without blanks at its end, but a comment at its end is closed. Owner:
 * `owner`. */
const char *writer_fragment(TALLOC_CTX *owner, const struct model_sql *sql);

/* Quoted names between commas. Owner: `owner`. */
const char *writer_identifiers(TALLOC_CTX *owner, const struct model_names *names);

/* "CONSTRAINT name ", or nothing where the server gives the name. Owner: `owner`. */
const char *writer_constraint(TALLOC_CTX *owner, const char *name);

/* A check with its name. Owner: `owner`. */
const char *writer_check(TALLOC_CTX *owner, const struct model_check *check);

/* What stands before the tables: every schema that is named but public, which every database has; extensions; types. */
void writer_schemas(struct writer *writer, const struct model *model);
void writer_extensions(struct writer *writer, const struct model *model);
void writer_types(struct writer *writer, const struct model *model);

#endif
