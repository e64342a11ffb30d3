/* Decoding, sanitising and fitting of text from outside. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <locale.h>

#include "store/clock.h"
#include "store/text.h"

static int utf8_locale(void **state UNUSED) { return setlocale(LC_ALL, "C.UTF-8") ? 0 : -1; }

static int c_locale(void **state UNUSED) { return setlocale(LC_ALL, "C") ? 0 : -1; }

static void test_text_character_lengths(void **state UNUSED)
{
    static const struct {
        const char *text;
        int length;
        uint32_t character;
    } cases[] = {
        {"a", 1, 'a'},
        {"\xC3\xA9", 2, 0xE9},
        {"\xE2\x82\xAC", 3, 0x20AC},
        {"\xF0\x9F\x98\x80", 4, 0x1F600},
        {"\xF4\x8F\xBF\xBF", 4, 0x10FFFF},
        {"\xC0\x80", 0, 0},         /* overlong NUL */
        {"\xC1\xBF", 0, 0},         /* overlong */
        {"\xE0\x9F\xBF", 0, 0},     /* overlong */
        {"\xF0\x8F\xBF\xBF", 0, 0}, /* overlong */
        {"\xED\xA0\x80", 0, 0},     /* surrogate */
        {"\xF4\x90\x80\x80", 0, 0}, /* behind the last one */
        {"\xF8\x88\x80\x80", 0, 0},
        {"\x80", 0, 0},
        {"\xE2\x82", 0, 0}, /* cut off */
        {"\xC3(", 0, 0},
        {"", 0, 0},
    };
    for (size_t i = 0; i < countof(cases); i++) {
        uint32_t character = 0;
        assert_int_equal(text_character(cases[i].text, strlen(cases[i].text), &character), cases[i].length);
        if (cases[i].length)
            assert_int_equal(character, cases[i].character);
    }
}

static void test_text_first_invalid_names_the_byte(void **state UNUSED)
{
    assert_int_equal(text_first_invalid("a\0b", 3), -1);
    assert_int_equal(text_first_invalid("\xC3\xA9x\xFFy", 5), 3);
    assert_int_equal(text_first_invalid("ab\xE2\x82", 4), 2);
    assert_int_equal(text_first_invalid("", 0), -1);
}

static void test_text_encode_replaces_each_invalid_byte(void **state UNUSED)
{
    char *text = text_encode(NULL, "a\xFF\xE2\x82z\0e", 7);
    assert_string_equal(text, "a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDz\xEF\xBF\xBD"
                              "e");
    talloc_free(text);
}

static void test_text_is_hostile_characters(void **state UNUSED)
{
    static const uint32_t hostile[] = {0,       0x1B,    0x1F,    0x7F,    0x80,    0x9B,    0x9F,    0xAD,   0x34F,
                                       0x61C,   0x115F,  0x1160,  0x17B4,  0x180E,  0x200B,  0x200F,  0x2028, 0x202E,
                                       0x2060,  0x2066,  0x206F,  0x3164,  0xFDD0,  0xFEFF,  0xFFA0,  0xFFF9, 0xFFFE,
                                       0x1FFFF, 0x1D173, 0x1D17A, 0xE0001, 0xE0041, 0xE0FFF, 0x10FFFF};
    static const uint32_t harmless[] = {' ',    '~',    0xA0,   0xAC,   0xAE,    0xE9,   0x300,
                                        0x1161, 0x200A, 0x2010, 0x2027, 0x202F,  0x205F, 0x2070,
                                        0x6F22, 0xE000, 0xFE0F, 0xFFFD, 0x1F600, 0xF0000};
    for (size_t i = 0; i < countof(hostile); i++)
        if (!text_is_hostile(hostile[i]))
            fail_msg("U+%04X passes", hostile[i]);
    for (size_t i = 0; i < countof(harmless); i++)
        if (text_is_hostile(harmless[i]))
            fail_msg("U+%04X does not pass", harmless[i]);
}

static void test_text_sanitise_escapes(void **state UNUSED)
{
    static const struct {
        const char *text;
        enum text_lines lines;
        const char *expected;
    } cases[] = {
        {"plain \xC3\xA9 \xE6\xBC\xA2", TEXT_ONE_LINE, "plain \xC3\xA9 \xE6\xBC\xA2"},
        {"\x1B[31mred", TEXT_ONE_LINE, "\\x1B[31mred"},
        {"a\nb\tc\rd", TEXT_ONE_LINE, "a\\nb\\tc\\x0Dd"},
        {"a\nb\rc", TEXT_KEEP_NEWLINES, "a\nb\\x0Dc"},
        {"ab\tc\n\td", TEXT_KEEP_NEWLINES, "ab      c\n        d"},
        {"\xE6\xBC\xA2\xE6\xBC\xA2\tx", TEXT_KEEP_NEWLINES, "\xE6\xBC\xA2\xE6\xBC\xA2    x"},
        {"\xC2\x9B"
         "31m",
         TEXT_ONE_LINE, "\\u009B31m"},
        {"x\xE2\x80\xAEy", TEXT_ONE_LINE, "x\\u202Ey"},
        {"\xF3\xA0\x81\x81", TEXT_ONE_LINE, "\\U000E0041"},
        {"\xFF\xC3", TEXT_ONE_LINE, "\\xFF\\xC3"},
        {"\x7F", TEXT_ONE_LINE, "\\x7F"},
    };
    for (size_t i = 0; i < countof(cases); i++) {
        char *text = text_sanitise(NULL, cases[i].text, strlen(cases[i].text), cases[i].lines);
        assert_string_equal(text, cases[i].expected);
        talloc_free(text);
    }
}

static void test_text_sanitise_nul_does_not_end_the_text(void **state UNUSED)
{
    char *text = text_sanitise(NULL, "a\0b", 3, TEXT_ONE_LINE);
    assert_string_equal(text, "a\\x00b");
    talloc_free(text);
}

static uint32_t next_random(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    return *seed ^= *seed << 5;
}

/* Bytes of which many begin or continue what is hostile. */
static size_t random_text(uint32_t *seed, char *bytes, size_t limit)
{
    static const char *const pieces[] = {"\x1B]0;",      "\xE2\x80\xAE", "\xC2\x9B", "\xE2\x80\x8B", "\xF3\xA0\x80",
                                         "\xEF\xBB\xBF", "\n",           "\t",       "\xE6\xBC\xA2"};
    size_t size = 0, wanted = next_random(seed) % limit;
    while (size + 4 < wanted) {
        uint32_t random = next_random(seed);
        if (random % 3) {
            bytes[size++] = (char)(random >> 8);
            continue;
        }
        const char *piece = pieces[(random >> 8) % countof(pieces)];
        memcpy(bytes + size, piece, strlen(piece));
        size += strlen(piece);
    }
    return size;
}

static void assert_harmless(const char *text, enum text_lines lines)
{
    size_t size = strlen(text);
    for (size_t at = 0; at < size;) {
        uint32_t character;
        int length = text_character(text + at, size - at, &character);
        assert_int_not_equal(length, 0);
        bool is_newline = character == '\n' && lines == TEXT_KEEP_NEWLINES;
        bool is_control = character < 0x20 || (character >= 0x7F && character <= 0x9F);
        bool is_invisible = (character >= 0x200B && character <= 0x200F) ||
                            (character >= 0x202A && character <= 0x202E) ||
                            (character >= 0x2066 && character <= 0x2069) || character == 0xFEFF;
        if (!is_newline && (is_control || is_invisible))
            fail_msg("U+%04X passed", character);
        at += (size_t)length;
    }
}

static void test_text_sanitise_random_bytes_are_harmless(void **state UNUSED)
{
    uint32_t seed = 20261124;
    char bytes[96];
    for (int i = 0; i < 100000; i++) {
        size_t size = random_text(&seed, bytes, sizeof bytes);
        for (enum text_lines lines = TEXT_ONE_LINE; lines <= TEXT_KEEP_NEWLINES; lines++) {
            char *text = text_sanitise(NULL, bytes, size, lines);
            assert_harmless(text, lines);
            talloc_free(text);
        }
        char *encoded = text_encode(NULL, bytes, size);
        assert_int_equal(text_first_invalid(encoded, strlen(encoded)), -1);
        talloc_free(encoded);
    }
}

/* Ten times the size may take far less than a hundred times as long. The best of several runs: machines are shared. */
static int64_t best_time_ms(size_t size_bytes)
{
    char *bytes = talloc_size(NULL, size_bytes);
    memset(bytes, '\x1B', size_bytes);
    int64_t best = INT64_MAX;
    for (int i = 0; i < 5; i++) {
        int64_t start = clock_monotonic_ms();
        talloc_free(text_sanitise(NULL, bytes, size_bytes, TEXT_ONE_LINE));
        int64_t taken = clock_monotonic_ms() - start;
        best = taken < best ? taken : best;
    }
    talloc_free(bytes);
    return best;
}

static void test_text_sanitise_is_linear(void **state UNUSED)
{
    assert_in_range(best_time_ms(5000000), 0, 30 * (best_time_ms(500000) + 20));
}

static void test_text_width_in_columns(void **state UNUSED)
{
    assert_int_equal(text_width("abc"), 3);
    assert_int_equal(text_width(""), 0);
    assert_int_equal(text_width("\xE6\xBC\xA2\xE5\xAD\x97"), 4);
    assert_int_equal(text_width("e\xCC\x81"), 1);
    assert_int_equal(text_width("ab\nabcd\nc"), 4);
}

static void test_text_fit_is_exactly_as_wide(void **state UNUSED)
{
    static const struct {
        const char *text;
        int columns;
        const char *expected;
    } cases[] = {
        {"abc", 5, "abc  "},
        {"abc", 3, "abc"},
        {"abcd", 3, "ab\xE2\x80\xA6"},
        {"abc", 1, "\xE2\x80\xA6"},
        {"abc", 0, ""},
        {"abc", -1, ""},
        {"", 2, "  "},
        {"\xE6\xBC\xA2\xE5\xAD\x97", 4, "\xE6\xBC\xA2\xE5\xAD\x97"},
        {"\xE6\xBC\xA2\xE5\xAD\x97", 3, "\xE6\xBC\xA2\xE2\x80\xA6"},
        {"\xE6\xBC\xA2\xE5\xAD\x97", 2, "\xE2\x80\xA6 "},
        {"e\xCC\x81xy", 2, "e\xCC\x81\xE2\x80\xA6"},
        {"ex\xCC\x81", 2, "ex\xCC\x81"},
        {"one\ntwo", 8, "one\xE2\x80\xA6    "},
    };
    for (size_t i = 0; i < countof(cases); i++) {
        char *text = text_fit(NULL, cases[i].text, cases[i].columns);
        assert_string_equal(text, cases[i].expected);
        talloc_free(text);
    }
}

static void test_text_fit_without_utf8_marks_with_a_tilde(void **state UNUSED)
{
    assert_false(text_locale_is_utf8());
    char *text = text_fit(NULL, "abcd", 3);
    assert_string_equal(text, "ab~");
    talloc_free(text);
}

static void test_text_locale_is_utf8(void **state UNUSED) { assert_true(text_locale_is_utf8()); }

static void test_append_takes_what_fits_and_no_half_of_a_character(void **state UNUSED)
{
    char buffer[8] = "ab";
    text_append(buffer, sizeof buffer, "cd");
    assert_string_equal(buffer, "abcd");
    text_append(buffer, sizeof buffer, "e\xC3\xA4\xC3\xB6");
    assert_string_equal(buffer, "abcde\xC3\xA4");
    text_append(buffer, sizeof buffer, "x");
    assert_string_equal(buffer, "abcde\xC3\xA4");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_append_takes_what_fits_and_no_half_of_a_character),
        cmocka_unit_test(test_text_character_lengths),
        cmocka_unit_test(test_text_first_invalid_names_the_byte),
        cmocka_unit_test(test_text_encode_replaces_each_invalid_byte),
        cmocka_unit_test(test_text_is_hostile_characters),
        cmocka_unit_test(test_text_sanitise_escapes),
        cmocka_unit_test(test_text_sanitise_nul_does_not_end_the_text),
        cmocka_unit_test(test_text_sanitise_random_bytes_are_harmless),
        cmocka_unit_test(test_text_sanitise_is_linear),
        cmocka_unit_test(test_text_width_in_columns),
        cmocka_unit_test(test_text_fit_is_exactly_as_wide),
        cmocka_unit_test_setup_teardown(test_text_fit_without_utf8_marks_with_a_tilde, c_locale, utf8_locale),
        cmocka_unit_test(test_text_locale_is_utf8),
    };
    return cmocka_run_group_tests(tests, utf8_locale, NULL);
}
