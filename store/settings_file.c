/* pgdeck.yaml: the values of the table, and the trees targets, ignore, rules, rehearse and models. What is not known is
 * an error with its place, for a misspelt guard or target must not pass for none. */
#include "store/settings_private.h"
#include "store/suggest.h"
#include "store/yaml.h"

#include <ctype.h>

struct reader {
    struct settings *settings;
    TALLOC_CTX *scratch;
    struct error *error;
};

/* Returns false. */
static bool refuse(struct reader *reader, const struct yaml_value *where, const char *format, ...) PRINTF_LIKE(3, 4);
static bool refuse(struct reader *reader, const struct yaml_value *where, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *message = talloc_vasprintf(NULL, format, arguments);
    va_end(arguments);
    error_set(reader->error, ERROR_SETTINGS, "%s", message);
    talloc_free(message);
    return error_place(reader->error, SETTINGS_FILE, where->line, where->column);
}

/* An unknown word, with the nearest known one and all of them. Returns false. */
static bool refuse_word(struct reader *reader, const struct yaml_value *where, const char *what, const char *word,
                        const char *const *known)
{
    refuse(reader, where, "there is no %s \"%s\"", what, word);
    const char *nearest = suggest_nearest(word, known);
    char *list = talloc_strdup(reader->scratch, "");
    for (size_t i = 0; known[i]; i++)
        list = talloc_asprintf_append(list, "%s%s", i ? ", " : "", known[i]);
    if (nearest)
        return error_hint(reader->error, "Did you mean %s?", nearest);
    return error_hint(reader->error, "Known are %s.", list);
}

static bool expect_kind(struct reader *reader, const struct yaml_value *value, enum yaml_kind kind, const char *name)
{
    if (value->kind == kind)
        return true;
    return refuse(reader, value, "%s must be %s, not %s", name, yaml_kind_name(kind), yaml_kind_name(value->kind));
}

/* Length of the variable's name behind "${", or 0 where it is none. */
static size_t variable_length(const char *name)
{
    size_t length = 0;
    if (isalpha((unsigned char)name[0]) || name[0] == '_')
        while (isalnum((unsigned char)name[length]) || name[length] == '_')
            length++;
    return name[length] == '}' ? length : 0;
}

/* Replaces each ${NAME}. *missing, if not NULL, gets the first that has no value, and the text stays as written;
 * else that is an error. */
static const char *expand(struct reader *reader, const struct yaml_value *value, const char **missing)
{
    const char *text = value->text, *sign;
    if (!strstr(text, "${"))
        return text;
    char *out = talloc_strdup(reader->scratch, "");
    for (; (sign = strstr(text, "${")); text = strchr(sign, '}') + 1) {
        size_t length = variable_length(sign + 2);
        if (length == 0) {
            refuse(reader, value, "a ${ is not followed by a variable's name and }");
            return NULL;
        }
        char *name = talloc_strndup(reader->settings, sign + 2, length);
        const char *replacement = settings_variable(reader->settings, SCOPE_DOTENV, name, NULL);
        if (!replacement && missing) {
            *missing = name;
            return value->text;
        }
        if (!replacement) {
            refuse(reader, value, "the variable %s is not set", name);
            error_hint(reader->error, "Set %s in the environment or in " SETTINGS_DOTENV ".", name);
            return NULL;
        }
        out = talloc_asprintf_append(out, "%.*s%s", (int)(sign - text), text, replacement);
    }
    return talloc_strdup_append(out, text);
}

/* The text of a value, expanded; `name` is for the message. */
static const char *read_text(struct reader *reader, const struct yaml_value *value, const char *name)
{
    return expect_kind(reader, value, YAML_TEXT, name) ? expand(reader, value, NULL) : NULL;
}

static bool is_known(const char *word, const char *const *known)
{
    for (; *known; known++)
        if (!strcmp(word, *known))
            return true;
    return false;
}

/* A text that must be one of `known`. Owner: the settings. */
static const char *read_word(struct reader *reader, const struct yaml_value *value, const char *name,
                             const char *const *known)
{
    const char *word = read_text(reader, value, name);
    if (!word)
        return NULL;
    if (is_known(word, known))
        return talloc_strdup(reader->settings, word);
    if (strstr(value->text, "${"))
        refuse(reader, value, "the value of %s is not known", name); /* what a variable held is not shown */
    else
        refuse_word(reader, value, name, word, known);
    return NULL;
}

static bool check_target_name(struct reader *reader, const struct yaml_value *key)
{
    if (!key->text[0] || strchr(key->text, '=') || strstr(key->text, "://"))
        return refuse(reader, key, "a target's name must not be empty nor look like a connection string");
    if (!strcmp(key->text, "embedded"))
        return refuse(reader, key, "the name embedded is taken: it is the private cluster");
    return true;
}

static bool read_target_entry(struct reader *reader, struct settings_target *target, const struct yaml_entry *entry)
{
    static const char *const keys[] = {"url", "guard", "colour", NULL};
    static const char *const guards[] = {"open", "confirm", "read-only", NULL};
    static const char *const colours[] = {"black", "red", "green", "yellow", "blue", "magenta", "cyan", "white", NULL};
    const char *key = entry->key->text;
    if (!is_known(key, keys))
        return refuse_word(reader, entry->key, "key of a target", key, keys);
    if (!strcmp(key, "guard"))
        return (target->guard = read_word(reader, entry->value, "guard", guards)) != NULL;
    if (!strcmp(key, "colour"))
        return (target->colour = read_word(reader, entry->value, "colour", colours)) != NULL;
    if (!expect_kind(reader, entry->value, YAML_TEXT, "url"))
        return false;
    const char *url = expand(reader, entry->value, &target->missing_variable);
    if (!url)
        return false;
    target->url = talloc_strdup(reader->settings, url);
    target->line = entry->value->line;
    target->column = entry->value->column;
    return url[0] ? true : refuse(reader, entry->value, "the url is empty");
}

static bool read_target(struct reader *reader, const struct yaml_entry *entry)
{
    struct settings *settings = reader->settings;
    struct settings_target *target = &settings->targets[settings->target_count];
    if (!check_target_name(reader, entry->key) || !expect_kind(reader, entry->value, YAML_MAP, "a target"))
        return false;
    *target = (struct settings_target){
        .name = talloc_strdup(settings, entry->key->text), .guard = "confirm", .file = SETTINGS_FILE};
    for (size_t i = 0; i < entry->value->count; i++)
        if (!read_target_entry(reader, target, &entry->value->entries[i]))
            return false;
    if (!target->url)
        return refuse(reader, entry->key, "the target \"%s\" has no url", target->name);
    settings->target_count++;
    return true;
}

static bool read_targets(struct reader *reader, const struct yaml_value *map)
{
    if (!expect_kind(reader, map, YAML_MAP, "targets"))
        return false;
    reader->settings->targets = talloc_zero_size(reader->settings, (map->count + 1) * sizeof(struct settings_target));
    for (size_t i = 0; i < map->count; i++)
        if (!read_target(reader, &map->entries[i]))
            return false;
    return true;
}

static bool read_ignore(struct reader *reader, const struct yaml_value *value, struct settings_ignore *ignore)
{
    const char *text = read_text(reader, value, "a pattern of ignore");
    if (!text)
        return false;
    ignore->takes_back = *text == '!';
    text += ignore->takes_back;
    size_t length = strcspn(text, ":");
    if (length == 0 || !text[length] || !text[length + 1]) {
        refuse(reader, value, "a pattern of ignore must be kind:name");
        return error_hint(reader->error,
                          "Write \"table:public.x\", \"*:audit.*\", or with ! in front to take it back.");
    }
    ignore->kind = talloc_strndup(reader->settings, text, length);
    ignore->name = talloc_strdup(reader->settings, text + length + 1);
    return true;
}

static bool read_ignores(struct reader *reader, const struct yaml_value *list)
{
    struct settings *settings = reader->settings;
    if (!expect_kind(reader, list, YAML_LIST, "ignore"))
        return false;
    settings->ignores = talloc_zero_size(settings, (list->count + 1) * sizeof *settings->ignores);
    for (; settings->ignore_count < list->count; settings->ignore_count++)
        if (!read_ignore(reader, list->items[settings->ignore_count], &settings->ignores[settings->ignore_count]))
            return false;
    return true;
}

static bool read_rule(struct reader *reader, const struct yaml_entry *entry)
{
    static const char *const keys[] = {"threshold", "severity", NULL};
    struct settings *settings = reader->settings;
    if (!expect_kind(reader, entry->value, YAML_MAP, "a rule"))
        return false;
    for (size_t i = 0; i < entry->value->count; i++) {
        const struct yaml_entry *demand = &entry->value->entries[i];
        if (!is_known(demand->key->text, keys))
            return refuse_word(reader, demand->key, "key of a rule", demand->key->text, keys);
        const char *word = read_text(reader, demand->value, demand->key->text);
        if (!word)
            return false;
        if (!word[0] || word[strspn(word, "abcdefghijklmnopqrstuvwxyz_-")])
            return refuse(reader, demand->value, "%s must be one word in lower case", demand->key->text);
        settings->rules =
            talloc_realloc_size(settings, settings->rules, (settings->rule_count + 1) * sizeof *settings->rules);
        settings->rules[settings->rule_count++] = (struct settings_rule){
            .rule = talloc_strdup(settings, entry->key->text),
            .key = talloc_strdup(settings, demand->key->text),
            .word = talloc_strdup(settings, word),
            .file = SETTINGS_FILE,
            .line = entry->key->line,
            .column = entry->key->column,
        };
    }
    return true;
}

static bool read_rules(struct reader *reader, const struct yaml_value *map)
{
    if (!expect_kind(reader, map, YAML_MAP, "rules"))
        return false;
    for (size_t i = 0; i < map->count; i++)
        if (!read_rule(reader, &map->entries[i]))
            return false;
    return true;
}

static bool set(struct reader *reader, enum setting_id id, const char *text, const struct yaml_value *value,
                enum value_display display)
{
    char *source = talloc_asprintf(reader->scratch, SETTINGS_FILE ":%d", value->line);
    struct origin origin = {LAYER_FILE, source, SETTINGS_FILE, value->line, value->column, display};
    return settings_set(reader->settings, id, text, &origin, reader->error);
}

/* A program and its arguments. *text (may be NULL) gets the words as written: what a variable holds may be a secret. */
static const char *const *read_command(struct reader *reader, const struct yaml_value *list, char **text)
{
    const char **words = talloc_zero_size(reader->settings, (list->count + 1) * sizeof *words);
    for (size_t i = 0; i < list->count; i++) {
        const char *word = read_text(reader, list->items[i], "a word of the command");
        if (!word)
            return NULL;
        words[i] = talloc_strdup(words, word);
        if (text)
            *text = talloc_asprintf_append(*text, " %s", list->items[i]->text);
    }
    if (words[0][0])
        return words;
    refuse(reader, list->items[0], "the program's name is empty");
    return NULL;
}

static bool read_models_command(struct reader *reader, const struct yaml_value *map)
{
    static const char *const keys[] = {"command", NULL};
    for (size_t i = 0; i < map->count; i++)
        if (!is_known(map->entries[i].key->text, keys))
            return refuse_word(reader, map->entries[i].key, "key of models", map->entries[i].key->text, keys);
    const struct yaml_value *list = yaml_get(map, "command");
    if (!list || list->kind != YAML_LIST || list->count == 0)
        return refuse(reader, list ? list : map, "models must be a folder or {command: [PROGRAM, ARGUMENT, ...]}");
    char *text = talloc_strdup(reader->scratch, "command:");
    reader->settings->models_command = read_command(reader, list, &text);
    return reader->settings->models_command && set(reader, SETTING_models, text, map, VALUE_SHOWN);
}

static bool read_rehearse(struct reader *reader, const struct yaml_value *list)
{
    if (list->kind != YAML_LIST || list->count == 0)
        return refuse(reader, list, "rehearse must be a list: [PROGRAM, ARGUMENT, ...]");
    reader->settings->rehearse_command = read_command(reader, list, NULL);
    return reader->settings->rehearse_command;
}

static bool read_setting(struct reader *reader, enum setting_id id, const struct yaml_value *value)
{
    const char *text = read_text(reader, value, settings_table[id].name);
    /* What a variable held may be a secret. */
    return text && set(reader, id, text, value, text == value->text ? VALUE_SHOWN : VALUE_HIDDEN);
}

static const struct {
    const char *name;
    bool (*read)(struct reader *reader, const struct yaml_value *value);
} trees[] = {{"targets", read_targets}, {"ignore", read_ignores}, {"rules", read_rules}, {"rehearse", read_rehearse}};

static bool refuse_key(struct reader *reader, const struct yaml_value *key)
{
    const char *known[SETTING_COUNT + countof(trees) + 1] = {NULL};
    for (size_t id = 0; id < SETTING_COUNT; id++)
        known[id] = settings_table[id].name;
    for (size_t i = 0; i < countof(trees); i++)
        known[SETTING_COUNT + i] = trees[i].name;
    return refuse_word(reader, key, "setting", key->text, known);
}

static bool read_entry(struct reader *reader, const struct yaml_entry *entry)
{
    const char *key = entry->key->text;
    bool is_null = yaml_is_null(entry->value);
    for (size_t i = 0; i < countof(trees); i++)
        if (!strcmp(trees[i].name, key))
            return is_null || trees[i].read(reader, entry->value);
    for (int id = 0; id < SETTING_COUNT; id++) {
        if (strcmp(settings_table[id].name, key) != 0)
            continue;
        if (id == SETTING_models && entry->value->kind == YAML_MAP)
            return read_models_command(reader, entry->value);
        return is_null || read_setting(reader, (enum setting_id)id, entry->value);
    }
    return refuse_key(reader, entry->key);
}

bool settings_file_apply(struct settings *settings, const char *bytes, size_t size_bytes, struct error *error)
{
    struct reader reader = {.settings = settings, .scratch = talloc_new(NULL), .error = error};
    const struct yaml_value *root = yaml_parse(reader.scratch, SETTINGS_FILE, bytes, size_bytes, ERROR_SETTINGS, error);
    bool is_read = root && expect_kind(&reader, root, YAML_MAP, SETTINGS_FILE);
    for (size_t i = 0; is_read && i < root->count; i++)
        is_read = read_entry(&reader, &root->entries[i]);
    talloc_free(reader.scratch);
    return is_read;
}
