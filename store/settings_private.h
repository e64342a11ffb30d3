/* What the files of settings share: the values while they are being put together. Nobody else includes it. */
#ifndef STORE_SETTINGS_PRIVATE_H
#define STORE_SETTINGS_PRIVATE_H

#include "store/base.h"
#include "store/error.h"
#include "store/settings.h"
#include "store/settings_value.h"

#define SETTINGS_FILE "pgdeck.yaml"
#define SETTINGS_DOTENV ".env"

struct variable {
    const char *name, *value, *source;
    int line; /* of .env, or 0 */
};

/* Where a value is taken from. */
struct origin {
    enum setting_layer layer;
    const char *source;
    const char *file;
    int line, column;
    enum value_display display;
};

struct settings {
    const char *directory;
    struct variable *environment, *dotenv; /* end with a row without name */
    struct setting_value values[SETTING_COUNT];
    bool has_file;
    struct settings_target *targets;
    size_t target_count;
    struct settings_ignore *ignores;
    size_t ignore_count;
    struct settings_rule *rules;
    size_t rule_count;
    const char *const *models_command, *const *rehearse_command; /* of pgdeck.yaml */
};

/* Sets one value; the texts are copied, but for the origin's file. Errors: ERROR_SETTINGS, at the origin's place if it
 * has one. */
bool settings_set(struct settings *settings, enum setting_id id, const char *text, const struct origin *origin,
                  struct error *error) NODISCARD;

/* Takes the layer of pgdeck.yaml: values and trees. The variables must be there already.
 * Errors: ERROR_SETTINGS with file, line and column. */
bool settings_file_apply(struct settings *settings, const char *bytes, size_t size_bytes,
                         struct error *error) NODISCARD;

#endif
