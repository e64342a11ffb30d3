/* Text that came from outside: made harmless for JSON and log (valid UTF-8) or for a terminal (no byte that a
 * terminal would act on). The one encoder and the one sanitiser. */
#ifndef STORE_TEXT_H
#define STORE_TEXT_H

#include <talloc.h>

#include "store/base.h"

/* Length in bytes of the valid UTF-8 character at `text` (1-4), or 0 where it is invalid, overlong, a surrogate or cut
 * off. *character gets its code point. */
int text_character(const char *text, size_t size_bytes, uint32_t *character);

/* Where the first invalid byte stands, or -1. A NUL byte is valid here. */
ptrdiff_t text_first_invalid(const char *text, size_t size_bytes);

/* A copy in valid UTF-8: each invalid byte becomes U+FFFD, and so does a NUL, which would end the copy. Owner: `owner`.
 */
char *text_encode(TALLOC_CTX *owner, const char *text, size_t size_bytes);

/* Whether a terminal might act on this character, or show it misleadingly: C0, DEL, C1, bidirectional controls,
 * zero-width, tags, BOM. */
bool text_is_hostile(uint32_t character);

enum text_lines { TEXT_ONE_LINE, TEXT_KEEP_NEWLINES };

/* A copy that may be sent to a terminal: hostile characters and invalid bytes become \x1B, \u202E and the like, newline
 * and tab \n, \t; with TEXT_KEEP_NEWLINES newlines stay and a tab becomes spaces to the next multiple of 8. Owner:
 * `owner`. */
char *text_sanitise(TALLOC_CTX *owner, const char *text, size_t size_bytes, enum text_lines lines);

/* Whether a text is printable ASCII alone: it is sanitised as it stands, and as wide as it is long. */
bool text_is_plain(const char *text);

/* Columns that a sanitised text takes on a terminal, by the locale's tables; of the widest line where there are
 * several. */
int text_width(const char *sanitised);

/* A copy of a sanitised text that is exactly `columns` wide: cut with the mark … (or ~ outside UTF-8 locales), never
 * half of a wide character, or filled up with spaces. Of several lines only the first is taken, and marked as cut.
 * Owner: `owner`. */
char *text_fit(TALLOC_CTX *owner, const char *sanitised, int columns);

/* Appends `more` to the text in a buffer of `size_bytes`: as much as fits, never half of a UTF-8 character. */
void text_append(char *buffer, size_t size_bytes, const char *more);

/* Whether the locale's encoding is UTF-8 (after setlocale). */
bool text_locale_is_utf8(void);

#endif
