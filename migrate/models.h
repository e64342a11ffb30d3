/* Where the project's models come from: a folder of YAML and .sql files, or a program that prints YAML documents or
 * DDL. Either way they become a script for a scratch database, whose lines know where they come from. Runs no SQL. */
#ifndef MIGRATE_MODELS_H
#define MIGRATE_MODELS_H

#include <talloc.h>

#include "migrate/file.h"
#include "migrate/model_ddl.h"
#include "store/base.h"
#include "store/cancel.h"
#include "store/error.h"
#include "store/model.h"
#include "store/settings.h"

enum models_kind {
    MODELS_NONE,     /* the folder of the default setting is not there, or holds no model */
    MODELS_DECLARED, /* YAML: there are entities */
    MODELS_PRINTED   /* a program printed DDL: entities are to be inferred from the catalog */
};

/* Constant once read. */
struct models {
    enum models_kind kind;
    const char *source;                 /* for a person: "store/models", "output of python3 -m app.ddl" */
    struct model *model;                /* DECLARED; else NULL. Its findings are not judged yet: model_check */
    const struct model_ddl_file *files; /* .sql files, DECLARED */
    size_t file_count;
    const struct script *printed; /* PRINTED; else NULL */
    const char *said; /* what the program wrote to its standard error, for a person; \"\", or NULL without a program */
};

struct models_options {
    const char *const *environment; /* for the program; NULL-terminated */
    struct cancel *cancel;          /* or NULL */
};

/* Reads them. Owner: `owner`. Blocks while a program runs (at most two minutes). What is wrong in YAML or .sql files is
 * a finding of the model. Errors: ERROR_FILE (unreadable, a folder that was set and is not there); ERROR_PROJECT (the
 * program failed, printed nothing or no SQL); ERROR_CANCELLED. */
struct models *models_read(TALLOC_CTX *owner, const struct settings *settings, const struct models_options *options,
                           struct error *error) NODISCARD;

/* The script of the models. */
struct models_script {
    const struct script *script;
    const struct model_ddl *ddl; /* what the script's lines come from; NULL: from the script itself */
};

/* Owner: `owner`; `models` must outlive it. Errors: ERROR_PROJECT: the first defect of tables (model_check_tables), or there are no
 * models. */
struct models_script *models_script(TALLOC_CTX *owner, const struct models *models, struct error *error) NODISCARD;

/* Moves the place of an error or finding of the script to the model's file and line. What is not of this script stays
 * as it is. models_relocate returns false, so that a caller can return it. */
struct model_place models_origin(const struct models_script *script, const char *file, int line, int column);
bool models_relocate(const struct models_script *script, struct error *error);

#endif
