/* libFuzzer's entry to the splitter and the checks of a whole file: any bytes, no crash, and what
 * tests/lib/statement_check.h promises. clang -fsanitize=fuzzer,address,undefined */
#include "migrate/file.h"
#include "tests/lib/statement_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size_bytes);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size_bytes)
{
    /* A copy of its exact size, so that a read behind the end is seen. */
    char *text = malloc(size_bytes + !size_bytes);
    if (!text)
        return 0;
    memcpy(text, bytes, size_bytes);
    statement_check(text, size_bytes);
    TALLOC_CTX *owner = talloc_new(NULL);
    struct error *error = error_new(owner);
    struct migration_file *file = file_parse(owner, "migrations/001_fuzz.sql", "001_fuzz.sql", text, size_bytes, error);
    if ((file == NULL) != error_is_set(error) || (file && file->size_bytes > size_bytes))
        abort();
    talloc_free(owner);
    free(text);
    return 0;
}
