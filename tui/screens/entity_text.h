/* What the screens about entities say of them: sizes and counts, and what is known of an entity, as a document. */
#ifndef TUI_SCREENS_ENTITY_TEXT_H
#define TUI_SCREENS_ENTITY_TEXT_H

#include "store/entity.h"
#include "tui/widgets/document.h"

/* "~1.2M", "~340"; "?" where nobody ever counted. Owner: `owner`. */
const char *entity_estimate_text(TALLOC_CTX *owner, int64_t rows);

/* "812 kB", "1.4 GB"; "" for 0. Owner: `owner`. */
const char *entity_size_text(TALLOC_CTX *owner, int64_t bytes);

/* A name on one line, for a document. Owner: `owner`. */
char *entity_clean(TALLOC_CTX *owner, const char *name);

/* A text on one line that is no wider than `columns`. Owner: `owner`. */
const char *entity_short(TALLOC_CTX *owner, const char *text, int columns);

/* "name  varchar(255)  not null  default '…'": what is known of a column besides its name. Owner: `owner`. */
const char *entity_column_text(TALLOC_CTX *owner, const struct entity_column *column);

/* "one Agent by agent_id": where a relationship leads. Owner: `owner`. */
const char *entity_relationship_text(TALLOC_CTX *owner, const struct entity_relationship *relationship);

/* All that is known of an entity. Owner: `owner`. */
struct document *entity_document(TALLOC_CTX *owner, const struct entity *entity);

#endif
