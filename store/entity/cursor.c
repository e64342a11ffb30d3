/* See cursor.h. */
#include "store/entity/cursor.h"

#include <jansson.h>
#include <openssl/evp.h>

static const struct entity_column place_column = {
    .name = "ctid", .type = "tid", .base = "tid", .order_schema = "pg_catalog", .is_bounded = true};

/* Of a table and those that inherit from it. */
static const struct entity_column member_column = {
    .name = "tableoid", .type = "oid", .base = "oid", .order_schema = "pg_catalog", .is_bounded = true};

static void add_column(struct cursor_order *order, const struct entity_column *column)
{
    for (size_t i = 0; i < order->count; i++)
        if (order->columns[i] == column)
            return;
    if (order->count < CURSOR_COLUMNS)
        order->columns[order->count++] = column;
}

bool cursor_order_make(const struct entity *entity, const struct entity_query *query, struct cursor_order *order,
                       struct error *error)
{
    *order = (struct cursor_order){.is_descending = query->order == SORT_DESCENDING};
    if (query->sort && !query->sort->order_schema) {
        error_set(error, ERROR_USAGE, "%s cannot be sorted by %s: its type, %s, has no order", entity->name,
                  query->sort->name, query->sort->type);
        return error_hint(error, "Sort by another column, or by none: then the key decides.");
    }
    if (query->sort)
        add_column(order, query->sort);
    for (size_t i = 0; i < entity->key_count; i++)
        add_column(order, entity->key[i]);
    order->has_ties = !entity->key_count && entity->kind != ENTITY_TABLE && entity->kind != ENTITY_MATERIALIZED;
    if (entity->has_children)
        add_column(order, &member_column);
    if ((!entity->key_count || entity->has_children) && !order->has_ties)
        add_column(order, &place_column);
    for (size_t i = 0; order->has_ties && i < entity->column_count; i++)
        if (entity->columns[i].order_schema)
            add_column(order, &entity->columns[i]);
    return true;
}

/* Names the sort, so that a cursor of another query is not taken for one of this. */
static json_t *head(const struct cursor_order *order)
{
    json_t *array = json_array();
    json_array_append_new(array, json_string(order->is_descending ? "<" : ">"));
    for (size_t i = 0; i < order->count; i++)
        json_array_append_new(array, json_string(order->columns[i]->name));
    return array;
}

char *cursor_write(TALLOC_CTX *owner, const struct cursor_order *order, const struct cursor *cursor)
{
    json_t *array = json_array();
    json_array_append_new(array, head(order));
    for (size_t i = 0; i < order->count; i++)
        json_array_append_new(array, cursor->values[i] ? json_string(cursor->values[i]) : json_null());
    if (order->has_ties)
        json_array_append_new(array, json_integer((json_int_t)cursor->passed));
    char *text = json_dumps(array, JSON_COMPACT);
    json_decref(array);
    size_t size = strlen(text);
    char *result = talloc_zero_size(owner, (size + 2) / 3 * 4 + 1);
    if (!result)
        abort();
    EVP_EncodeBlock((unsigned char *)result, (const unsigned char *)text, (int)size);
    free(text);
    for (char *at = result; *at; at++) /* so that it needs no quotes anywhere */
        *at = *at == '+' ? '-' : *at == '/' ? '_' : *at;
    result[strcspn(result, "=")] = '\0';
    return result;
}

static json_t *decode(TALLOC_CTX *memory, const char *text)
{
    size_t size = strlen(text), padded = (size + 3) / 4 * 4;
    char *plain = talloc_zero_size(memory, padded + 1);
    unsigned char *bytes = talloc_zero_size(memory, padded + 1);
    if (!plain || !bytes)
        abort();
    for (size_t i = 0; i < padded; i++) {
        char c = i < size ? text[i] : '=';
        plain[i] = c == '-' ? '+' : c == '_' ? '/' : c;
    }
    int decoded = EVP_DecodeBlock(bytes, (const unsigned char *)plain, (int)padded);
    decoded -= (int)(padded - size);
    return decoded > 0 ? json_loadb((const char *)bytes, (size_t)decoded, 0, NULL) : NULL;
}

static bool take_values(TALLOC_CTX *owner, const struct cursor_order *order, const json_t *array, struct cursor *cursor)
{
    json_t *expected = head(order);
    bool ok =
        json_array_size(array) == order->count + 1 + order->has_ties && json_equal(json_array_get(array, 0), expected);
    json_decref(expected);
    for (size_t i = 0; ok && i < order->count; i++) {
        const json_t *value = json_array_get(array, i + 1);
        ok = json_is_string(value) || (json_is_null(value) && order->columns[i]->is_nullable);
        cursor->values[i] = json_is_string(value) ? talloc_strdup(owner, json_string_value(value)) : NULL;
    }
    json_int_t passed = json_integer_value(json_array_get(array, order->count + 1)); /* 0 where there is none */
    cursor->passed = passed > 0 && passed < INT32_MAX ? (size_t)passed : 0;
    return ok;
}

bool cursor_read(TALLOC_CTX *owner, const struct cursor_order *order, const char *text, struct cursor *cursor,
                 struct error *error)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    json_t *array = decode(memory, text);
    bool ok = array && take_values(owner, order, array, cursor);
    json_decref(array);
    talloc_free(memory);
    return ok || cursor_refuse(text, error);
}

bool cursor_refuse(const char *text, struct error *error)
{
    error_set(error, ERROR_USAGE, "the cursor \"%.40s\" does not belong to this query", text);
    return error_hint(error, "Give the \"next\" of an answer with the same entity and order, or none to start anew.");
}
