/* See text.h. Decoding is our own, so that neither the locale nor a C library decides what is harmless; only
 * widths are the locale's. Every function is linear in its input. */
#include "store/text.h"

#include <langinfo.h>
#include <limits.h>
#include <wchar.h>

enum { TAB_STOP = 8 };

/* A text that grows; `bytes` is a talloc array of `room` bytes. */
struct buffer {
    char *bytes;
    size_t size, room;
};

static void reserve(struct buffer *buffer, size_t more)
{
    if (buffer->room - buffer->size >= more)
        return;
    while (buffer->room - buffer->size < more)
        buffer->room *= 2;
    buffer->bytes = talloc_realloc_size(NULL, buffer->bytes, buffer->room);
    if (!buffer->bytes)
        abort();
}

static struct buffer buffer_new(TALLOC_CTX *owner, size_t room)
{
    struct buffer buffer = {.bytes = talloc_size(owner, room + 1), .room = room + 1};
    if (!buffer.bytes)
        abort();
    return buffer;
}

static void append(struct buffer *buffer, const char *bytes, size_t size_bytes)
{
    reserve(buffer, size_bytes);
    memcpy(buffer->bytes + buffer->size, bytes, size_bytes);
    buffer->size += size_bytes;
}

static char *finish(struct buffer *buffer)
{
    append(buffer, "", 1);
    return buffer->bytes;
}

int text_character(const char *text, size_t size_bytes, uint32_t *character)
{
    /* By leading byte: length, and the least code point, so that no character has two spellings. RFC 3629. */
    const unsigned char *bytes = (const unsigned char *)text;
    if (size_bytes == 0)
        return 0;
    if (bytes[0] < 0x80) {
        *character = bytes[0];
        return 1;
    }
    int length = bytes[0] >= 0xF0 ? 4 : bytes[0] >= 0xE0 ? 3 : 2;
    if (bytes[0] < 0xC2 || bytes[0] > 0xF4 || size_bytes < (size_t)length)
        return 0;
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    uint32_t code = bytes[0] & (0x7Fu >> length);
    for (int i = 1; i < length; i++) {
        if ((bytes[i] & 0xC0) != 0x80)
            return 0;
        code = code << 6 | (bytes[i] & 0x3F);
    }
    if (code < least[length] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
        return 0;
    *character = code;
    return length;
}

ptrdiff_t text_first_invalid(const char *text, size_t size_bytes)
{
    for (size_t at = 0; at < size_bytes;) {
        uint32_t character;
        int length = text_character(text + at, size_bytes - at, &character);
        if (length == 0)
            return (ptrdiff_t)at;
        at += (size_t)length;
    }
    return -1;
}

char *text_encode(TALLOC_CTX *owner, const char *text, size_t size_bytes)
{
    struct buffer out = buffer_new(owner, size_bytes);
    for (size_t at = 0; at < size_bytes;) {
        uint32_t character;
        int length = text_character(text + at, size_bytes - at, &character);
        if (length == 0 || character == 0)
            append(&out, "\xEF\xBF\xBD", 3);
        else
            append(&out, text + at, (size_t)length);
        at += length ? (size_t)length : 1;
    }
    return finish(&out);
}

/* Ascending. Sources: Unicode 15, general categories Cc, Cf, Zl, Zp and Default_Ignorable_Code_Point without the
 * variation selectors of the BMP, which only choose a glyph. */
static const struct {
    uint32_t first, last;
} hostile[] = {
    {0x00, 0x1F},     {0x7F, 0x9F},       {0xAD, 0xAD},       {0x34F, 0x34F},     {0x61C, 0x61C},
    {0x115F, 0x1160}, {0x17B4, 0x17B5},   {0x180E, 0x180E},   {0x200B, 0x200F},   {0x2028, 0x202E},
    {0x2060, 0x206F}, {0x3164, 0x3164},   {0xFDD0, 0xFDEF},   {0xFEFF, 0xFEFF},   {0xFFA0, 0xFFA0},
    {0xFFF0, 0xFFFB}, {0x13430, 0x1343F}, {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF},
};

bool text_is_hostile(uint32_t character)
{
    if (character >= 0x20 && character < 0x7F)
        return false;
    if ((character & 0xFFFE) == 0xFFFE || character > 0x10FFFF)
        return true;
    size_t low = 0, high = countof(hostile);
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (character > hostile[middle].last)
            low = middle + 1;
        else
            high = middle;
    }
    return low < countof(hostile) && character >= hostile[low].first;
}

/* Columns of one character; one for what the locale does not know, for a terminal shows something there. */
static int columns_of(uint32_t character)
{
    if (character >= 0x20 && character < 0x7F)
        return 1;
    int columns = wcwidth((wchar_t)character);
    return columns < 0 ? 1 : columns;
}

/* Writes what stands for a hostile character or, with length 0, for an invalid byte. Returns its columns. By hand:
 * printf takes ten times as long, and a file may be nothing but such bytes. */
static size_t append_escape(struct buffer *out, uint32_t character, int length)
{
    char escape[10] = {'\\', length < 2 ? 'x' : character <= 0xFFFF ? 'u' : 'U'};
    size_t digits = length < 2 ? 2 : character <= 0xFFFF ? 4 : 8;
    for (size_t i = digits; i > 0; i--, character >>= 4)
        escape[1 + i] = "0123456789ABCDEF"[character & 0xF];
    append(out, escape, 2 + digits);
    return 2 + digits;
}

static size_t plain_run(const char *text, size_t size_bytes)
{
    size_t run = 0;
    while (run < size_bytes && text[run] >= 0x20 && text[run] < 0x7F)
        run++;
    return run;
}

char *text_sanitise(TALLOC_CTX *owner, const char *text, size_t size_bytes, enum text_lines lines)
{
    struct buffer out = buffer_new(owner, size_bytes);
    size_t column = 0;
    for (size_t at = 0; at < size_bytes;) {
        size_t run = plain_run(text + at, size_bytes - at);
        append(&out, text + at, run);
        column += run;
        at += run;
        if (at == size_bytes)
            break;
        uint32_t character = (unsigned char)text[at];
        int length = text_character(text + at, size_bytes - at, &character);
        if (lines == TEXT_KEEP_NEWLINES && character == '\n') {
            append(&out, "\n", 1);
            column = 0;
        } else if (lines == TEXT_KEEP_NEWLINES && character == '\t') {
            size_t spaces = TAB_STOP - column % TAB_STOP;
            append(&out, "        ", spaces);
            column += spaces;
        } else if (character == '\n' || character == '\t') {
            append(&out, character == '\n' ? "\\n" : "\\t", 2);
        } else if (length == 0 || text_is_hostile(character)) {
            column += append_escape(&out, character, length);
        } else {
            append(&out, text + at, (size_t)length);
            column += lines == TEXT_KEEP_NEWLINES ? (size_t)columns_of(character) : 0; /* for tabs only */
        }
        at += length ? (size_t)length : 1;
    }
    return finish(&out);
}

/* The next character of a text that ends with NUL: its bytes and columns. */
static size_t step(const char *text, size_t size_bytes, int *columns)
{
    uint32_t character = '?';
    int length = text_character(text, size_bytes, &character);
    *columns = columns_of(character);
    return length ? (size_t)length : 1;
}

bool text_is_plain(const char *text)
{
    size_t size = strlen(text);
    return plain_run(text, size) == size;
}

int text_width(const char *sanitised)
{
    size_t size = strlen(sanitised);
    if (size <= INT_MAX && plain_run(sanitised, size) == size)
        return (int)size;
    int64_t width = 0, widest = 0;
    for (size_t at = 0; at < size;) {
        int columns;
        bool ends_line = sanitised[at] == '\n';
        at += step(sanitised + at, size - at, &columns);
        width = ends_line ? 0 : width + columns;
        widest = width > widest ? width : widest;
    }
    return widest > INT_MAX ? INT_MAX : (int)widest;
}

char *text_fit(TALLOC_CTX *owner, const char *sanitised, int columns)
{
    size_t size = strlen(sanitised), end = 0, cut = 0;
    int width = 0, cut_width = 0;
    bool fits = true;
    while (end < size) {
        int more;
        size_t length = step(sanitised + end, size - end, &more);
        fits = sanitised[end] != '\n' && width + more <= columns;
        if (!fits)
            break;
        width += more;
        end += length;
        /* The last place where the mark still has its column; combining characters behind it belong to it. */
        if (width < columns) {
            cut = end;
            cut_width = width;
        }
    }
    struct buffer out = buffer_new(owner, end + 4);
    if (columns > 0) {
        append(&out, sanitised, fits ? end : cut);
        const char *mark = text_locale_is_utf8() ? "\xE2\x80\xA6" : "~";
        if (!fits)
            append(&out, mark, strlen(mark));
        for (int filled = fits ? width : cut_width + 1; filled < columns; filled++)
            append(&out, " ", 1);
    }
    return finish(&out);
}

bool text_locale_is_utf8(void) { return !strcmp(nl_langinfo(CODESET), "UTF-8"); }

void text_append(char *buffer, size_t size_bytes, const char *more)
{
    size_t used = strlen(buffer), length = strlen(more);
    if (used + length >= size_bytes) {
        length = size_bytes - used - 1;
        while (length > 0 && ((unsigned char)more[length] & 0xC0) == 0x80)
            length--;
    }
    memcpy(buffer + used, more, length);
    buffer[used + length] = '\0';
}
