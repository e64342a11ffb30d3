/* See settings.h. This file holds the table and the order of the layers; settings_file.c reads pgdeck.yaml,
 * settings_value.c the values. */
#include "store/settings.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "store/disk.h"
#include "store/dotenv.h"
#include "store/settings_private.h"
#include "store/suggest.h"

enum { FILE_LIMIT = 1 << 20 };

const struct setting settings_table[SETTING_COUNT] = {
#define SETTING(name, type, unit, value, least, most, variable, option, secrecy, text)                                 \
    [SETTING_##name] = {#name, SETTING_##type, unit, value, least, most, variable, option, SETTING_##secrecy, text},
#include "store/settings.def"
#undef SETTING
};

bool settings_set(struct settings *settings, enum setting_id id, const char *text, const struct origin *origin,
                  struct error *error)
{
    int64_t number;
    if (!settings_value_parse(&settings_table[id], text, origin->display, &number, error))
        return origin->file ? error_place(error, origin->file, origin->line, origin->column) : false;
    settings->values[id] = (struct setting_value){
        .text = talloc_strdup(settings, text),
        .number = number,
        .layer = origin->layer,
        .source = talloc_strdup(settings, origin->source),
        .file = origin->file,
        .line = origin->line,
        .column = origin->column,
    };
    return true;
}

static bool set_defaults(struct settings *settings, struct error *error)
{
    static const struct origin origin = {.layer = LAYER_DEFAULT, .source = "default"};
    for (int id = 0; id < SETTING_COUNT; id++) {
        const char *text = settings_table[id].value;
        if (id == SETTING_project)
            text = strrchr(settings->directory, '/') + 1;
        if (!settings_set(settings, (enum setting_id)id, text, &origin, error))
            return false;
    }
    return true;
}

/* *bytes stays NULL where there is no such file. */
static bool read_optional(TALLOC_CTX *owner, const struct settings *settings, const char *name, char **bytes,
                          size_t *size_bytes, struct error *error)
{
    struct stat status;
    char *path = talloc_asprintf(owner, "%s/%s", settings->directory, name);
    if (lstat(path, &status) != 0 && (errno == ENOENT || errno == ENOTDIR))
        return true;
    return disk_read(owner, AT_FDCWD, path, name, FILE_LIMIT, bytes, size_bytes, error);
}

static void copy_environment(struct settings *settings, const char *const *environment)
{
    size_t count = 0;
    while (environment && environment[count])
        count++;
    struct variable *variables = talloc_zero_size(settings, (count + 1) * sizeof *variables);
    struct variable *variable = variables;
    for (size_t i = 0; i < count; i++) {
        const char *sign = strchr(environment[i], '=');
        if (!sign || sign == environment[i] || !sign[1])
            continue;
        variable->name = talloc_strndup(variables, environment[i], (size_t)(sign - environment[i]));
        variable->value = talloc_strdup(variables, sign + 1);
        variable->source = talloc_asprintf(variables, "environment %s", variable->name);
        variable++;
    }
    settings->environment = variables;
}

static bool read_dotenv(struct settings *settings, TALLOC_CTX *scratch, struct error *error)
{
    char *bytes = NULL;
    size_t size = 0;
    struct stat status;
    /* A folder of that name is a Python environment, not a file of variables. */
    bool is_folder = stat(talloc_asprintf(scratch, "%s/" SETTINGS_DOTENV, settings->directory), &status) == 0 &&
                     S_ISDIR(status.st_mode);
    if (!is_folder && !read_optional(scratch, settings, SETTINGS_DOTENV, &bytes, &size, error))
        return false;
    struct dotenv *dotenv = dotenv_parse(settings, SETTINGS_DOTENV, bytes ? bytes : "", size, error);
    if (!dotenv)
        return false;
    struct variable *variables = talloc_zero_size(settings, (dotenv->count + 1) * sizeof *variables);
    struct variable *variable = variables;
    for (size_t i = dotenv->count; i > 0; i--) { /* backwards: the last of a name is found first */
        const struct dotenv_entry *entry = &dotenv->entries[i - 1];
        char *source = talloc_asprintf(variables, SETTINGS_DOTENV ":%d", entry->line);
        *variable++ = (struct variable){entry->name, entry->value, source, entry->line};
    }
    settings->dotenv = variables;
    return true;
}

static bool read_file(struct settings *settings, TALLOC_CTX *scratch, struct error *error)
{
    char *bytes = NULL;
    size_t size = 0;
    if (!read_optional(scratch, settings, SETTINGS_FILE, &bytes, &size, error))
        return false;
    settings->has_file = bytes != NULL;
    return !bytes || settings_file_apply(settings, bytes, size, error);
}

static const struct variable *find_variable(const struct variable *variables, const char *name)
{
    for (; variables->name; variables++)
        if (!strcmp(variables->name, name))
            return variables->value[0] ? variables : NULL;
    return NULL;
}

static const struct variable *find_in_scope(const struct settings *settings, enum settings_scope scope,
                                            const char *name)
{
    const struct variable *variable = find_variable(settings->environment, name);
    return variable || scope == SCOPE_ENVIRONMENT ? variable : find_variable(settings->dotenv, name);
}

const char *settings_variable(const struct settings *settings, enum settings_scope scope, const char *name,
                              const char **source)
{
    const struct variable *variable = find_in_scope(settings, scope, name);
    if (variable && source)
        *source = variable->source;
    return variable ? variable->value : NULL;
}

static bool set_variables(struct settings *settings, struct error *error)
{
    for (int id = 0; id < SETTING_COUNT; id++) {
        const char *name = settings_table[id].variable;
        const struct variable *variable = name ? find_in_scope(settings, SCOPE_DOTENV, name) : NULL;
        if (!variable)
            continue;
        struct origin origin = {.layer = LAYER_ENVIRONMENT, .source = variable->source};
        if (variable->line)
            origin = (struct origin){LAYER_DOTENV, variable->source, SETTINGS_DOTENV, variable->line, 0, VALUE_HIDDEN};
        if (!settings_set(settings, (enum setting_id)id, variable->value, &origin, error))
            return error_prefix(error, "%s%s", variable->line ? "" : "environment ", name);
    }
    return true;
}

static int find_setting(const char *name, size_t length)
{
    for (int id = 0; id < SETTING_COUNT; id++)
        if (strlen(settings_table[id].name) == length && !strncmp(settings_table[id].name, name, length))
            return id;
    return SETTING_COUNT;
}

static bool refuse_option(const char *name, struct error *error)
{
    const char *names[SETTING_COUNT + 1] = {NULL};
    for (int id = 0; id < SETTING_COUNT; id++)
        names[id] = settings_table[id].name;
    const char *nearest = suggest_nearest(name, names);
    error_set(error, ERROR_USAGE, "there is no setting \"%s\"", name);
    return nearest ? error_hint(error, "Did you mean %s?", nearest) : error_hint(error, "pgdeck settings lists them.");
}

static bool set_option(struct settings *settings, const char *option, struct error *error)
{
    size_t length = strcspn(option, "=");
    int id = find_setting(option, length);
    if (id == SETTING_COUNT || !option[length]) {
        char *name = talloc_strndup(NULL, option, length);
        refuse_option(name, error);
        talloc_free(name);
        return false;
    }
    const struct setting *setting = &settings_table[id];
    char *source = talloc_asprintf(NULL, "option %s", setting->option ? setting->option : setting->name);
    struct origin origin = {.layer = LAYER_OPTION, .source = source};
    bool is_set = settings_set(settings, (enum setting_id)id, option + length + 1, &origin, error);
    if (!is_set) {
        error_prefix(error, "%s", source);
        error->code = ERROR_USAGE;
    }
    talloc_free(source);
    return is_set;
}

static bool load(struct settings *settings, const struct settings_input *input, struct error *error)
{
    char *real = realpath(input->directory, NULL);
    if (!real) {
        int number = errno;
        error_set(error, ERROR_FILE, "cannot use the folder \"%s\": %s", input->directory, strerror(number));
        return error_place(error, input->directory, 0, 0);
    }
    settings->directory = talloc_strdup(settings, real);
    free(real);
    copy_environment(settings, input->environment);
    TALLOC_CTX *scratch = talloc_new(settings);
    bool ok = set_defaults(settings, error) && read_dotenv(settings, scratch, error) &&
              read_file(settings, scratch, error) && set_variables(settings, error);
    talloc_free(scratch);
    for (const char *const *option = input->options; ok && option && *option; option++)
        ok = set_option(settings, *option, error);
    return ok;
}

struct settings *settings_load(TALLOC_CTX *owner, const struct settings_input *input, struct error *error)
{
    struct settings *settings = talloc_zero(owner, struct settings);
    if (!settings)
        abort();
    if (load(settings, input, error))
        return settings;
    talloc_free(settings);
    return NULL;
}

const char *settings_directory(const struct settings *settings) { return settings->directory; }

const struct setting_value *settings_value(const struct settings *settings, enum setting_id id)
{
    return &settings->values[id];
}

const char *settings_text(const struct settings *settings, enum setting_id id) { return settings->values[id].text; }

int64_t settings_number(const struct settings *settings, enum setting_id id) { return settings->values[id].number; }

char *settings_path(TALLOC_CTX *owner, const struct settings *settings, enum setting_id id)
{
    const char *path = settings_text(settings, id);
    if (path[0] == '/')
        return talloc_strdup(owner, path);
    const char *slash = strcmp(settings->directory, "/") ? "/" : "";
    return talloc_asprintf(owner, "%s%s%s", settings->directory, slash, path);
}

const struct settings_target *settings_targets(const struct settings *settings, size_t *count)
{
    *count = settings->target_count;
    return settings->targets;
}

const struct settings_ignore *settings_ignores(const struct settings *settings, size_t *count)
{
    *count = settings->ignore_count;
    return settings->ignores;
}

const struct settings_rule *settings_rules(const struct settings *settings, size_t *count)
{
    *count = settings->rule_count;
    return settings->rules;
}

const char *settings_rule(const struct settings *settings, const char *rule, const char *key)
{
    for (size_t i = 0; i < settings->rule_count; i++)
        if (!strcmp(settings->rules[i].rule, rule) && !strcmp(settings->rules[i].key, key))
            return settings->rules[i].word;
    return NULL;
}

const char *const *settings_models_command(const struct settings *settings)
{
    return settings->values[SETTING_models].layer == LAYER_FILE ? settings->models_command : NULL;
}

const char *const *settings_rehearse_command(const struct settings *settings) { return settings->rehearse_command; }

bool settings_has_file(const struct settings *settings) { return settings->has_file; }
