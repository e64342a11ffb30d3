/* What the commands about rows share: the entity that a word names, keys, rows as JSON and text, and a write with its
 * confirmation. */
#ifndef TUI_ENTITIES_H
#define TUI_ENTITIES_H

#include <jansson.h>
#include <talloc.h>

#include "store/base.h"
#include "store/entity/write.h"
#include "store/log.h"
#include "store/session.h"
#include "tui/command.h"

/* What is open while a command runs. */
struct entity_access {
    struct session *session;
    const struct model *model; /* NULL: nothing is declared, or it is wrong (said as a warning) */
    struct entity *entity;     /* NULL where no word was given */
};

/* Opens a session and, where a word is given, the entity that it names. Owner: the context. Errors: entity_open's;
 * ERROR_REFUSED for a command that writes where the entity is read-only. */
bool entities_open(struct command_context *context, const char *word, struct entity_access *access,
                   struct error *error) NODISCARD;

/* Reads the row that an ID names; sets the change's key and version, and *row. Errors: ERROR_USAGE where there is none;
 * entity_key_parse's, entity_get's. */
bool entities_read_row(struct command_context *context, const struct entity_access *access, const char *word,
                       struct entity_change *change, struct entity_row *row, struct error *error) NODISCARD;

/* The columns of the key, as an ID has their values: "a,b". Owner: `owner`. */
char *entities_key_names(TALLOC_CTX *owner, const struct entity *entity);

/* A value as JSON: booleans, integers and floating point as such, timestamptz in RFC 3339, all else (bigint and
 * numeric, too) as its exact text; NULL as null. New reference. */
json_t *entities_value_json(const struct entity_column *column, const char *value);

/* A row as JSON, by column. New reference. */
json_t *entities_row_json(const struct entity *entity, const struct entity_row *row);

/* A value as people read it: true and false, NULL as nothing. */
const char *entities_value_text(const struct entity_column *column, const char *value);

/* Prints a row, a line a column. */
void entities_print_row(struct command_context *context, const struct entity *entity, const struct entity_row *row);

/* Rehearses a change, shows what it touches, asks, carries it out, and answers. verb: "edit TestCase 17". Errors:
 * entity_write's; ERROR_CONFIRMATION. */
bool entities_change(struct command_context *context, const struct entity_access *access, struct entity_change *change,
                     const char *verb, struct error *error) NODISCARD;

/* What a change did, or would do: its statements, then how many rows of which table were added, changed, deleted; a
 * line each, NULL-terminated. Owner: `owner`. */
const char *const *entities_outcome_lines(TALLOC_CTX *owner, const struct entity_outcome *outcome);

/* Leaves the record of a change. action: "edit". */
void entities_log_change(struct log *log, const char *action, const struct entity *entity,
                         const struct entity_change *change, const struct entity_outcome *outcome);

/* Reads COLUMN=VALUE operands and the options --null and --default into the change. Errors: ERROR_USAGE. */
bool entities_take_values(struct command_context *context, const struct entity *entity, const char *const *operands,
                          struct entity_change *change, struct error *error) NODISCARD;

/* The options --null and --default, for the tables of the commands. */
#define ENTITIES_VALUE_OPTIONS                                                                                         \
    {"null", 0, OPTION_VALUES, "COLUMN", KIND_NONE, NULL, "Set this column to NULL."},                                 \
    {                                                                                                                  \
        "default", 0, OPTION_VALUES, "COLUMN", KIND_NONE, NULL, "Set this column to its default."                      \
    }

#endif
