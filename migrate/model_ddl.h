/* The DDL of declared models: text that a scratch database runs, each line of which knows the place of the model that
 * it comes from. Pure. For servers from 12 on; types and expressions stand in it as they were written. */
#ifndef MIGRATE_MODEL_DDL_H
#define MIGRATE_MODEL_DDL_H

#include <talloc.h>

#include "store/base.h"
#include "store/model.h"

/* A .sql file of the models. */
struct model_ddl_file {
    const char *file; /* as shown */
    const char *text; /* whole statements, LF line ends */
    enum { DDL_BEHIND_TABLES, DDL_BEFORE_TABLES } when;
};

/* Constant once made. */
struct model_ddl {
    const char *text;
    size_t size_bytes;
    const struct model_place *origins; /* of each line of the text; in a .sql file column 0: as in the text */
    size_t line_count;
};

/* Adds a finding for each SQL text that would not stay in its place in a statement: open quotes and parentheses, ones
 * that are closed too often, semicolons, a type that brings constraints along. */
void model_ddl_check(struct model *model);

/* Schemas, extensions, types, files of DDL_BEFORE_TABLES, tables, foreign keys, indexes, comments, the other files.
 * Types: enums, then the others as declared. The model must be one that model_check takes after model_ddl_check. Owner:
 * `owner`. */
struct model_ddl *model_ddl_make(TALLOC_CTX *owner, const struct model *model, const struct model_ddl_file *files,
                                 size_t file_count);

/* The same of one entity alone: its table, keys, indexes and comments. */
struct model_ddl *model_ddl_entity(TALLOC_CTX *owner, const struct model_entity *entity);

#endif
