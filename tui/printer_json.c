/* JSON of what may be absent, or is text whose bytes nobody has checked. */
#include "store/result.h"
#include "store/text.h"
#include "tui/printer.h"

json_t *printer_json_bytes(const char *text, size_t size_bytes)
{
    if (!text)
        return json_null();
    char *valid = text_encode(NULL, text, size_bytes);
    json_t *json = json_string(valid);
    talloc_free(valid);
    return json;
}

json_t *printer_json_text(const char *text) { return text ? printer_json_bytes(text, strlen(text)) : json_null(); }

json_t *printer_json_integer(int64_t number) { return number == INTEGER_NULL ? json_null() : json_integer(number); }
