/* See sample.h. */
#include "tui/sample.h"

#include "store/settings.h"

char *sample_settings(TALLOC_CTX *owner)
{
    char *text = talloc_strdup(
        owner, "# pgdeck.yaml - every key is shown with its default; take away the # of what you change.\n"
               "# Later layers win: this file, .env, the environment, options of the command line.\n");
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        const struct setting *setting = &settings_table[i];
        text = talloc_asprintf_append_buffer(text, "\n# %s\n", setting->text);
        if (setting->type == SETTING_CHOICE)
            text = talloc_asprintf_append_buffer(text, "# One of %s.\n", setting->unit);
        if (setting->variable)
            text = talloc_asprintf_append_buffer(text, "# Environment: %s\n", setting->variable);
        text = talloc_asprintf_append_buffer(text, *setting->value ? "#%s: %s\n" : "#%s: \"%s\"\n", setting->name,
                                             setting->value);
    }
    return talloc_strdup_append_buffer(
        text,
        "\n# Databases by name. guard: open (asks y/n), confirm (asks for the database's name), read-only (refuses "
        "writes).\n"
        "# ${NAME} is taken from the environment or .env: keep passwords there, in .pgpass or in a service file.\n"
        "#targets:\n"
        "#  staging:\n"
        "#    url: postgresql://app@staging.example/shop\n"
        "#    guard: open\n"
        "#  production:\n"
        "#    url: ${PRODUCTION_URL}\n"
        "#    guard: confirm\n"
        "#    colour: red\n"
        "\n# The tests that `pgdeck rehearse` runs where none are given behind \"--\"; a program and its arguments, no "
        "shell.\n"
        "#rehearse: [make, test]\n");
}
