/* See models.h. */
#include "migrate/models.h"

#include <errno.h>
#include <sys/stat.h>

#include "migrate/file_text.h"
#include "store/digest.h"
#include "store/output.h"
#include "store/suggest.h"

#define SCRIPT_NAME "DDL of the models" /* where a line of it is not traced back */
#define PROGRAM_LIMIT_MS 120000

/* ---- .sql files of the folder ---- */

static void add_error(struct model *model, const char *shown, const struct error *error)
{
    model_add_finding(
        model, &(struct model_finding){
                   .rule = MODEL_BASE,
                   .grade = MODEL_DEFECT,
                   .place = {.file = error->file ? error->file : shown, .line = error->line, .column = error->column},
                   .message = error->message,
                   .hint = error->hint,
               });
}

static void add_finding(struct model *model, const char *file, int line, const char *message, const char *hint)
{
    model_add_finding(model, &(struct model_finding){.rule = MODEL_BASE,
                                                     .grade = MODEL_DEFECT,
                                                     .place = {.file = file, .line = line, .column = 1},
                                                     .message = message,
                                                     .hint = hint});
}

/* The head of a .sql file: comments before anything else, of which "-- pgdeck: before-tables" is for us. */
static void read_head(struct model *model, struct model_ddl_file *file)
{
    static const char mark[] = "-- pgdeck:", allowance[] = "allow secrets because ";
    int number = 1;
    for (const char *at = file->text; !strncmp(at, "--", 2) || *at == '\n'; number++) {
        size_t size = strcspn(at, "\n");
        if (!strncmp(at, mark, strlen(mark))) {
            const char *word = at + strlen(mark) + strspn(at + strlen(mark), " \t");
            size_t length = (size_t)(at + size - word);
            while (length && strchr(" \t", word[length - 1]))
                length--;
            if (length == strlen("before-tables") && !strncmp(word, "before-tables", length))
                file->when = DDL_BEFORE_TABLES;
            else if (strncmp(word, allowance, strlen(allowance)) != 0) /* that one is for another rule */
                add_finding(model, file->file, number, "pgdeck does not know this word of the file's head",
                            "A .sql file of the models takes \"-- pgdeck: before-tables\".");
        }
        at += size + (at[size] ? 1 : 0);
    }
}

static bool read_sql_files(struct models *models, const struct settings *settings, const char *path,
                           struct error *error)
{
    struct model *model = models->model;
    struct model_ddl_file *files = talloc_zero_size(models, (model->sql_files.count + 1) * sizeof *files);
    if (!files)
        abort();
    for (size_t i = 0; i < model->sql_files.count; i++) {
        const char *name = model->sql_files.items[i];
        const char *shown = talloc_asprintf(models, "%s/%s", models->source, name);
        struct script *script = script_read(models, talloc_asprintf(models, "%s/%s", path, name), shown,
                                            settings_number(settings, SETTING_file_size), error);
        if (!script && error->code != ERROR_PROJECT)
            return false;
        if (!script) {
            add_error(model, shown, error);
            error_clear(error);
            continue;
        }
        struct model_ddl_file *file = &files[models->file_count++];
        *file = (struct model_ddl_file){.file = shown, .text = script->text};
        read_head(model, file);
    }
    models->files = files;
    return true;
}

/* ---- the folder ---- */

static bool read_folder(struct models *models, const struct settings *settings, struct error *error)
{
    struct stat status;
    char *path = settings_path(models, settings, SETTING_models);
    models->source = settings_text(settings, SETTING_models);
    bool is_default = settings_value(settings, SETTING_models)->layer == LAYER_DEFAULT;
    if (is_default && stat(path, &status) < 0 && errno == ENOENT)
        return true;
    models->model = model_load(models, path, models->source, settings_number(settings, SETTING_file_size), error);
    if (!models->model || !read_sql_files(models, settings, path, error))
        return false;
    model_ddl_check(models->model);
    const struct model *model = models->model;
    bool is_empty = !model->entity_count && !model->type_count && !model->extension_count && !models->file_count &&
                    !model->finding_count;
    models->kind = is_empty ? MODELS_NONE : MODELS_DECLARED;
    return true;
}

/* ---- the program ---- */

/* YAML documents open with a line of dashes, a comment of YAML, or a key; SQL does with none of them. */
static bool is_yaml(const char *text)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
    text += strspn(text, " \t\r\n");
    if (!strncmp(text, "---", 3) && strchr(" \t\r\n", text[3]))
        return true;
    if (*text && strchr("#{%\"'", *text))
        return true;
    size_t word = strspn(text, letters);
    return word && text[word] == ':' && text[word + 1] != '=' && text[word + 1] != ':';
}

static bool take_ddl(struct models *models, const char *text, size_t size_bytes, struct error *error)
{
    struct script *script = talloc_zero(models, struct script);
    if (!script)
        abort();
    *script = (struct script){.path = models->source, .text = text, .size_bytes = size_bytes};
    script->checksum = digest_sha256(script, text, size_bytes);
    if (!statement_split(script, script->path, text, size_bytes, METAS_RESTRICT_PASSED, &script->statements, error))
        return false;
    models->printed = script;
    models->kind = MODELS_PRINTED;
    if (script->statements.count)
        return true;
    error_set(error, ERROR_PROJECT, "the program of the models printed no statement");
    return error_hint(error, "It must print CREATE statements or YAML documents to its standard output.");
}

static bool read_program(struct models *models, const struct settings *settings, const char *const *words,
                         const struct models_options *options, struct error *error)
{
    struct output_program program = {
        .what = "the program of the models",
        .where = "models in pgdeck.yaml",
        .words = words,
        .directory = settings_directory(settings),
        .environment = options->environment,
        .limit_bytes = settings_number(settings, SETTING_file_size),
        .timeout_ms = PROGRAM_LIMIT_MS,
        .cancel = options->cancel,
    };
    struct output output;
    const char *text;
    models->source = talloc_asprintf(models, "output of %s", output_words(models, words));
    if (!output_capture(models, &program, &output, error) ||
        !file_text_clean(output.bytes, models->source, &text, &output.size_bytes, error))
        return false;
    models->said = output.said;
    if (!is_yaml(text))
        return take_ddl(models, text, output.size_bytes, error);
    models->model = model_parse(
        models,
        &(struct model_input){
            .file = models->source, .bytes = text, .size_bytes = output.size_bytes, .documents = MODEL_DOCUMENTS},
        1);
    model_ddl_check(models->model);
    models->kind = MODELS_DECLARED;
    return true;
}

struct models *models_read(TALLOC_CTX *owner, const struct settings *settings, const struct models_options *options,
                           struct error *error)
{
    struct models *models = talloc_zero(owner, struct models);
    if (!models)
        abort();
    const char *const *words = settings_models_command(settings);
    if (words ? read_program(models, settings, words, options, error) : read_folder(models, settings, error))
        return models;
    talloc_free(models);
    return NULL;
}

/* ---- the script ---- */

static bool make_script(struct models_script *result, const struct models *models, struct error *error)
{
    result->ddl = model_ddl_make(result, models->model, models->files, models->file_count);
    struct script *script = talloc_zero(result, struct script);
    if (!script)
        abort();
    *script = (struct script){.path = SCRIPT_NAME, .text = result->ddl->text, .size_bytes = result->ddl->size_bytes};
    script->checksum = digest_sha256(script, script->text, script->size_bytes);
    result->script = script;
    return statement_split(script, script->path, script->text, script->size_bytes, METAS_RESTRICT_PASSED,
                           &script->statements, error) ||
           models_relocate(result, error);
}

struct models_script *models_script(TALLOC_CTX *owner, const struct models *models, struct error *error)
{
    struct models_script *result = talloc_zero(owner, struct models_script);
    if (!result)
        abort();
    result->script = models->printed;
    bool ok = true;
    if (models->kind == MODELS_NONE) {
        ok = error_set(error, ERROR_PROJECT, "the project declares no models: there is nothing in %s", models->source);
        error_hint(error, "Set models in pgdeck.yaml: a folder of YAML files, or {command: [PROGRAM, ...]}.");
    } else if (models->kind == MODELS_DECLARED) {
        ok = model_check_tables(models->model, error) && make_script(result, models, error);
    }
    if (ok)
        return result;
    talloc_free(result);
    return NULL;
}

struct model_place models_origin(const struct models_script *script, const char *file, int line, int column)
{
    const struct model_ddl *ddl = script->ddl;
    if (!ddl || !file || strcmp(file, script->script->path) != 0 || line < 1 || (size_t)line > ddl->line_count)
        return (struct model_place){.file = file, .line = line, .column = column};
    struct model_place origin = ddl->origins[line - 1];
    origin.column = origin.column ? origin.column : column;
    return origin;
}

bool models_relocate(const struct models_script *script, struct error *error)
{
    struct model_place place = models_origin(script, error->file, error->line, error->column);
    if (place.file != error->file) {
        error_place(error, place.file, place.line, place.column);
        error->statement = 0; /* it counted statements of ours */
    }
    return false;
}
