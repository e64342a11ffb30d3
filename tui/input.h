/* Keys: bytes of a terminal made into key codes, and key codes into names ("^d", "PgDn", "Enter"). Pure: no terminal is
 * touched here. A character is its code point, a control key its code below 32, every other key one of the codes below.
 */
#ifndef TUI_INPUT_H
#define TUI_INPUT_H

#include <talloc.h>

#include "store/base.h"

enum input_key {
    INPUT_NONE = -1,
    INPUT_TAB = 9,
    INPUT_ENTER = 13,
    INPUT_ESCAPE = 27,
    INPUT_SPACE = 32,
    INPUT_BACKSPACE = 127,
    INPUT_UP = 0x110000, /* behind the last code point */
    INPUT_DOWN,
    INPUT_LEFT,
    INPUT_RIGHT,
    INPUT_HOME,
    INPUT_END,
    INPUT_PAGE_UP,
    INPUT_PAGE_DOWN,
    INPUT_INSERT,
    INPUT_DELETE,
    INPUT_BACK_TAB,
    INPUT_F1,
    INPUT_F12 = INPUT_F1 + 11,
    INPUT_PASTE_BEGIN, /* bracketed paste */
    INPUT_PASTE_END,
    INPUT_UNKNOWN, /* a whole sequence that means nothing here */
};

/* The code of ^x. */
#define INPUT_CONTROL(letter) ((letter)&31)

/* Takes one key from the front of `bytes`. Returns how many bytes it took, or 0 when the key is not complete; an Esc
 * that stands alone is never complete: the caller decides by time, see input_settle. */
size_t input_decode(const unsigned char *bytes, size_t count, int *key);

/* The same when no further byte will come: what is there is taken as it is. count is at least 1. */
size_t input_settle(const unsigned char *bytes, size_t count, int *key);

/* "j", "^d", "Enter", "S-Tab", "F5". `space` must hold INPUT_NAME_BYTES. Returns `space`. */
#define INPUT_NAME_BYTES 16
const char *input_name(int key, char *space);

/* The key of a name, or INPUT_NONE. */
int input_parse(const char *name, size_t size_bytes);

/* The bytes that a terminal sends for a key, for scripts. `space` must hold 8 bytes. Returns their count; 0 for a key
 * without bytes. */
size_t input_encode(int key, unsigned char *space);

#endif
