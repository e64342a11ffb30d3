/* See deck.h. */
#include "tests/lib/deck.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

struct deck_scene *deck_scene_start(TALLOC_CTX *owner)
{
    struct deck_scene *scene = talloc_zero(owner, struct deck_scene);
    scene->server = test_server_start(scene, NULL);
    scene->home = test_directory(scene);
    scene->target = talloc_asprintf(scene, "host=%s port=5432 dbname=" DECK_DATABASE " user=postgres",
                                    test_server_host(scene->server));
    return scene;
}

void deck_scene_settings(struct deck_scene *scene, const char *more)
{
    static const char *const targets[][2] = {{"open", "open"}, {"careful", "confirm"}, {"locked", "read-only"}};
    char *text = talloc_asprintf(scene, "server_binaries: %s\ntargets:\n", test_server_binaries(scene->server));
    for (size_t i = 0; i < countof(targets); i++)
        text = talloc_asprintf_append(text, "  %s:\n    url: \"%s application_name=%s\"\n    guard: %s\n",
                                      targets[i][0], scene->target, targets[i][0], targets[i][1]);
    test_write(scene->project, "pgdeck.yaml", talloc_asprintf_append(text, "%s", more));
}

void deck_scene_write(struct deck_scene *scene, const char *name, const char *text)
{
    test_write(scene->project, talloc_asprintf(scene, "migrations/%s", name), text);
}

void deck_scene_reset(struct deck_scene *scene)
{
    talloc_free(scene->oracle);
    test_server_drop_database(scene->server, DECK_DATABASE);
    test_server_create_database(scene->server, DECK_DATABASE);
    scene->oracle = oracle_open(scene, scene->server, DECK_DATABASE);
    scene->project = test_directory(scene);
    deck_scene_settings(scene, "");
    deck_scene_write(scene, "001_first.sql", "CREATE TABLE first (id integer);\n");
    deck_scene_write(scene, "002_second.sql", "CREATE TABLE second (id integer);\nINSERT INTO second VALUES (1);\n");
}

static bool wants_json(const char *const *words)
{
    for (; *words; words++)
        if (!strcmp(*words, "--json"))
            return true;
    return false;
}

void deck_scene_start_program(struct deck_scene *scene, const char *const *environment, const char *const *words)
{
    const char *all[32] = {"-C", scene->project};
    size_t count = 2;
    for (size_t i = 0; words[i] && count < countof(all) - 1; i++)
        all[count++] = words[i];
    json_decref(scene->document);
    scene->document = wants_json(words) ? json_null() : NULL;
    scene->program = program_start(scene, scene->home, environment, all);
}

void deck_scene_finish(struct deck_scene *scene, int status)
{
    program_wait(scene->program, DECK_PATIENCE_MS);
    if (scene->program->exit_status != status)
        fail_msg("exit status %d, not %d\nstdout: %s\nstderr: %s", scene->program->exit_status, status,
                 scene->program->out, scene->program->err);
    if (!scene->document)
        return;
    json_error_t problem;
    scene->document = json_loads(scene->program->out, JSON_REJECT_DUPLICATES, &problem);
    if (!scene->document)
        fail_msg("stdout is not one JSON document: %s: %s", problem.text, scene->program->out);
    assert_int_equal(json_integer_value(json_object_get(scene->document, "format")), 1);
    assert_true(json_is_string(json_object_get(scene->document, "command")));
}

void deck_scene_run(struct deck_scene *scene, int status, const char *const *words)
{
    deck_scene_start_program(scene, NULL, words);
    deck_scene_finish(scene, status);
}

const json_t *deck_scene_value(const struct deck_scene *scene, const char *path)
{
    const json_t *value = scene->document;
    while (value && *path) {
        size_t length = strcspn(path, ".");
        char *key = talloc_strndup(NULL, path, length);
        value = json_is_array(value) ? json_array_get(value, strtoul(key, NULL, 10)) : json_object_get(value, key);
        talloc_free(key);
        path += length + (path[length] == '.');
    }
    return value;
}

const char *deck_scene_text(struct deck_scene *scene, const char *path)
{
    const json_t *value = deck_scene_value(scene, path);
    if (!value)
        fail_msg("the document has no %s: %s", path, scene->program->out);
    if (json_is_string(value))
        return json_string_value(value);
    char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
    char *copy = talloc_strdup(scene, text);
    free(text);
    return copy;
}
