/* See commas.h. */
#include "store/model/commas.h"

enum { PIECES_MOST = 64 };

/* Parentheses that stay open behind the text; -1 where one is closed that was not opened. */
static int open_after(const char *text, int open)
{
    char quote = 0;
    for (; *text && open >= 0; text++) {
        if (quote)
            quote = *text == quote ? 0 : quote;
        else if (*text == '\'' || *text == '"')
            quote = *text;
        else
            open += (*text == '(') - (*text == ')');
    }
    return open;
}

static bool is_piece(const struct yaml_value *value) { return value->kind == YAML_TEXT && value->is_plain; }

/* The piece that entry or item number `index` is, behind a text that a comma has cut; NULL where it is none. */
static const char *piece_at(const struct yaml_value *parent, size_t index)
{
    if (index >= parent->count)
        return NULL;
    if (parent->kind == YAML_LIST)
        return is_piece(parent->items[index]) ? parent->items[index]->text : NULL;
    const struct yaml_entry *entry = &parent->entries[index];
    bool is_bare = is_piece(entry->key) && is_piece(entry->value) && !entry->value->text[0];
    return is_bare ? entry->key->text : NULL;
}

/* How many pieces follow `text`, which stands before number `index`, until its parentheses are closed; 0: none do. */
static size_t count_pieces(const struct yaml_value *parent, size_t index, const struct yaml_value *text)
{
    int open = is_piece(text) ? open_after(text->text, 0) : 0;
    size_t count = 0;
    for (const char *piece; open > 0 && count < PIECES_MOST && (piece = piece_at(parent, index + count)); count++)
        open = open_after(piece, open);
    return open == 0 ? count : 0;
}

static const struct yaml_value *join(TALLOC_CTX *owner, const struct yaml_value *parent, size_t index, size_t count,
                                     const struct yaml_value *text)
{
    struct yaml_value *joined = talloc_memdup(owner, text, sizeof *text);
    if (!joined)
        abort();
    char *whole = talloc_strdup(joined, text->text);
    for (size_t i = 0; i < count; i++)
        whole = talloc_asprintf_append_buffer(whole, ", %s", piece_at(parent, index + i));
    joined->text = whole;
    return joined;
}

static const struct yaml_value *join_map(TALLOC_CTX *owner, const struct yaml_value *map)
{
    struct yaml_value *joined = talloc_memdup(owner, map, sizeof *map);
    struct yaml_entry *entries = talloc_zero_size(owner, (map->count + 1) * sizeof *entries);
    if (!joined || !entries)
        abort();
    size_t count = 0;
    for (size_t i = 0; i < map->count; i++) {
        const struct yaml_entry *entry = &map->entries[i];
        size_t pieces = count_pieces(map, i + 1, entry->value);
        entries[count++] = (struct yaml_entry){.key = entry->key,
                                               .value = pieces ? join(owner, map, i + 1, pieces, entry->value)
                                                               : commas_join(owner, entry->value)};
        i += pieces;
    }
    joined->entries = entries;
    joined->count = count;
    return joined;
}

static const struct yaml_value *join_list(TALLOC_CTX *owner, const struct yaml_value *list)
{
    struct yaml_value *joined = talloc_memdup(owner, list, sizeof *list);
    const struct yaml_value **items = talloc_zero_size(owner, (list->count + 1) * sizeof *items);
    if (!joined || !items)
        abort();
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++) {
        size_t pieces = count_pieces(list, i + 1, list->items[i]);
        items[count++] = pieces ? join(owner, list, i + 1, pieces, list->items[i]) : commas_join(owner, list->items[i]);
        i += pieces;
    }
    joined->items = items;
    joined->count = count;
    return joined;
}

const struct yaml_value *commas_join(TALLOC_CTX *owner, const struct yaml_value *value)
{
    if (value->kind == YAML_MAP)
        return join_map(owner, value);
    return value->kind == YAML_LIST ? join_list(owner, value) : value;
}
