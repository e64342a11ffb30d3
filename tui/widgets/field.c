/* See field.h. */
#include "tui/widgets/field.h"

#include "store/text.h"
#include "tui/input.h"

void field_set(struct text_field *field, const char *text)
{
    snprintf(field->text, sizeof field->text, "%s", text);
    field->at = strlen(field->text);
}

static size_t before(const struct text_field *field)
{
    size_t at = field->at;
    while (at > 0 && ((unsigned char)field->text[--at] & 0xc0) == 0x80)
        ;
    return at;
}

static size_t after(const struct text_field *field)
{
    size_t at = field->at;
    if (field->text[at])
        at++;
    while (((unsigned char)field->text[at] & 0xc0) == 0x80)
        at++;
    return at;
}

static void erase_range(struct text_field *field, size_t from, size_t to)
{
    memmove(field->text + from, field->text + to, strlen(field->text + to) + 1);
    field->at = from;
}

static size_t word_before(const struct text_field *field)
{
    size_t at = field->at;
    while (at > 0 && field->text[at - 1] == ' ')
        at--;
    while (at > 0 && field->text[at - 1] != ' ')
        at--;
    return at;
}

static bool insert(struct text_field *field, int key)
{
    unsigned char bytes[8];
    size_t size = input_encode(key, bytes);
    if (text_is_hostile((uint32_t)key) || strlen(field->text) + size >= sizeof field->text)
        return true;
    memmove(field->text + field->at + size, field->text + field->at, strlen(field->text + field->at) + 1);
    memcpy(field->text + field->at, bytes, size);
    field->at += size;
    return true;
}

bool field_key(struct text_field *field, int key)
{
    if (key >= INPUT_SPACE && key < INPUT_UP && key != INPUT_BACKSPACE)
        return insert(field, key);
    switch (key) {
    case INPUT_BACKSPACE:
        erase_range(field, before(field), field->at);
        return true;
    case INPUT_DELETE:
    case INPUT_CONTROL('d'):
        erase_range(field, field->at, after(field));
        return true;
    case INPUT_CONTROL('u'):
        erase_range(field, 0, field->at);
        return true;
    case INPUT_CONTROL('k'):
        field->text[field->at] = '\0';
        return true;
    case INPUT_CONTROL('w'):
        erase_range(field, word_before(field), field->at);
        return true;
    case INPUT_LEFT:
    case INPUT_CONTROL('b'):
        field->at = before(field);
        return true;
    case INPUT_RIGHT:
    case INPUT_CONTROL('f'):
        field->at = after(field);
        return true;
    case INPUT_HOME:
    case INPUT_CONTROL('a'):
        field->at = 0;
        return true;
    case INPUT_END:
    case INPUT_CONTROL('e'):
        field->at = strlen(field->text);
        return true;
    default:
        return false;
    }
}

void field_draw(struct terminal *terminal, struct area area, const char *prompt, const char *text, size_t at)
{
    int used = terminal_put(terminal, area.row, area.column, area.columns, LOOK_STRONG, prompt);
    int room = area.columns - used - 1;
    char *left = talloc_strndup(terminal, text, at);
    size_t from = 0;
    while (room > 0 && text_width(left + from) > room) {
        uint32_t character;
        int length = text_character(left + from, strlen(left + from), &character);
        from += length ? (size_t)length : 1;
    }
    terminal_put(terminal, area.row, area.column + used, room + 1, LOOK_PLAIN, text + from);
    terminal_cursor(terminal, area.row, area.column + used + text_width(left + from));
    talloc_free(left);
}
