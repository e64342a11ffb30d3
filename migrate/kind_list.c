/* See kind_list.h. */
#include "migrate/kind_list.h"

/* Length up to the first comma outside of quotes, parentheses and brackets. A doubled quote closes and opens again;
 * quote_literal doubles backslashes, so none stands before a quote that ends. */
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
        else if (c == '(' || c == '[')
            depth++;
        else if (c == ')' || c == ']')
            depth--;
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

/* Length of the first word of an item. A doubled quote closes and opens again. */
static size_t name_length(const char *item)
{
    bool is_quoted = false;
    size_t i = 0;
    for (; item[i] && (is_quoted || (item[i] != ' ' && item[i] != '=')); i++)
        is_quoted ^= item[i] == '"';
    return i;
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

const char *kind_list_rest(const char *item)
{
    const char *end = item + name_length(item);
    return *end ? end + 1 : end;
}

bool kind_list_has(const struct kind_list *list, const char *item)
{
    for (size_t i = 0; i < list->count; i++)
        if (!strcmp(list->items[i], item))
            return true;
    return false;
}

bool kind_list_is_same(const char *one, const char *other)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    struct kind_list a = kind_list_split(memory, one), b = kind_list_split(memory, other);
    bool is_same = a.count == b.count;
    for (size_t i = 0; is_same && i < a.count; i++)
        is_same = kind_list_has(&b, a.items[i]);
    talloc_free(memory);
    return is_same;
}

void kind_list_alter_comments(struct emission *emission, const char *identity, const char *from, const char *to)
{
    TALLOC_CTX *memory = emission_memory(emission);
    struct kind_list old = kind_list_split(memory, from), new = kind_list_split(memory, to);
    for (size_t i = 0; i < old.count; i++) {
        const char *name = kind_list_name(memory, old.items[i]);
        if (kind_list_find(&new, name) == new.count)
            emit(emission, EMIT_PLAIN, "COMMENT ON COLUMN %s.%s IS NULL", identity, name);
    }
    for (size_t i = 0; i < new.count; i++)
        if (!kind_list_has(&old, new.items[i]))
            emit(emission, EMIT_PLAIN, "COMMENT ON COLUMN %s.%s", identity, new.items[i]);
}
