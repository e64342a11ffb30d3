/* See kind_list.h. */
#include "migrate/kind_list.h"

/* Length up to the first comma outside of quotes and parentheses. A doubled quote closes and opens again; quote_literal
 * doubles backslashes, so none stands before a quote that ends. */
static size_t item_length(const char *text)
{
    char quote = '\0';
    size_t depth = 0, i = 0;
    for (; text[i]; i++) {
        char c = text[i];
        if (quote)
            quote = c == quote ? '\0' : quote;
        else if (c == '"' || c == '\'')
            quote = c;
        else if (c == '(' || c == ')')
            depth += c == '(' ? 1 : (size_t)-1;
        else if (c == ',' && !depth)
            break;
    }
    return i;
}

struct kind_list kind_list_split(TALLOC_CTX *owner, const char *text)
{
    size_t most = 1;
    for (const char *c = text; c && *c; c++)
        most += *c == ',';
    struct kind_list list = {talloc_zero_array(owner, const char *, (unsigned)most + 1), 0};
    if (!list.items)
        abort();
    while (text && *text) {
        size_t length = item_length(text);
        list.items[list.count++] = talloc_strndup(list.items, text, length);
        text += length;
        text += *text == ',';
        text += strspn(text, " ");
    }
    return list;
}

/* Length of the first word of an item. */
static size_t name_length(const char *item)
{
    if (*item != '"')
        return strcspn(item, " ");
    size_t i = 1;
    while (item[i] && (item[i] != '"' || item[i + 1] == '"'))
        i += item[i] == '"' ? 2 : 1;
    return i + (item[i] == '"');
}

const char *kind_list_name(TALLOC_CTX *owner, const char *item)
{
    return talloc_strndup(owner, item, name_length(item));
}

size_t kind_list_find(const struct kind_list *list, const char *name)
{
    size_t length = strlen(name), i = 0;
    while (i < list->count && (name_length(list->items[i]) != length || memcmp(list->items[i], name, length) != 0))
        i++;
    return i;
}
