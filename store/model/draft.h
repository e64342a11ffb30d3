/* Entities and mixins between YAML and model: what is read first, and what the next step needs to know of it. Private
 * to store/model; lives as long as the reading. */
#ifndef STORE_MODEL_DRAFT_H
#define STORE_MODEL_DRAFT_H

#include <talloc.h>

#include "store/base.h"
#include "store/model.h"
#include "store/model/reader.h"

struct draft_column {
    struct model_column column;
    const struct yaml_value *references; /* or NULL */
    struct reader reader;                /* of the file that declares it */
};

struct draft_columns {
    struct draft_column *items;
    size_t count;
};

/* A declared entity or mixin. */
struct draft {
    struct reader reader;
    enum { DRAFT_ENTITY, DRAFT_MIXIN } kind;
    const struct yaml_value *root;
    const struct yaml_value *title; /* the name's value */
    const char *name;
    struct draft_columns own;
    /* After draft_resolve. */
    enum { DRAFT_READ, DRAFT_RESOLVING, DRAFT_RESOLVED } state;
    struct draft_columns columns;
    size_t inherited_count; /* of columns: these the mixins declare, the others this one alone */
    struct model_names mixins;
    const char *soft_delete; /* or NULL */
    /* Of an entity, once the model has them all. */
    struct model_entity *entity;
    struct model_relationship *relationships; /* the entity's, to be written to */
    const char **inverses;                    /* names that they give, or NULL; as many */
};

struct drafts {
    struct draft **items; /* entities in the order of model->entities, then mixins */
    size_t count;
};

/* Reads all documents: types and extensions into the model, entities and mixins as drafts, in their order. Owner of the
 * drafts: `owner`. */
void draft_read_inputs(TALLOC_CTX *owner, struct model *model, const struct model_input *inputs, size_t count,
                       struct drafts *drafts);

/* Reads the map under "columns" into draft->own. */
void draft_read_columns(struct draft *draft);

/* Puts the columns of mixins and its own together, and settles the soft-delete column. */
void draft_resolve(const struct drafts *drafts, struct draft *draft);

/* A resolved column by its name, or NULL. */
const struct draft_column *draft_find_column(const struct draft *draft, const char *name);

/* Reads names of resolved columns; `what` names the list. False, with a finding, where one is no column. */
bool draft_column_names(const struct draft *draft, const struct yaml_value *value, const char *what,
                        struct model_names *names);

/* Names of an entity's columns, NULL-terminated, for suggestions. Owner: the model. */
const char *const *draft_candidates(const struct reader *reader, const struct model_entity *entity);

/* Parts of an entity whose columns are resolved: each reads its key of the document, if it is there. */
void draft_read_primary_key(struct draft *draft);
void draft_read_uniques(struct draft *draft);
void draft_read_checks(struct draft *draft);
void draft_read_indexes(struct draft *draft);

/* Parts that lead to other entities: model->entities must be there. Relationships come after all foreign keys, and are
 * linked when all are read. */
void draft_read_foreign_keys(struct draft *draft);
void draft_read_relationships(struct draft *draft);
void draft_link_relationships(const struct drafts *drafts, struct draft *draft);

/* Reads the checks under a value (a text, map or list). Owner: the model. */
const struct model_check *draft_checks(const struct reader *reader, const struct yaml_value *value, size_t *count);

/* The words of "deferrable". */
bool draft_deferral(const struct reader *reader, const struct yaml_value *value, enum model_deferral *deferral);

/* Reads one column, or field of a composite type, under its name. */
bool draft_read_column(const struct reader *reader, const struct yaml_entry *entry, struct draft_column *column);

/* Reads "types" and "extensions" of a document, behind those that the model has already. */
void draft_read_types(const struct reader *reader, const struct yaml_value *root);

#endif
