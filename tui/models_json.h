/* The declared models as JSON, and the words that text and JSON share. */
#ifndef TUI_MODELS_JSON_H
#define TUI_MODELS_JSON_H

#include <jansson.h>
#include <talloc.h>

#include "migrate/models.h"

/* The document of `pgdeck models` (docs/output.md). only: this entity; NULL: all of them, and the types. New reference;
 * texts made on the way belong to `owner`. */
json_t *models_json(TALLOC_CTX *owner, const struct models *models, const struct model_entity *only);

/* What is wrong in a model, by file and line. New reference. */
json_t *models_json_findings(const struct model *model);

/* "declared", "printed", "none". */
const char *models_json_kind(enum models_kind kind);

/* The entity's table, qualified where the model says its schema, without needless quotes. Owner: `owner`. */
const char *models_json_table(TALLOC_CTX *owner, const struct model_entity *entity);

#endif
