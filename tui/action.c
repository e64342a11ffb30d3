/* See action.h. */
#include "tui/action.h"

#include "tui/input.h"

static const struct action_row rows[] = {
#define ACTION(id, where, keys, label, command, text) [ACTION_##id] = {where, keys, label, command, text},
#include "tui/actions.def"
#undef ACTION
};
_Static_assert(countof(rows) == ACTION_COUNT, "every action has its row");

const struct action_row *action_row(enum action action) { return &rows[action]; }

static bool has_key(const struct action_row *row, int key)
{
    for (const char *at = row->keys; *at;) {
        size_t size = strcspn(at, " ");
        if (input_parse(at, size) == key)
            return true;
        at += size;
        at += strspn(at, " ");
    }
    return false;
}

enum action action_of_key(int key, unsigned where)
{
    for (int i = 0; i < ACTION_COUNT; i++)
        if ((rows[i].where & where) && has_key(&rows[i], key))
            return (enum action)i;
    return ACTION_NONE;
}

enum action action_elsewhere(int key) { return action_of_key(key, ANYWHERE); }

const char *action_key(enum action action, char *space)
{
    size_t size = strcspn(rows[action].keys, " ");
    snprintf(space, INPUT_NAME_BYTES, "%.*s", (int)size, rows[action].keys);
    return space;
}

const char *action_home(enum action action)
{
    static const struct {
        unsigned place;
        const char *text;
    } homes[] = {
        {AT_MIGRATIONS, "in Migrations: press 2"},
        {AT_STATUS, "in Status: press 1"},
        {AT_JOURNAL, "in Journal: press 6"},
        {AT_DIFF, "in Diff: press 4"},
        {AT_ENTITIES, "in Entities: press 3"},
        {AT_ACTIVITY, "in Activity: press 5"},
        {AT_SOURCE, "on a file's page"},
        {AT_PLAN, "on a plan page"},
        {AT_RESULT, "on a result page"},
        {AT_LIST, "in lists"},
        {AT_GRID, "in rows (3, Enter)"},
        {AT_ROW, "on a row's page (3, Enter, Enter)"},
        {AT_TREE, "in trees"},
        {AT_PAGER, "on text pages"},
        {AT_PANES, "where there are tabs"},
    };
    for (size_t i = 0; i < countof(homes); i++)
        if (rows[action].where & homes[i].place)
            return homes[i].text;
    return "elsewhere";
}
