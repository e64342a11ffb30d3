/* Settings: one table (settings.def), five layers, and where each value came from. Read once, then constant,
 * so that every thread may read it. The process's environment comes in as an argument. */
#ifndef STORE_SETTINGS_H
#define STORE_SETTINGS_H

#include <talloc.h>

#include "store/base.h"
#include "store/error.h"

enum setting_id {
#define SETTING(name, type, unit, value, minimum, maximum, variable, option, secrecy, text) SETTING_##name,
#include "store/settings.def"
#undef SETTING
    SETTING_COUNT
};

enum setting_type { SETTING_TEXT, SETTING_INTEGER, SETTING_DURATION, SETTING_SIZE, SETTING_FLAG, SETTING_CHOICE };
enum setting_secrecy { SETTING_PLAIN, SETTING_SECRET };
enum setting_layer { LAYER_DEFAULT, LAYER_FILE, LAYER_DOTENV, LAYER_ENVIRONMENT, LAYER_OPTION };

/* A row of settings.def. */
struct setting {
    const char *name;
    enum setting_type type;
    const char *unit;         /* of a CHOICE: its words, separated by | */
    const char *value;        /* the default */
    int64_t minimum, maximum; /* of numbers; in the base unit: milliseconds, bytes */
    const char *variable;     /* environment variable, or NULL */
    const char *option;       /* command-line option, or NULL */
    enum setting_secrecy secrecy;
    const char *text;
};

extern const struct setting settings_table[SETTING_COUNT];

/* A value and where it came from. */
struct setting_value {
    const char *text; /* as it was written */
    int64_t number;   /* INTEGER, DURATION (ms), SIZE (bytes), FLAG (0, 1), CHOICE (index of the word) */
    enum setting_layer layer;
    const char *source; /* for a person: "default", "pgdeck.yaml:4", ".env:2", "environment PGDECK_X", "option --x" */
    const char *file;   /* of pgdeck.yaml and .env, with the place; else NULL */
    int line, column;   /* from 1, or 0 */
};

/* An ignore pattern of pgdeck.yaml, in order: later ones win. */
struct settings_ignore {
    const char *kind, *name; /* globs */
    bool takes_back;         /* was written with ! */
};

/* A target of pgdeck.yaml, as written; ${NAME} is already replaced. */
struct settings_target {
    const char *name, *url, *guard, *colour;
    const char *file; /* "pgdeck.yaml" */
    int line, column;
    const char *
        missing_variable; /* the ${NAME} of the url that has no value, or NULL; an error only when the target is used */
};

/* One word about a rule: {migration.hazard: {threshold: long}}. */
struct settings_rule {
    const char *rule, *key, *word; /* key: "threshold" or "severity" */
    const char *file;              /* "pgdeck.yaml" */
    int line, column;              /* of the rule's name */
};

struct settings; /* opaque: values and layers must agree */

struct settings_input {
    const char *directory;          /* the project's folder, absolute */
    const char *const *environment; /* "NAME=value", NULL-terminated; the process's environ */
    const char *const *options;     /* "name=value" of settings given as options, NULL-terminated, or NULL */
};

/* Loads all layers. Owner: `owner`. Errors: ERROR_SETTINGS with file, line and column; ERROR_FILE. */
struct settings *settings_load(TALLOC_CTX *owner, const struct settings_input *input, struct error *error) NODISCARD;

/* The project's folder: absolute, without links. */
const char *settings_directory(const struct settings *settings);

const struct setting_value *settings_value(const struct settings *settings, enum setting_id id);
const char *settings_text(const struct settings *settings, enum setting_id id);
int64_t settings_number(const struct settings *settings, enum setting_id id);

/* The absolute path of a setting that names a file or folder of the project. Owner: `owner`. */
char *settings_path(TALLOC_CTX *owner, const struct settings *settings, enum setting_id id);

/* SCOPE_DOTENV: the environment, else .env. */
enum settings_scope { SCOPE_ENVIRONMENT, SCOPE_DOTENV };

/* A variable; NULL if absent or empty everywhere in the scope.
 * *source, if `source` is not NULL, gets "environment NAME" or ".env:LINE". */
const char *settings_variable(const struct settings *settings, enum settings_scope scope, const char *name,
                              const char **source);

/* The targets of pgdeck.yaml in the order of the file. */
const struct settings_target *settings_targets(const struct settings *settings, size_t *count);

/* The ignore patterns of pgdeck.yaml. */
const struct settings_ignore *settings_ignores(const struct settings *settings, size_t *count);

/* The rules that pgdeck.yaml sets up, in the order of the file. Their names are not checked here: store knows no rules.
 */
const struct settings_rule *settings_rules(const struct settings *settings, size_t *count);

/* What pgdeck.yaml says of a rule, "threshold" or "severity"; NULL if nothing. */
const char *settings_rule(const struct settings *settings, const char *rule, const char *key);

/* The program that prints the models, with its arguments, NULL-terminated; NULL when they come from a folder. */
const char *const *settings_models_command(const struct settings *settings);

/* The program that `rehearse` runs where none is given, with its arguments, NULL-terminated; NULL: none. Taken from
 * pgdeck.yaml alone. */
const char *const *settings_rehearse_command(const struct settings *settings);

/* Whether pgdeck.yaml exists in the project. */
bool settings_has_file(const struct settings *settings);

/* Parses "250", "250ms", "5s", "10min" (or "10m"), "2h", "1d" into milliseconds. A bare number is milliseconds. False
 * when it is none, or overflows. */
bool settings_parse_duration(const char *text, int64_t *milliseconds) NODISCARD;

/* Parses "512", "64kB", "8MB", "1GB" into bytes, by powers of 1024 as PostgreSQL has it. False when it is none, or
 * overflows. */
bool settings_parse_size(const char *text, int64_t *size_bytes) NODISCARD;

#endif
