/* See kind_privileges.h. */
#include "migrate/kind_privileges.h"

#include "migrate/kind_list.h"

enum hold { HOLDS_NOT, HOLDS, HOLDS_WITH_OPTION };

static enum hold find_hold(const struct kind_list *list, const char *privilege)
{
    size_t length = strlen(privilege);
    for (size_t i = 0; i < list->count; i++)
        if (!strncmp(list->items[i], privilege, length) && (!list->items[i][length] || list->items[i][length] == '*'))
            return list->items[i][length] ? HOLDS_WITH_OPTION : HOLDS;
    return HOLDS_NOT;
}

/* A privilege that goes from one hold to another belongs to the statement that makes the step. */
struct step {
    enum hold least_from, most_from, least_to, most_to;
    const char *verb, *word, *behind;
};

static const struct step steps[] = {
    {HOLDS, HOLDS_WITH_OPTION, HOLDS_NOT, HOLDS_NOT, "REVOKE", "FROM", ""},
    {HOLDS_WITH_OPTION, HOLDS_WITH_OPTION, HOLDS, HOLDS, "REVOKE GRANT OPTION FOR", "FROM", ""},
    {HOLDS_NOT, HOLDS_NOT, HOLDS, HOLDS, "GRANT", "TO", ""},
    {HOLDS_NOT, HOLDS, HOLDS_WITH_OPTION, HOLDS_WITH_OPTION, "GRANT", "TO", " WITH GRANT OPTION"},
};

static const char *add_item(TALLOC_CTX *owner, const char *list, const char *item)
{
    return list ? talloc_asprintf(owner, "%s, %s", list, item) : item;
}

static const char *bare(TALLOC_CTX *owner, const char *item) { return talloc_strndup(owner, item, strcspn(item, "*")); }

/* The privileges of `from` or `to` that make the step; NULL: none does. *is_cascade is set where one was held with
 * option. */
static const char *choose(TALLOC_CTX *owner, const struct step *step, const struct kind_list *from,
                          const struct kind_list *to, bool *is_cascade)
{
    const struct kind_list *list = step->least_from == HOLDS_NOT ? to : from;
    const char *result = NULL;
    for (size_t i = 0; i < list->count; i++) {
        const char *privilege = bare(owner, list->items[i]);
        enum hold old = find_hold(from, privilege), new = find_hold(to, privilege);
        if (old < step->least_from || old > step->most_from || new < step->least_to || new > step->most_to)
            continue;
        *is_cascade = *is_cascade || (old == HOLDS_WITH_OPTION && step->least_from != HOLDS_NOT);
        result = add_item(owner, result, privilege);
    }
    return result;
}

/* "SELECT (a), UPDATE (a)" */
static const char *on_column(TALLOC_CTX *owner, const char *privileges, const char *column)
{
    struct kind_list list = kind_list_split(owner, privileges);
    const char *result = NULL;
    for (size_t i = 0; i < list.count; i++)
        result = add_item(owner, result, talloc_asprintf(owner, "%s (%s)", list.items[i], column));
    return result;
}

struct privilege_statements privileges_change(TALLOC_CTX *owner, const char *object, const char *column,
                                              const char *from, const char *to)
{
    struct privilege_statements result = {.count = 0};
    struct kind_list old = kind_list_split(owner, from), new = kind_list_split(owner, to);
    for (size_t i = 0; i < countof(steps); i++) {
        const struct step *step = &steps[i];
        bool is_cascade = false;
        const char *privileges = choose(owner, step, &old, &new, &is_cascade);
        if (!privileges)
            continue;
        result.items[result.count++] = (struct privilege_statement){
            talloc_asprintf(owner, "%s %s ON %s %s ", step->verb,
                            column ? on_column(owner, privileges, column) : privileges, object, step->word),
            is_cascade ? " CASCADE" : step->behind,
        };
        if (step->least_from != HOLDS_NOT)
            result.revoked = add_item(owner, result.revoked, privileges);
        result.is_cascade = result.is_cascade || is_cascade;
    }
    return result;
}

const char *privileges_common(TALLOC_CTX *owner, const char *list, const char *other)
{
    struct kind_list items = kind_list_split(owner, list), others = kind_list_split(owner, other);
    const char *result = NULL;
    for (size_t i = 0; i < items.count; i++)
        if (find_hold(&others, bare(owner, items.items[i])) != HOLDS_NOT)
            result = add_item(owner, result, items.items[i]);
    return result;
}

const char *privileges_union(TALLOC_CTX *owner, const char *list, const char *other)
{
    struct kind_list items = kind_list_split(owner, list), others = kind_list_split(owner, other);
    const char *result = list;
    for (size_t i = 0; i < others.count; i++)
        if (find_hold(&items, bare(owner, others.items[i])) == HOLDS_NOT)
            result = add_item(owner, result, others.items[i]);
    return result;
}
