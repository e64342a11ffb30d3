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

/* The privileges of `list` that make the step; "" where none does. *is_cascade is set where one was held with option.
 */
static const char *choose(TALLOC_CTX *owner, const struct step *step, const struct kind_list *list,
                          const struct kind_list *from, const struct kind_list *to, const char *column,
                          bool *is_cascade)
{
    const char *text = "";
    for (size_t i = 0; i < list->count; i++) {
        size_t length = strcspn(list->items[i], "*");
        const char *privilege = talloc_strndup(owner, list->items[i], length);
        enum hold old = find_hold(from, privilege), new = find_hold(to, privilege);
        if (old < step->least_from || old > step->most_from || new < step->least_to || new > step->most_to)
            continue;
        *is_cascade = *is_cascade || old == HOLDS_WITH_OPTION;
        text = talloc_asprintf(owner, "%s%s%s%s%s%s", text, *text ? ", " : "", privilege, column ? " (" : "",
                               column ? column : "", column ? ")" : "");
    }
    return text;
}

struct privilege_statements privileges_change(TALLOC_CTX *owner, const char *object, const char *column,
                                              const char *from, const char *to)
{
    struct privilege_statements result = {.count = 0};
    struct kind_list old = kind_list_split(owner, from), new = kind_list_split(owner, to);
    for (size_t i = 0; i < countof(steps); i++) {
        bool is_revoke = steps[i].least_from != HOLDS_NOT, is_cascade = false;
        const char *list = choose(owner, &steps[i], is_revoke ? &old : &new, &old, &new, column, &is_cascade);
        if (!*list)
            continue;
        result.items[result.count++] = (struct privilege_statement){
            talloc_asprintf(owner, "%s %s ON %s %s ", steps[i].verb, list, object, steps[i].word),
            is_revoke && is_cascade ? " CASCADE" : steps[i].behind,
        };
        if (is_revoke)
            result.revoked = result.revoked ? talloc_asprintf(owner, "%s, %s", result.revoked, list) : list;
    }
    return result;
}
