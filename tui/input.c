/* See input.h. Sequences are those of xterm, the Linux console, rxvt and VT100, with and without application mode. */
#include "tui/input.h"

#include "store/text.h"

struct key_name {
    int key;
    const char *name;
    const char *bytes; /* as xterm sends them */
};

static const struct key_name names[] = {
    {INPUT_TAB, "Tab", "\t"},
    {INPUT_ENTER, "Enter", "\r"},
    {INPUT_ESCAPE, "Esc", "\033"},
    {INPUT_SPACE, "Space", " "},
    {INPUT_BACKSPACE, "Backspace", "\177"},
    {INPUT_UP, "Up", "\033[A"},
    {INPUT_DOWN, "Down", "\033[B"},
    {INPUT_LEFT, "Left", "\033[D"},
    {INPUT_RIGHT, "Right", "\033[C"},
    {INPUT_HOME, "Home", "\033[H"},
    {INPUT_END, "End", "\033[F"},
    {INPUT_PAGE_UP, "PgUp", "\033[5~"},
    {INPUT_PAGE_DOWN, "PgDn", "\033[6~"},
    {INPUT_INSERT, "Ins", "\033[2~"},
    {INPUT_DELETE, "Del", "\033[3~"},
    {INPUT_BACK_TAB, "S-Tab", "\033[Z"},
    {INPUT_F1, "F1", "\033OP"},
    {INPUT_F1 + 4, "F5", "\033[15~"},
    {INPUT_F1 + 9, "F10", "\033[21~"},
};

static int final_key(unsigned char final)
{
    switch (final) {
    case 'A':
        return INPUT_UP;
    case 'B':
        return INPUT_DOWN;
    case 'C':
        return INPUT_RIGHT;
    case 'D':
        return INPUT_LEFT;
    case 'H':
        return INPUT_HOME;
    case 'F':
        return INPUT_END;
    case 'Z':
        return INPUT_BACK_TAB;
    case 'P':
    case 'Q':
    case 'R':
    case 'S':
        return INPUT_F1 + (final - 'P');
    case 'M':
        return INPUT_ENTER; /* the keypad's */
    default:
        return INPUT_UNKNOWN;
    }
}

/* The number before a tilde: 5~ is PgUp. */
static int tilde_key(int number)
{
    switch (number) {
    case 1:
    case 7:
        return INPUT_HOME;
    case 4:
    case 8:
        return INPUT_END;
    case 2:
        return INPUT_INSERT;
    case 3:
        return INPUT_DELETE;
    case 5:
        return INPUT_PAGE_UP;
    case 6:
        return INPUT_PAGE_DOWN;
    case 200:
        return INPUT_PASTE_BEGIN;
    case 201:
        return INPUT_PASTE_END;
    default:
        break;
    }
    if (number >= 11 && number <= 15)
        return INPUT_F1 + number - 11;
    if (number >= 17 && number <= 21)
        return INPUT_F1 + number - 12;
    if (number == 23 || number == 24)
        return INPUT_F1 + number - 13;
    return INPUT_UNKNOWN;
}

/* ESC [ parameters intermediates final; the Linux console's F1-F5 are ESC [ [ A-E. */
static size_t decode_csi(const unsigned char *bytes, size_t count, int *key)
{
    if (count >= 3 && bytes[2] == '[') {
        if (count < 4)
            return 0;
        *key = bytes[3] >= 'A' && bytes[3] <= 'E' ? INPUT_F1 + (bytes[3] - 'A') : INPUT_UNKNOWN;
        return 4;
    }
    int number = 0;
    bool is_first = true;
    for (size_t i = 2; i < count; i++) {
        unsigned char byte = bytes[i];
        if (byte >= '0' && byte <= '9' && is_first && number < 1000)
            number = number * 10 + (byte - '0');
        else if (byte == ';')
            is_first = false;
        else if (byte >= 0x40 && byte <= 0x7e) {
            *key = byte == '~' ? tilde_key(number) : final_key(byte);
            return i + 1;
        } else if (byte < 0x20 || byte > 0x7e) {
            *key = INPUT_UNKNOWN;
            return i;
        }
    }
    return 0;
}

static size_t decode_escape(const unsigned char *bytes, size_t count, int *key)
{
    if (count < 2)
        return 0;
    if (bytes[1] == '[')
        return decode_csi(bytes, count, key);
    if (bytes[1] == 'O') {
        if (count < 3)
            return 0;
        *key = final_key(bytes[2]);
        return 3;
    }
    if (bytes[1] == 27) {
        *key = INPUT_ESCAPE;
        return 1;
    }
    *key = INPUT_UNKNOWN; /* Alt and a character */
    return 2;
}

/* Bytes that a character beginning with `first` has; 0 for a byte that begins none. */
static size_t character_size(unsigned char first)
{
    return first < 0x80                    ? 1
           : first >= 0xc2 && first < 0xe0 ? 2
           : first >= 0xe0 && first < 0xf0 ? 3
           : first >= 0xf0 && first < 0xf5 ? 4
                                           : 0;
}

size_t input_decode(const unsigned char *bytes, size_t count, int *key)
{
    if (count == 0)
        return 0;
    if (bytes[0] == 27)
        return decode_escape(bytes, count, key);
    if (bytes[0] < 0x80) {
        *key = bytes[0] == '\n' ? INPUT_ENTER : bytes[0] == 8 ? INPUT_BACKSPACE : bytes[0];
        return 1;
    }
    size_t size = character_size(bytes[0]);
    if (size > count)
        return 0;
    uint32_t character = 0;
    if (size == 0 || text_character((const char *)bytes, size, &character) == 0) {
        *key = INPUT_UNKNOWN;
        return 1;
    }
    *key = (int)character;
    return size;
}

size_t input_settle(const unsigned char *bytes, size_t count, int *key)
{
    size_t taken = input_decode(bytes, count, key);
    if (taken)
        return taken;
    *key = bytes[0] == 27 ? INPUT_ESCAPE : INPUT_UNKNOWN;
    return 1;
}

static size_t put_character(uint32_t c, unsigned char *space)
{
    if (c < 0x80) {
        space[0] = (unsigned char)c;
        return 1;
    }
    size_t size = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = size - 1; i > 0; i--, c >>= 6)
        space[i] = (unsigned char)(0x80 | (c & 0x3f));
    space[0] = (unsigned char)((0xf0 << (4 - size)) | c);
    return size;
}

const char *input_name(int key, char *space)
{
    for (size_t i = 0; i < countof(names); i++)
        if (names[i].key == key) {
            snprintf(space, INPUT_NAME_BYTES, "%s", names[i].name);
            return space;
        }
    if (key >= INPUT_F1 && key <= INPUT_F12)
        snprintf(space, INPUT_NAME_BYTES, "F%d", key - INPUT_F1 + 1);
    else if (key >= 0 && key < 32)
        snprintf(space, INPUT_NAME_BYTES, "^%c", key == 0 ? '@' : key < 27 ? 'a' + key - 1 : '@' + key);
    else if (key > 32 && key < INPUT_UP)
        space[put_character((uint32_t)key, (unsigned char *)space)] = '\0';
    else
        snprintf(space, INPUT_NAME_BYTES, "that key");
    return space;
}

int input_parse(const char *name, size_t size_bytes)
{
    for (size_t i = 0; i < countof(names); i++)
        if (strlen(names[i].name) == size_bytes && strncmp(names[i].name, name, size_bytes) == 0)
            return names[i].key;
    if (size_bytes == 2 && name[0] == '^' && name[1] >= '@' && name[1] <= '~')
        return INPUT_CONTROL(name[1]);
    uint32_t character = 0;
    int taken = text_character(name, size_bytes, &character);
    return taken > 0 && (size_t)taken == size_bytes && character > 32 ? (int)character : INPUT_NONE;
}

size_t input_encode(int key, unsigned char *space)
{
    for (size_t i = 0; i < countof(names); i++)
        if (names[i].key == key) {
            size_t size = strlen(names[i].bytes);
            memcpy(space, names[i].bytes, size);
            return size;
        }
    return key >= 0 && key < INPUT_UP ? put_character((uint32_t)key, space) : 0;
}
